"""更正停表 by the API: which pauses there are, the move with its fields, and what is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.factories import HOUR, MONDAY_0900, customer, open_application, staff
from waterdesk.core import door

pytestmark = pytest.mark.django_db

TEN, NOON = MONDAY_0900 + HOUR, MONDAY_0900 + 3 * HOUR


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def case():
    case = open_application(at=MONDAY_0900)
    changes = {"reason": "customer-correction", "document": "停〔2026〕1 号"}
    clerk = staff("clerk")
    door.move(case.number, "pause", actor=clerk, at=TEN, changes=changes, note="缺门牌")
    return door.move(case.number, "resume", actor=clerk, at=TEN + HOUR)


def api(user):
    token = Token.objects.get_or_create(user=user)[0].key
    return Client(headers={"Authorization": f"Token {token}"})


def correct(client, case, seen=None, **changes):
    url = f"/api/v1/applications/{case.number}/moves/"
    span = {"pause": 1, "start": "2026-11-16T10:00:00+08:00", "end": "2026-11-16T10:30:00+08:00"}
    body = {"action": "correct_pause", "changes": span | {"note": "漏记"} | changes, "seen": seen}
    body = {name: value for name, value in body.items() if value is not None}
    return client.post(url, body, content_type="application/json")


def pauses(client, case):
    return client.get(f"/api/v1/applications/{case.number}/pauses/").json()


def test_the_pauses_of_a_case_are_told_with_the_numbers_that_moves_name(case):
    [row] = pauses(api(staff("lead")), case)
    assert row == {
        "number": 1,
        "reason": "customer-correction",
        "name": "待用户补正",
        "started_at": "2026-11-16T10:00:00+08:00",
        "ended_at": "2026-11-16T11:00:00+08:00",
        "lapses_at": "2026-11-30T18:00:00+08:00",
        "document": "停〔2026〕1 号",
        "note": "缺门牌",
        "author": "clerk-company",
        "photos": [],
    }


def test_customers_read_no_words_of_the_staff_and_others_nothing(case):
    [row] = pauses(api(customer()), case)
    assert (row["note"], row["document"], row["author"]) == ("", "", "")
    stranger = api(customer("13700000000"))
    assert stranger.get(f"/api/v1/applications/{case.number}/pauses/").status_code == 404


def test_the_move_is_offered_with_typed_fields_to_whom_it_is(case):
    url = f"/api/v1/applications/{case.number}/"
    offered = {row["action"]: row for row in api(staff("lead")).get(url).json()["actions"]}
    assert offered["correct_pause"]["fields"] == [
        {"name": "pause", "kind": "pause", "required": True},
        {"name": "start", "kind": "moment", "required": True},
        {"name": "end", "kind": "moment", "required": False},
        {"name": "note", "kind": "text", "required": True},
        {"name": "document", "kind": "text", "required": False},
    ]
    clerks = api(staff("clerk")).get(url).json()["actions"]
    assert "correct_pause" not in {row["action"] for row in clerks}


def test_a_lead_corrects_and_reads_the_new_due_time(case):
    answer = correct(api(staff("lead")), case)
    assert answer.status_code == 200
    assert answer.json()["promises"][0]["due_at"] == "2026-11-16T15:00:00+08:00"


def test_what_is_wrong_is_told_by_field_and_a_stale_version_conflicts(case):
    lead = api(staff("lead"))
    refused = correct(lead, case, end="2026-11-16T12:00:01+08:00", start="gestern")
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"start"})
    refused = correct(lead, case, end="2026-11-16T12:00:01+08:00", number=3)
    assert set(refused.json()["fields"]) == {"number"}
    assert correct(lead, case, end="2026-11-16T12:00:01+08:00").json()["fields"] == {
        "end": "停表不能在将来结束。"
    }
    assert correct(lead, case, seen=1).status_code == 409
    assert correct(api(staff("clerk")), case).status_code == 403


def test_events_tell_the_customer_both_versions(case):
    correct(api(staff("lead")), case)
    events = api(customer()).get(f"/api/v1/applications/{case.number}/events/").json()
    told = next(row["data"] for row in events if row["action"] == "correct_pause")
    assert set(told) == {"pause_reason", "was_start", "was_end", "start", "end"}
    moved = next(row["data"] for row in events if row["action"] == "clock_corrected")
    assert moved["promise"] == "two-step"


def test_the_explanation_has_net_and_gross_time(case):
    clock = case.clocks.get()
    told = api(customer()).get(f"/api/v1/clocks/{clock.pk}/explanation/").json()
    assert timedelta(seconds=told["used_seconds"]) == 2 * HOUR
    assert timedelta(seconds=told["gross_seconds"]) == 3 * HOUR


def test_the_schema_says_what_each_kind_of_field_takes_and_shows_a_correction(client):
    schema = client.get("/api/schema/?format=json").json()
    kinds = schema["components"]["schemas"]["FieldKind"]
    assert {"moment", "pause"} <= set(kinds["enum"])
    assert "2026-11-30T09:05:00+08:00" in kinds["description"]
    moves = schema["paths"]["/api/v1/applications/{number}/moves/"]["post"]
    example = moves["requestBody"]["content"]["application/json"]["examples"]
    assert "start" in str(example)
    assert "/api/v1/tickets/{number}/pauses/" in schema["paths"]
