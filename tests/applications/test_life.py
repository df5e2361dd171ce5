"""The whole life of an application, made move by move through the door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from applications.flow import FLOW
from notifications.models import Message
from notifications.texts import book
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_application, staff
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.flow import allowed, steps_of

pytestmark = pytest.mark.django_db


def go(case, action, by=None, at=MONDAY_0900 + MINUTE, note="", **changes):
    return door.move(case.number, action, actor=by, at=at, note=note, changes=changes)


def clock(case):
    return case.clocks.get(code="two-step")


def in_hand(**over):
    """An application that a plumber of the eastern branch has in hand."""
    case = open_application(**over)
    plumber = staff("field", "east")
    return go(case, "assign", staff("lead", "east"), handler=plumber.username), plumber


def test_an_application_becomes_water_and_is_closed():
    case, plumber = in_hand()
    case = go(case, "survey", plumber, MONDAY_0900 + HOUR)
    case = go(case, "install", plumber, MONDAY_0900 + 2 * HOUR, meter_number="ZZ2026-1108")
    case = go(case, "water_on", plumber, MONDAY_0900 + 2 * HOUR)
    case = go(case, "confirm", customer(), MONDAY_0900 + DAY, satisfaction="5")
    case.refresh_from_db()
    assert (case.status, case.meter_number, case.satisfaction) == ("closed", "ZZ2026-1108", 5)
    assert case.closed_at == MONDAY_0900 + DAY
    assert clock(case).state == "met"
    assert [event.action for event in case.events] == [
        "open", "accept", "duty_missing", "assign", "survey", "install", "water_on",
        "contract_made", "confirm",
    ]  # fmt: skip


def test_an_eligible_application_is_accepted_at_once_and_half_a_day_is_promised():
    case = open_application()
    assert case.status == "accepted"
    assert clock(case).due_at == MONDAY_0900.replace(hour=14, minute=30)
    assert case.events.get(action="accept").actor == ""


def test_the_customer_is_told_what_was_promised(settings):
    case = open_application()
    text = Message.objects.get(case=case.number, key="application.accept.customer")
    assert text.address == case.phone
    assert "14:30" in text.body
    assert case.number in text.body


def test_the_team_lead_of_the_area_hears_that_somebody_must_be_sent():
    lead = staff("lead", "east")
    case = open_application()
    assert Message.objects.inbox_of(lead).get().case == case.number


@pytest.mark.parametrize(
    ("facts", "days"),
    [({"calibre_mm": 80}, 3), ({"calibre_mm": 100}, 10), ({"calibre_mm": 150}, 10)],
)
def test_an_external_line_is_promised_in_working_days(facts, days):
    case = open_application(
        applicant_kind="organisation", use="non-residential", external_line=True, **facts
    )
    promised = clock(case)
    assert (promised.amount, promised.unit) == (days, "workdays")


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"address": "不知何处 1 号"}, "area-unknown"),
        ({"area": "company"}, "area-unknown"),
        ({"calibre_mm": 100}, "calibre"),
        ({"applicant_kind": "organisation", "use": "special", "calibre_mm": 300}, "calibre"),
    ],
)
def test_what_a_rule_cannot_decide_waits_for_a_person(over, reason):
    case = open_application(**over)
    assert (case.status, case.outcome) == ("pending", reason)


def test_a_second_application_for_the_same_address_and_phone_waits_for_a_person():
    open_application()
    assert open_application().outcome == "duplicate"
    assert open_application(address="城东区朝阳路 9 号").status == "accepted"


def test_another_one_is_accepted_once_the_first_is_closed():
    go(open_application(), "cancel", customer())
    assert open_application().status == "accepted"


def test_a_doubt_is_told_to_the_customer_and_to_a_clerk():
    clerk = staff("clerk")
    case = open_application(address="不知何处 1 号")
    told = Message.objects.filter(case=case.number).values_list("key", flat=True)
    assert sorted(told) == ["application.review.clerk", "application.review.customer"]
    assert "地址所属片区待核实" in Message.objects.inbox_of(clerk).get().body


def test_a_person_accepts_what_the_rule_left_open_and_the_doubt_is_gone():
    case = go(open_application(address="不知何处 1 号"), "accept", staff("clerk"))
    assert (case.status, case.outcome) == ("accepted", "")


def test_nobody_but_the_desk_itself_sends_to_review():
    case = open_application(address="不知何处 1 号")
    with pytest.raises(NotAllowed):
        go(case, "review", staff("clerk"), reason="calibre")


def test_a_refusal_carries_the_reason_and_what_to_do_next():
    case = go(open_application(), "refuse", staff("clerk"), reason="arrears")
    assert (case.status, case.outcome) == ("refused", "arrears")
    assert clock(case).state == "met"
    text = Message.objects.get(case=case.number, key="application.refuse.customer")
    assert "欠费。请结清所欠水费后重新申请" in text.body


def test_a_refusal_needs_a_reason_of_the_list():
    with pytest.raises(Invalid) as refusal:
        go(open_application(), "refuse", staff("clerk"), reason="mood")
    assert list(refusal.value.fields) == ["reason"]


def test_a_pause_moves_the_due_time_by_its_working_time():
    case, plumber = in_hand()
    due = clock(case).due_at
    go(case, "pause", plumber, MONDAY_0900 + HOUR, "请清理水表井", reason="customer-correction")
    assert clock(case).state == "paused"
    go(case, "correct", customer(), MONDAY_0900 + 2 * HOUR)
    assert clock(case).state == "running"
    assert clock(case).due_at == due + HOUR


def test_what_is_needed_reaches_the_customer_with_the_pause():
    case, plumber = in_hand()
    go(case, "pause", plumber, note="请清理水表井", reason="customer-correction")
    text = Message.objects.get(case=case.number, key="application.pause.customer")
    assert "待用户补正" in text.body
    assert "请清理水表井" in text.body


def test_the_customer_ends_only_a_pause_that_waits_for_the_customer():
    case, plumber = in_hand()
    case = go(case, "pause", plumber, reason="administrative")
    assert "correct" not in [move.action for move in allowed(customer(), case)]
    with pytest.raises(Conflict):
        go(case, "correct", customer())
    assert go(case, "resume", plumber).paused_reason == ""


def test_nothing_is_built_while_the_case_is_paused():
    case, plumber = in_hand()
    go(case, "pause", plumber, reason="payment")
    with pytest.raises(Conflict, match="停表中"):
        go(case, "survey", plumber)


def test_the_customer_cancels_until_the_meter_is_in():
    case, plumber = in_hand()
    go(case, "survey", plumber)
    assert go(case, "cancel", customer(), reason="changed-mind").status == "cancelled"
    assert clock(case).state == "void"
    case, plumber = in_hand(address="城东区朝阳路 10 号")
    go(case, "survey", plumber)
    go(case, "install", plumber, meter_number="ZZ-2")
    with pytest.raises(Conflict):
        go(case, "cancel", customer())


def test_a_cancelled_application_is_told_to_whoever_was_on_the_way():
    case, plumber = in_hand()
    go(case, "cancel", customer())
    inbox = Message.objects.inbox_of(plumber).values_list("key", flat=True)
    assert "application.cancel.handler" in inbox


def test_a_customer_hurries_us_once_in_each_status():
    case, plumber = in_hand()
    go(case, "chase", customer())
    with pytest.raises(Conflict):
        go(case, "chase", customer())
    go(case, "survey", plumber)
    go(case, "chase", customer())
    hurried = Message.objects.inbox_of(plumber).filter(key="application.chase.handler")
    assert hurried.count() == 2


def test_a_plumber_moves_only_what_is_in_hand():
    case = open_application()
    with pytest.raises(NotAllowed):
        go(case, "survey", staff("field", "east"))


def test_a_meter_is_not_installed_without_its_number():
    case, plumber = in_hand()
    go(case, "survey", plumber)
    with pytest.raises(Invalid) as refusal:
        go(case, "install", plumber)
    assert list(refusal.value.fields) == ["meter_number"]


def test_the_survey_corrects_what_the_customer_could_not_know():
    case, plumber = in_hand()
    case = go(case, "survey", plumber, external_line="true")
    case.refresh_from_db()
    assert case.external_line is True
    assert clock(case).unit == "days"


def test_a_supervisor_may_note_on_a_closed_case_and_nothing_else():
    case = go(open_application(), "cancel", customer())
    supervisor = staff("supervisor")
    assert [move.action for move in allowed(supervisor, case)] == ["note", "supervise"]
    assert go(case, "note", supervisor, note="已电话致歉").status == "cancelled"


def test_a_stranger_finds_nothing_to_move():
    case = open_application()
    with pytest.raises(NotFound):
        go(case, "cancel", customer("13900000000"))
    with pytest.raises(NotFound):
        go(case, "cancel", staff("clerk", "west"))


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("pending", ["active", "waiting"]),
        ("accepted", ["done", "active"]),
        ("installed", ["done", "active"]),
        ("water_on", ["done", "done"]),
    ],
)
def test_the_customer_sees_two_steps(status, states):
    case = open_application()
    case.status = status
    assert [step["status"] for step in steps_of(case)] == states


def test_a_refused_application_has_no_finished_step():
    case = go(open_application(), "refuse", staff("clerk"), reason="arrears")
    assert [step["status"] for step in steps_of(case)] == ["stopped", "stopped"]


def test_every_move_that_tells_somebody_has_a_text_and_no_text_is_idle():
    told = {f"application.{m.action}.{who}" for m in FLOW.moves for who in m.audiences}
    # What the desk tells of a standing by itself, long after the last move.
    told |= {
        "application.ending.customer",
        "application.ending.lead",
        "application.review_ahead.customer",
        "application.review_ahead.lead",
        "application.standing_ended.customer",
        "application.standing_extended.customer",
    }
    written = {key.partition("@")[0] for key in book() if key.startswith("application.")}
    assert told == written


def test_a_late_answer_is_late_even_if_nobody_looked():
    case, plumber = in_hand()
    for action, changes in [("survey", {}), ("install", {"meter_number": "Z1"}), ("water_on", {})]:
        go(case, action, plumber, MONDAY_0900 + timedelta(days=2), **changes)
    assert clock(case).state == "breached"
    assert case.events.get(action="clock_breached").at == MONDAY_0900.replace(hour=14, minute=30)


def test_whoever_was_sent_can_be_replaced_and_nobody_is_sent_twice_by_mistake():
    first, second = staff("field", "east-1"), staff("field", "east-1", name="field-two")
    case = open_application()
    lead = staff("lead", "east")
    changes = {"handler": first.username}
    door.move(case.number, "assign", actor=lead, at=MONDAY_0900, changes=changes)
    with pytest.raises(Conflict):
        door.move(case.number, "assign", actor=lead, at=MONDAY_0900, changes=changes)
    changes = {"handler": second.username}
    moved = door.move(case.number, "reassign", actor=lead, at=MONDAY_0900, changes=changes)
    assert moved.handler == second
