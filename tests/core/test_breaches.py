"""超时说明: nobody closes what was late without saying why, and a lead has the last word."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.factories import (
    HOUR,
    MINUTE,
    MONDAY_0900,
    customer,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import door, flow
from waterdesk.core.disclosure import for_customer
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

LATE = MONDAY_0900 + 3 * HOUR
EXPLAINED = {"reason": "crew-short", "note": "两处同时报修。"}


@pytest.fixture
def agent():
    return staff("agent")


@pytest.fixture
def lead():
    return staff("lead", "east")


@pytest.fixture
def late(agent):
    """A leak for which nobody was sent in three hours: late to respond and to arrive."""
    ticket = open_ticket(at=MONDAY_0900)
    sweep(LATE)
    return ticket


def explain(ticket, actor, at=LATE + MINUTE, **changes):
    return door.move(ticket.number, "explain", actor=actor, at=at, changes=EXPLAINED | changes)


def cancel(ticket, actor, at=LATE + HOUR):
    changes = {"reason": "duplicate"}
    return door.move(ticket.number, "cancel", actor=actor, at=at, changes=changes)


def offered(ticket, user):
    ticket.refresh_from_db()
    return {move.action for move in flow.allowed(user, ticket)}


def test_a_breach_is_to_be_explained(late):
    late.refresh_from_db()
    assert late.explanation == "owed"


def test_what_was_in_time_needs_no_explanation(agent):
    ticket = open_ticket(at=MONDAY_0900)
    assert "explain" not in offered(ticket, agent)
    assert cancel(ticket, agent, MONDAY_0900 + MINUTE).status == "cancelled"


def test_until_then_closing_is_neither_offered_nor_done(late, agent):
    assert "cancel" not in offered(late, agent)
    with pytest.raises(Conflict, match="超时"):
        cancel(late, agent)
    late.refresh_from_db()
    assert late.status == "logged"


def test_a_breach_that_nobody_saw_yet_holds_the_case_open_as_well(agent):
    ticket = open_ticket(at=MONDAY_0900)
    with pytest.raises(Conflict):
        cancel(ticket, agent)


def test_once_explained_it_closes_and_the_cause_stands_on_the_clocks_that_breached(late, agent):
    explain(late, agent)
    assert cancel(late, agent).status == "cancelled"
    causes = dict(late.clocks.values_list("code", "cause"))
    assert causes == {"respond": "crew-short", "arrive": "crew-short", "contain": "", "finish": ""}
    event = late.events.get(action="explain")
    assert event.data["reason"] == "crew-short"
    assert event.data["note"] == "两处同时报修。"
    assert list(verify(late.events)) == []


def test_the_lead_is_told_and_accepts(late, agent, lead):
    explain(late, agent)
    assert Message.objects.filter(key="ticket.explain.lead", recipient=lead).exists()
    assert {"accept_explanation", "return_explanation"} <= offered(late, lead)
    door.move(late.number, "accept_explanation", actor=lead, at=LATE + HOUR)
    late.refresh_from_db()
    assert late.explanation == "accepted"
    assert set(late.clocks.exclude(cause="").values_list("cause_accepted", flat=True)) == {True}


def test_what_is_handed_back_is_explained_anew_before_it_closes(late, agent, lead):
    explain(late, agent)
    back = {"note": "请写明派单时间。"}
    door.move(late.number, "return_explanation", actor=lead, at=LATE + HOUR, changes=back)
    assert not late.clocks.exclude(cause="").exists()
    with pytest.raises(Conflict):
        cancel(late, agent, LATE + 2 * HOUR)
    explain(late, agent, LATE + 2 * HOUR, reason="dispatch-late")
    assert late.clocks.get(code="respond").cause == "dispatch-late"
    assert cancel(late, agent, LATE + 3 * HOUR).status == "cancelled"
    # Both versions are in the record.
    said = late.events.filter(action="explain").order_by("seq")
    assert [event.data["reason"] for event in said] == ["crew-short", "dispatch-late"]


def test_a_later_breach_is_to_be_explained_for_itself(late, agent, lead):
    explain(late, agent)
    door.move(late.number, "accept_explanation", actor=lead, at=LATE + 2 * MINUTE)
    sweep(MONDAY_0900 + 30 * HOUR)
    late.refresh_from_db()
    assert late.explanation == "owed"
    explain(late, agent, MONDAY_0900 + 31 * HOUR, reason="material")
    assert late.clocks.get(code="respond").cause == "crew-short"
    assert late.clocks.get(code="finish").cause == "material"


def test_neither_the_one_who_was_late_nor_a_customer_accepts(late, agent):
    explain(late, agent)
    for person in (agent, customer(late.phone)):
        with pytest.raises(NotAllowed):
            door.move(late.number, "accept_explanation", actor=person, at=LATE + HOUR)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": "bad-luck"}, "reason"), ({"reason": ""}, "reason"), ({"note": " "}, "note")],
)
def test_a_cause_that_is_on_no_list_or_no_words_are_refused(late, agent, changes, field):
    with pytest.raises(Invalid) as refusal:
        explain(late, agent, **changes)
    assert field in refusal.value.fields


def test_the_desks_debt_does_not_stand_in_a_customers_way():
    case = open_application(at=MONDAY_0900)
    crew = staff("field", "east-1")
    at = MONDAY_0900 + 30 * HOUR
    handler = {"handler": crew.username}
    door.move(case.number, "assign", actor=staff("lead"), at=at, changes=handler)
    door.move(case.number, "survey", actor=crew, at=at)
    door.move(case.number, "install", actor=crew, at=at, changes={"meter_number": "SX1"})
    door.move(case.number, "water_on", actor=crew, at=at)
    closed = door.move(case.number, "confirm", actor=customer(case.phone), at=at + HOUR)
    assert (closed.status, closed.explanation) == ("closed", "owed")
    # And it is still to be said.
    assert "explain" in offered(case, staff("agent"))


def test_customers_neither_explain_nor_read_the_explanation(late, agent):
    person = customer(late.phone)
    assert "explain" not in offered(late, person)
    explain(late, agent)
    late.refresh_from_db()
    told = [
        for_customer(event, flow.flow_of(late), {"respond"})
        for event in late.events.filter(action="explain")
    ]
    assert told == [None]
