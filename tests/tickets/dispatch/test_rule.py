"""派单 by rule: who is sent to a repair that was just logged."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.factories import HOUR, MINUTE, MONDAY_0900, calling, open_ticket, staff
from tests.tickets.dispatch.roster import on_duty
from tickets.dispatch import lapsing
from tickets.models import Sending, Ticket
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models import Leave, Utility
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db

BURST = {"subtype": "burst", "remark": "路面冒水"}


def now(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def sendings(ticket):
    return [(row.user.username, row.state) for row in ticket.sendings.order_by("pk")]


def decline(ticket, by, at=MONDAY_0900 + MINUTE, reason="busy"):
    return door.move(ticket.number, "decline", actor=by, at=at, changes={"reason": reason})


def told(ticket, key):
    return {m.recipient for m in Message.objects.filter(case=ticket.number, key=key)}


def test_a_repair_goes_at_once_to_whoever_of_its_grid_is_on_duty():
    on_duty("here")
    on_duty("next-door", "east-2")
    ticket = open_ticket()
    assert (ticket.status, ticket.handler.username) == ("dispatched", "here")
    assert ticket.events.get(action="dispatch").data["by_rule"] is True
    assert ticket.sendings.get().by_rule
    assert not ticket.clocks.filter(code="respond", stopped_at=None).exists()
    assert list(verify(ticket.events)) == []


def test_nobody_is_sent_twice_while_somebody_else_has_less_that_is_urgent():
    on_duty("a")
    on_duty("b")
    first = open_ticket(urgent=True, address="城东区朝阳路 1 号")
    second = open_ticket(address="城东区朝阳路 2 号")
    third = open_ticket(address="城东区朝阳路 3 号")
    names = [each.handler.username for each in (first, second, third)]
    assert names == ["a", "b", "b"]


def test_a_burst_goes_to_who_can_mend_it_even_from_the_branch():
    on_duty("housekeeper")
    on_duty("welder", "east", skills=("pipe-repair",))
    assert open_ticket(**BURST).handler.username == "welder"
    assert open_ticket(subtype="no-water", remark="没水").handler.username == "housekeeper"


def test_where_nobody_who_can_mend_it_is_there_whoever_is_goes():
    on_duty("housekeeper")
    assert open_ticket(**BURST).handler.username == "housekeeper"


def test_at_night_the_roster_decides_for_the_outskirts_too():
    on_duty("by-day", "north-1", hours=9)
    on_duty("by-night", "company", at=MONDAY_0900 + 12 * HOUR)
    ticket = open_ticket(at=MONDAY_0900 + 14 * HOUR, address="北郊区青山镇青山路 1 号")
    assert ticket.handler.username == "by-night"


def test_who_is_away_is_not_sent():
    away = on_duty("a")
    on_duty("b")
    Leave.objects.create(user=away, starts_at=MONDAY_0900 - HOUR, ends_at=MONDAY_0900 + HOUR)
    assert open_ticket().handler.username == "b"


def test_where_nobody_is_on_duty_lead_and_supervisor_are_told():
    lead, supervisor = staff("lead", "east"), staff("supervisor")
    on_duty("elsewhere", "west-1")
    ticket = open_ticket()
    assert (ticket.status, ticket.handler) == ("logged", None)
    assert ticket.events.filter(action="unmanned").exists()
    assert lead in told(ticket, "ticket.unmanned.lead")
    assert told(ticket, "ticket.unmanned.supervisor") == {supervisor}


def test_a_desk_that_keeps_no_roster_sends_by_hand_and_nobody_is_alarmed():
    ticket = open_ticket()
    assert ticket.status == "logged"
    assert not ticket.events.filter(action="unmanned").exists()


def test_a_question_is_nobodys_to_go_to():
    on_duty("a")
    ticket = open_ticket(category="consultation", subtype="", address="城东区朝阳路 9 号")
    assert ticket.handler is None


def test_the_utility_can_switch_it_off():
    on_duty("a")
    Utility.objects.update(dispatch_by_rule=False)
    policy.forget()
    assert open_ticket().handler is None


def test_what_an_agent_sends_to_somebody_the_rule_leaves_alone():
    on_duty("a")
    draft = calling.draft(
        {"category": "repair", "subtype": "leak", "address": "城东区朝阳路 9 号", "remark": "漏"},
        by=None, channel="hotline",
    )  # fmt: skip
    draft.by_hand = True
    assert door.open_case(draft, actor=None, at=MONDAY_0900).handler is None


def test_who_was_sent_accepts_once():
    crew = on_duty("a")
    ticket = open_ticket()
    assert ticket.accept_by == MONDAY_0900 + 5 * MINUTE
    accepted = door.move(ticket.number, "accept", actor=crew, at=MONDAY_0900 + MINUTE)
    assert (accepted.accept_by, accepted.accepted_at) == (None, MONDAY_0900 + MINUTE)
    assert sendings(ticket) == [("a", "accepted")]
    with pytest.raises(Conflict):
        door.move(ticket.number, "accept", actor=crew, at=MONDAY_0900 + 2 * MINUTE)


def test_nobody_accepts_for_another():
    on_duty("a")
    ticket = open_ticket()
    with pytest.raises(NotAllowed):
        door.move(ticket.number, "accept", actor=staff("field", "east-1", name="z"), at=MONDAY_0900)


def test_who_arrives_has_accepted():
    crew = on_duty("a")
    ticket = open_ticket()
    door.move(ticket.number, "arrive", actor=crew, at=MONDAY_0900 + 3 * MINUTE)
    assert sendings(ticket) == [("a", "accepted")]
    assert lapsing.lapse(MONDAY_0900 + HOUR) == 0


def test_a_declined_ticket_goes_to_the_next_and_its_lead_is_told():
    lead = staff("lead", "east")
    first = on_duty("a")
    on_duty("b")
    ticket = open_ticket()
    declined = decline(ticket, first)
    assert (declined.status, declined.handler.username) == ("dispatched", "b")
    assert sendings(ticket) == [("a", "declined"), ("b", "waiting")]
    assert ticket.sendings.get(state="declined").reason == "busy"
    assert lead in told(ticket, "ticket.decline.lead")
    assert now(ticket).outcome == ""


def test_when_all_have_declined_the_alarm_is_raised_and_nobody_is_asked_again():
    staff("lead", "east"), staff("supervisor")
    crew = [on_duty("a"), on_duty("b")]
    ticket = open_ticket()
    decline(ticket, crew[0])
    declined = decline(ticket, crew[1])
    assert (declined.status, declined.handler) == ("logged", None)
    assert ticket.events.filter(action="unmanned").count() == 1
    assert sendings(ticket) == [("a", "declined"), ("b", "declined")]


def test_a_reason_has_to_be_one_of_the_list():
    crew = on_duty("a")
    with pytest.raises(Invalid):
        decline(open_ticket(), crew, reason="bored")


def test_what_nobody_accepts_in_time_goes_to_the_next_exactly_once():
    lead = staff("lead", "east")
    on_duty("a")
    on_duty("b")
    ticket = open_ticket()
    assert lapsing.lapse(MONDAY_0900 + 4 * MINUTE) == 0
    assert lapsing.lapse(MONDAY_0900 + 5 * MINUTE) == 1
    assert lapsing.lapse(MONDAY_0900 + 5 * MINUTE) == 0
    assert now(ticket).handler.username == "b"
    assert sendings(ticket) == [("a", "lapsed"), ("b", "waiting")]
    assert lead in told(ticket, "ticket.lapse.lead")


def test_where_there_is_no_next_who_was_sent_keeps_it_and_lead_and_supervisor_are_told_once():
    lead, supervisor = staff("lead", "east"), staff("supervisor")
    crew = on_duty("a")
    ticket = open_ticket()
    assert lapsing.lapse(MONDAY_0900 + 6 * MINUTE) == 1
    assert lapsing.lapse(MONDAY_0900 + 7 * MINUTE) == 0
    assert now(ticket).handler == crew
    assert lead in told(ticket, "ticket.unaccepted.lead")
    assert told(ticket, "ticket.unaccepted.supervisor") == {supervisor}
    door.move(ticket.number, "accept", actor=crew, at=MONDAY_0900 + 8 * MINUTE)
    assert sendings(ticket) == [("a", "accepted")]


def test_who_is_sent_in_the_place_of_another_has_the_whole_time_to_accept():
    on_duty("a")
    other = staff("field", "east-1", name="b")
    ticket = open_ticket()
    at = MONDAY_0900 + 4 * MINUTE
    changes = {"handler": other.username}
    door.move(ticket.number, "reassign", actor=staff("lead", "east"), at=at, changes=changes)
    assert now(ticket).accept_by == at + 5 * MINUTE
    assert sendings(ticket) == [("a", "replaced"), ("b", "waiting")]


def test_a_lead_who_takes_a_ticket_himself_need_not_accept_it():
    lead = staff("lead", "east")
    ticket = open_ticket()
    changes = {"handler": lead.username}
    door.move(ticket.number, "dispatch", actor=lead, at=MONDAY_0900, changes=changes)
    assert sendings(ticket) == [(lead.username, "accepted")]


def test_a_cancelled_ticket_waits_for_nobody():
    on_duty("a")
    ticket = open_ticket()
    changes = {"reason": "mistake"}
    door.move(ticket.number, "cancel", actor=staff("lead", "east"), at=MONDAY_0900, changes=changes)
    assert lapsing.late(MONDAY_0900 + HOUR) == []
    assert Sending.objects.get().state == "replaced"
