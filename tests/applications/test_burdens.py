"""四零: what a case cost its customer, derived from its record and nothing else."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from applications.burdens.checking import differences
from applications.burdens.moves import of_case
from applications.burdens.rules import Card, card
from applications.models import Application
from notifications.models import Message
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_application, staff
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.flow import allowed

pytestmark = pytest.mark.django_db

LATER = MONDAY_0900 + HOUR


def go(case, action, by=None, at=LATER, note="", **changes):
    return door.move(case.number, action, actor=by, at=at, note=note, changes=changes)


def trip(case, at=LATER, **more):
    return go(case, "trip", staff("clerk"), at, reason="sign", **more)


def ask(case, at=LATER, **more):
    changes = {"document": "营业执照", "reason": "not-shared"} | more
    return go(case, "ask_document", staff("clerk"), at, **changes)


def strike(case, seq, by=None, at=LATER + MINUTE, **more):
    changes = {"burden": str(seq), "reason": "mistake-in-record", "note": "查过登记簿"} | more
    return go(case, "burden_struck", by or staff("lead"), at, **changes)


def stored(case):
    row = Application.objects.get(pk=case.pk)
    return Card(row.burden_trips, row.burden_documents, row.burden_approvals, row.burden_fees)


def finished(at=MONDAY_0900, **over):
    case = open_application(at=at, **over)
    plumber = staff("field", "east")
    go(case, "assign", staff("lead", "east"), at + MINUTE, handler=plumber.username)
    go(case, "survey", plumber, at + 2 * MINUTE)
    go(case, "install", plumber, at + 3 * MINUTE, meter_number="ZZ2026-1108")
    go(case, "water_on", plumber, at + 4 * MINUTE)
    return go(case, "confirm", customer(case.phone), at + HOUR)


@pytest.mark.parametrize(
    ("channel", "trips"),
    [("counter", 1), ("web", 0), ("hotline", 0), ("field", 0), ("api", 0), ("12345", 0)],
)
def test_only_who_applies_at_the_counter_had_to_come(channel, trips):
    case = open_application(channel=channel, by=staff("clerk"))
    assert stored(case) == Card(trips=trips)
    assert stored(case).zero is (trips == 0)


def test_a_trip_counts_with_its_reason_and_who_recorded_it():
    case = trip(open_application())
    assert stored(case) == Card(trips=1)
    [burden] = of_case(case)
    assert (burden.reason, burden.by, burden.role) == ("sign", "clerk-company", "clerk")
    assert (burden.at, burden.seq) == (LATER, case.version)


def test_a_trip_that_is_recorded_late_keeps_both_times():
    case = trip(open_application(), at=MONDAY_0900 + DAY, happened=LATER.isoformat())
    [burden] = of_case(case)
    assert (burden.at, burden.recorded_at) == (LATER, MONDAY_0900 + DAY)


@pytest.mark.parametrize("happened", [MONDAY_0900 - HOUR, LATER + MINUTE])
def test_a_trip_before_the_case_or_in_the_future_is_refused(happened):
    case = open_application()
    with pytest.raises(Invalid) as refusal:
        trip(case, happened=happened.isoformat())
    assert list(refusal.value.fields) == ["happened"]
    assert stored(case).zero


def test_a_request_for_a_document_counts_even_if_nothing_comes():
    case = ask(open_application())
    assert stored(case) == Card(documents=1)
    assert of_case(case)[0].value == "营业执照"


def test_the_customer_is_told_which_document_why_and_how_to_give_it_without_coming():
    case = ask(open_application())
    text = Message.objects.get(case=case.number, key="application.ask_document.customer")
    assert text.address == case.phone
    assert "还需要营业执照" in text.body
    assert "数据共享查不到。水管家上门时看一下原件即可" in text.body
    assert "不用您跑一趟" in text.body


@pytest.mark.parametrize(
    ("changes", "missing"),
    [({"reason": ""}, "reason"), ({"reason": "mood"}, "reason"), ({"document": " "}, "document")],
)
def test_no_document_is_asked_for_without_a_reason_from_the_list(changes, missing):
    case = open_application()
    with pytest.raises(Invalid) as refusal:
        ask(case, **changes)
    assert list(refusal.value.fields) == [missing]
    assert not Message.objects.filter(key="application.ask_document.customer").exists()


def test_a_pause_for_what_the_customer_must_hand_in_is_a_request_for_a_document():
    case = go(open_application(), "pause", staff("clerk"), reason="customer-correction")
    assert stored(case) == Card(documents=1)
    assert (of_case(case)[0].use, of_case(case)[0].reason) == ("pause", "customer-correction")


@pytest.mark.parametrize("reason", ["site-not-ready", "administrative", "payment"])
def test_other_pauses_are_no_burden(reason):
    case = go(open_application(), "pause", staff("clerk"), reason=reason)
    assert stored(case).zero


def test_an_approval_the_customer_obtained_himself_counts():
    changes = {"what": "人行道开挖许可", "reason": "road"}
    case = go(open_application(), "approval", staff("clerk"), **changes)
    assert stored(case) == Card(approvals=1)
    assert of_case(case)[0].value == "人行道开挖许可"


def test_what_is_recorded_beside_the_course_of_a_case_changes_neither_status_nor_outcome():
    case = open_application(address="不知何处 1 号")
    trip(case)
    ask(case)
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("pending", "area-unknown")


def test_a_struck_burden_counts_no_more_and_stays_to_be_seen_with_who_struck_it():
    case = trip(open_application())
    case = strike(case, case.version)
    assert stored(case).zero
    [burden] = of_case(case)
    assert (burden.struck.by, burden.struck.reason) == ("lead-company", "mistake-in-record")
    assert burden.struck.note == "查过登记簿"
    assert card([burden]).zero
    assert [event.action for event in case.events][-2:] == ["trip", "burden_struck"]


def test_one_of_two_is_struck_and_the_other_still_counts():
    case = trip(open_application(channel="counter", by=staff("clerk")))
    case = strike(case, 1, reason="own-wish")
    assert stored(case) == Card(trips=1)


@pytest.mark.parametrize("seq", ["0", "2", "99"])
def test_what_is_no_burden_cannot_be_struck(seq):
    case = trip(open_application())
    with pytest.raises(Invalid) as refusal:
        strike(case, seq)
    assert list(refusal.value.fields) == ["burden"]
    assert stored(case) == Card(trips=1)


def test_a_burden_is_struck_once():
    case = trip(trip(open_application()))
    first = of_case(case)[0].seq
    case = strike(case, first)
    with pytest.raises(Invalid):
        strike(case, first, at=LATER + 2 * MINUTE)


def test_where_nothing_weighs_there_is_nothing_to_strike():
    case = open_application()
    assert "burden_struck" not in [move.action for move in allowed(staff("lead"), case)]
    with pytest.raises(Conflict):
        strike(case, 1)


@pytest.mark.parametrize("role", ["clerk", "agent", "field"])
def test_nobody_below_a_lead_strikes_a_burden(role):
    case = trip(open_application())
    with pytest.raises(NotAllowed):
        strike(case, case.version, by=staff(role))


@pytest.mark.parametrize("column", ["burden_trips", "ended_at"])
def test_no_move_has_a_field_that_sets_a_counter(column):
    case = trip(open_application())
    for move in allowed(staff("admin"), case):
        assert column not in [field.name for field in move.fields]
    with pytest.raises(Invalid):
        trip(case, **{column: "0"})


def test_a_trip_that_was_forgotten_is_recorded_on_a_closed_case():
    case = trip(finished(), at=MONDAY_0900 + DAY)
    assert stored(case) == Card(trips=1)
    assert case.ended_at == case.closed_at == MONDAY_0900 + HOUR


def test_when_a_case_ended_stands_beside_its_counters_and_goes_when_it_goes_on():
    case = finished()
    assert Application.objects.get(pk=case.pk).ended_at == MONDAY_0900 + HOUR
    go(case, "reopen", staff("clerk"), MONDAY_0900 + DAY, status="surveyed")
    assert Application.objects.get(pk=case.pk).ended_at is None


def test_the_database_holds_no_counter_below_zero():
    case = open_application()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(burden_trips=-1)


def test_the_check_finds_nothing_where_nobody_meddled(capsys):
    strike(trip(ask(open_application(channel="counter", by=staff("clerk")))), 1)
    finished(address="城东区朝阳路 10 号")
    call_command("burdens", "--check")
    assert "every counter is what its record gives" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("column", "value"),
    [("burden_trips", 0), ("burden_fees", 3), ("ended_at", MONDAY_0900 + timedelta(days=3))],
)
def test_the_check_names_a_case_whose_counters_somebody_changed(capsys, column, value):
    case = trip(open_application())
    other = open_application(address="城东区朝阳路 10 号")
    Application.objects.filter(pk=case.pk).update(**{column: value})
    with pytest.raises(SystemExit) as ended:
        call_command("burdens", "--check")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert f"{case.number} {column}:" in said
    assert other.number not in said


def test_cases_of_before_are_counted_by_the_migration_as_by_the_record():
    clerk = staff("clerk")
    open_application(channel="counter", by=clerk)
    case = open_application(address="城东区朝阳路 10 号")
    go(case, "pause", clerk, reason="customer-correction")
    finished(address="城东区朝阳路 11 号")
    Application.objects.update(burden_trips=0, burden_documents=0, ended_at=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("applications.migrations.0016_burdens_counted").COUNTED)
    assert list(differences()) == []
    assert stored(case) == Card(documents=1)


def test_a_list_of_reasons_is_the_utilitys_own():
    wanted = {"trip", "document", "approval", "strike"}
    assert wanted <= {use for use, _code in policy.current().reasons}
