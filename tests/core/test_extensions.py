"""延期: asked for before the limit, decided by a lead, told to the customer; never after it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from notifications.models import Message
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    SHANGHAI,
    customer,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import door, flow
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

# The application of Monday 16 November 2026, 09:00, has half a working day: until 14:30.
FIRST = datetime(2026, 11, 16, 14, 30, tzinfo=SHANGHAI)


@pytest.fixture
def case():
    return open_application(at=MONDAY_0900)


@pytest.fixture
def lead():
    return staff("lead", "east")


def ask(case, at=MONDAY_0900 + HOUR, days=2, actor=None):
    changes = {"days": days, "note": "用户地下室积水，先排水。"}
    actor = actor or staff("clerk")
    return door.move(case.number, "ask_extension", actor=actor, at=at, changes=changes)


def grant(case, lead, at=MONDAY_0900 + 2 * HOUR):
    return door.move(case.number, "grant_extension", actor=lead, at=at)


def offered(case, user):
    case.refresh_from_db()
    return {move.action for move in flow.allowed(user, case)}


def test_asking_alone_moves_nothing_and_tells_the_lead(case, lead):
    ask(case)
    assert case.clocks.get().due_at == FIRST
    assert Message.objects.filter(key="application.ask_extension.lead", recipient=lead).exists()
    assert {"grant_extension", "refuse_extension"} <= offered(case, lead)
    assert "ask_extension" not in offered(case, staff("clerk", name="other"))


def test_granted_it_is_due_that_many_working_days_later_and_what_was_due_first_stays(case, lead):
    ask(case)
    grant(case, lead)
    clock = case.clocks.get()
    # Two working days on the half one: Wednesday, at the same time of day.
    assert (clock.due_at, clock.first_due_at) == (FIRST + 2 * DAY, FIRST)
    event = case.events.get(action="grant_extension")
    assert event.data["days"] == 2
    assert datetime.fromisoformat(event.data["was"]) == FIRST
    assert datetime.fromisoformat(event.data["due"]) == FIRST + 2 * DAY


def test_the_customer_is_told_the_new_time(case, lead):
    ask(case)
    grant(case, lead)
    told = Message.objects.get(key="application.grant_extension.customer")
    assert "11月18日 周三 14:30 前办结" in told.body


def test_the_first_limit_passes_without_a_breach_and_the_new_one_does_not(case, lead):
    ask(case)
    grant(case, lead)
    sweep(FIRST + DAY)
    assert not case.events.filter(action="clock_breached").exists()
    sweep(FIRST + 3 * DAY)
    assert case.events.get(action="clock_breached").at == FIRST + 2 * DAY


def test_a_level_that_fell_before_does_not_fall_again(case, lead):
    # Half of four hours falls at 11:00.
    at = MONDAY_0900 + 2 * HOUR + MINUTE
    sweep(at)
    ask(case, at)
    grant(case, lead, at + MINUTE)
    sweep(FIRST + 3 * DAY)
    levels = [e.data["level"] for e in case.events.filter(action__startswith="clock_")]
    assert levels == [50, 80, 100]


def test_after_the_limit_nothing_is_asked_for_and_nothing_granted(case, lead):
    ask(case)
    with pytest.raises(Conflict, match="已过"):
        grant(case, lead, FIRST + MINUTE)
    late = open_application(at=MONDAY_0900, address="城东区朝阳路 2 号")
    with pytest.raises(Conflict, match="已过"):
        ask(late, FIRST + MINUTE, actor=lead)


def test_refused_it_stays_due_and_the_reason_is_in_the_record(case, lead):
    ask(case)
    changes = {"note": "可以先临时供水。"}
    at = MONDAY_0900 + 2 * HOUR
    door.move(case.number, "refuse_extension", actor=lead, at=at, changes=changes)
    clock = case.clocks.get()
    assert (clock.due_at, clock.first_due_at) == (FIRST, None)
    assert case.events.get(action="refuse_extension").data["note"] == "可以先临时供水。"
    assert "ask_extension" in offered(case, staff("clerk", name="other"))


def test_granted_twice_what_was_due_first_is_still_the_first(case, lead):
    ask(case)
    grant(case, lead)
    ask(case, MONDAY_0900 + 3 * HOUR, days=1, actor=lead)
    grant(case, lead, MONDAY_0900 + 4 * HOUR)
    clock = case.clocks.get()
    assert (clock.due_at, clock.first_due_at) == (FIRST + 3 * DAY, FIRST)


def test_a_repair_gets_natural_days_on_its_last_promise_alone(lead):
    ticket = open_ticket(at=MONDAY_0900)
    before = dict(ticket.clocks.values_list("code", "due_at"))
    ask(ticket, MONDAY_0900 + MINUTE, days=1)
    grant(ticket, lead, MONDAY_0900 + 2 * MINUTE)
    after = dict(ticket.clocks.values_list("code", "due_at"))
    assert after == before | {"finish": before["finish"] + timedelta(days=1)}


@pytest.mark.parametrize("days", [0, 31, "二", ""])
def test_a_number_of_days_out_of_range_is_refused_at_its_field(case, days):
    with pytest.raises(Invalid) as refusal:
        ask(case, days=days)
    assert "days" in refusal.value.fields


def test_neither_whoever_asked_nor_a_customer_grants(case):
    clerk = staff("clerk")
    ask(case, actor=clerk)
    for person in (clerk, customer(case.phone)):
        with pytest.raises(NotAllowed):
            grant(case, person)
