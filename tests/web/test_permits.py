"""The card of the permits of a case, and the list of what authorities owe an answer for."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.permits.reminding import remind
from applications.tasks import remind_of_permits
from notifications.models import Message
from tests.applications.permits.made import SCHEME_AT, designed, file, go, grant, permit
from tests.factories import DAY, HOUR, customer, staff
from tests.web.desk import as_role, client_of

pytestmark = pytest.mark.django_db

FILED_AT = SCHEME_AT + HOUR


def page(client, address="/desk/permits/"):
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def late(time_machine):
    """Two filed, one of them late by now; one that is still to be filed."""
    case = designed("digs_road", "digs_highway", "digs_green")
    file(case, "road")
    file(case, "highway")
    time_machine.move_to(SCHEME_AT + 10 * DAY)
    return case


# --- the list -----------------------------------------------------------------------------------
def test_the_list_says_what_is_late_and_by_how_much(late):
    status, text = page(as_role("clerk"))
    assert status == 200
    assert text.count("已超期") == 1
    assert [name in text for name in ("SL-road", "SL-highway", "破绿许可")] == [True] * 3


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("late=late", ["road"]),
        ("state=filed", ["road", "highway"]),
        ("state=wanted", ["green"]),
        ("state=open", ["green", "highway", "road"]),
        ("authority=公路", ["highway"]),
        ("authority=公路&late=late", []),
    ],
)
def test_a_filter_stays_in_the_address_and_in_its_field(late, query, kinds):
    answer = as_role("clerk").get(f"/desk/permits/?{query}")
    found = [line["permit"].kind for line in answer.context["lines"]]
    assert sorted(found) == sorted(kinds)
    name, value = query.split("&")[0].split("=")
    assert f'<option value="{value}" selected' in answer.content.decode()
    assert f"{name}=" in answer.context["csv"]


def test_a_filter_that_is_none_is_refused(late):
    assert page(as_role("clerk"), "/desk/permits/?state=rail")[0] == 400


@pytest.mark.parametrize("query", ["", "state=filed"])
def test_pages_lead_on_and_back(late, monkeypatch, query):
    monkeypatch.setattr("waterdesk.web.permits.listing.PAGE_ROWS", 1)
    clerk = as_role("clerk")
    first = clerk.get(f"/desk/permits/?{query}")
    second = clerk.get(f"/desk/permits/{first.context['older']}")
    again = clerk.get(f"/desk/permits/{second.context['newer']}")
    shown = [answer.context["lines"][0]["permit"].pk for answer in (first, second, again)]
    assert shown[0] == shown[2] != shown[1]


def test_the_file_has_what_the_list_has(late):
    answer = as_role("clerk").get("/desk/permits.csv?late=late")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text)))
    told = dict(zip(head, row, strict=True))
    assert (told["许可"], told["状态"], told["受理号"]) == ("占道、破路许可", "已申报", "SL-road")
    assert told["超期时长"]


def test_another_area_sees_nothing_of_it(late):
    assert "SL-road" not in page(as_role("clerk", "west"))[1]


@pytest.mark.parametrize(("role", "status"), [("", 302), ("customer", 403), ("field", 200)])
def test_the_list_is_for_the_desk(role, status):
    assert page(as_role(role))[0] == status


def test_the_list_costs_the_same_for_any_number_of_rows():
    clerk = as_role("clerk")
    case = designed("digs_road")
    file(case, "road")
    page(clerk)
    with CaptureQueriesContext(connection) as few:
        page(clerk)
    for kind in ("green", "traffic", "highway"):
        go(case, "permit_add", permit=kind)
        file(case, kind)
    with CaptureQueriesContext(connection) as many:
        page(clerk)
    assert len(few) == len(many)


# --- the case -----------------------------------------------------------------------------------
def test_the_card_files_and_answers_one_permit(time_machine):
    time_machine.move_to(FILED_AT)
    case = designed("digs_road", "digs_green")
    clerk = as_role("clerk")
    case.refresh_from_db()
    given = {"permit": "road", "number": "SL-1", "seen": case.version}
    sent = clerk.post(f"/desk/cases/{case.number}/moves/file_permit/", given)
    assert sent.status_code == 302
    text = page(clerk, f"/desk/cases/{case.number}/")[1]
    assert "SL-1" in text
    assert 'id="permit_granted-road-' in text
    assert 'id="file_permit-green-' in text
    assert 'id="file_permit-road-' not in text
    assert "需要办理许可" in text
    assert "占道、破路许可、破绿许可" in text


def test_a_refused_form_is_open_again_under_its_permit(time_machine):
    time_machine.move_to(FILED_AT)
    case = designed("digs_road", "digs_green")
    given = {"permit": "green", "number": "", "seen": case.version}
    answer = as_role("clerk").post(f"/desk/cases/{case.number}/moves/file_permit/", given)
    assert answer.status_code == 400
    told = {each.permit.kind: each for each in answer.context["permits"].told}
    assert [form.open for form in told["green"].forms if form.move.action == "file_permit"] == [
        True
    ]
    assert not any(form.open for form in told["road"].forms)


def test_a_young_road_is_flagged_with_who_may_allow_it():
    case = designed("digs_road", road_opened_on="2025-01-01")
    clerk = page(as_role("clerk"), f"/desk/cases/{case.number}/")[1]
    assert "道路在保护期内，至 2029-12-31 不得开挖" in clerk
    assert 'id="file_permit-road-' not in clerk
    assert 'id="permit_override-road-' not in clerk
    assert 'id="permit_override-road-' in page(as_role("lead"), f"/desk/cases/{case.number}/")[1]


def test_a_case_without_permits_has_no_card():
    case = designed()
    assert 'id="permits"' not in page(as_role("clerk"), f"/desk/cases/{case.number}/")[1]


def test_the_customer_reads_one_line_and_no_authority():
    case, client = designed("digs_road"), client_of(customer())
    assert page(client, f"/track/{case.number}/")[1].count("许可由供水单位代办") == 1
    file(case, "road")
    text = page(client, f"/track/{case.number}/")[1]
    assert "SL-road" not in text
    assert "permit" not in text


@pytest.mark.parametrize(
    ("role", "area", "kind", "status"),
    [
        ("clerk", "company", "road", 200),
        ("clerk", "company", "green", 404),
        ("clerk", "west", "road", 404),
        ("customer", "company", "road", 403),
        ("", "company", "road", 302),
    ],
)
def test_the_sheet_is_for_who_sees_the_case(role, area, kind, status):
    case = designed("digs_road")
    answer = as_role(role, area).get(f"/desk/cases/{case.number}/permits/{kind}.pdf")
    assert answer.status_code == status


# --- the reminder -------------------------------------------------------------------------------
def test_the_lead_is_told_once_before_the_limit():
    staff("lead", "east")
    case = designed("digs_road")
    file(case, "road")
    row = permit(case, "road")
    assert row.filed_at < row.remind_at < row.due_at
    assert remind(row.remind_at - HOUR) == 0
    assert [remind(row.remind_at), remind(row.remind_at + HOUR)] == [1, 0]
    told = Message.objects.get(key="permit.due")
    assert told.recipient.username == "lead-east"
    assert "SL-road" in told.body


def test_what_is_answered_reminds_nobody_and_what_is_filed_again_does(time_machine):
    staff("lead", "east")
    case = designed("digs_road", "digs_green")
    file(case, "road")
    file(case, "green")
    grant(case, "green")
    remind(SCHEME_AT + 6 * DAY)
    go(case, "permit_refused", SCHEME_AT + 7 * DAY, permit="road", why="补图")
    file(case, "road", SCHEME_AT + 8 * DAY, number="SL-2")
    time_machine.move_to(SCHEME_AT + 20 * DAY)
    assert [remind_of_permits(), remind_of_permits()] == [1, 0]
    assert Message.objects.filter(key="permit.due").count() == 2
