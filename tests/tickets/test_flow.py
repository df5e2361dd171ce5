from __future__ import annotations

import pytest

from notifications.models import Message
from tests.factories import HOUR, MINUTE, MONDAY_0900, customer, open_ticket, staff
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.flow import allowed
from waterdesk.core.models import Clock
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

QUESTION = {"category": "consultation", "subtype": "", "address": "", "remark": "水价多少"}
COMPLAINT = QUESTION | {"category": "complaint", "remark": "三次没人来"}


@pytest.fixture
def agent():
    return staff("agent")


@pytest.fixture
def crew():
    return staff("field", "east-1", phone="13700000001")


@pytest.fixture
def move(agent):
    """Make a move after so many minutes; as the agent unless somebody else is named."""

    def make(case, action, after=1, by=None, **changes):
        at = MONDAY_0900 + after * MINUTE
        return door.move(case.number, action, actor=by or agent, at=at, changes=changes)

    return make


def states(case):
    return {clock.code: clock.state for clock in Clock.objects.filter(case=case, stopped_at=None)}


def ended(case):
    return dict(
        Clock.objects.filter(case=case, stopped_at__isnull=False).values_list("code", "state")
    )


def actions(user, case):
    return [move.action for move in allowed(user, case)]


def told(case, occurrence):
    rows = Message.objects.filter(case=case.number, occurrence=f"{case.number}#{occurrence}")
    return set(rows.values_list("key", "channel", "address"))


def test_a_burst_goes_from_the_call_to_the_follow_up(agent, crew, move):
    ticket = open_ticket(subtype="burst", by=agent)
    assert set(states(ticket)) == {"respond", "arrive", "contain", "finish"}
    move(ticket, "dispatch", 2, handler=crew.username)
    move(ticket, "arrive", 40, by=crew)
    move(ticket, "contain", 90, by=crew)
    move(ticket, "finish", 600, by=crew, result="更换管段 2 米，冲洗后恢复供水")
    assert states(ticket) == {}
    assert set(ended(ticket).values()) == {"met"}
    closed = move(ticket, "follow_up", 700, satisfaction="satisfied")
    assert (closed.status, closed.satisfaction) == ("closed", "satisfied")
    assert closed.closed_at == MONDAY_0900 + 700 * MINUTE
    assert list(verify(closed.events)) == []


def test_everybody_concerned_is_told_in_words(agent, crew, move):
    ticket = open_ticket(subtype="burst", by=agent)
    assert told(ticket, 1) == {("ticket.open.customer", "sms", "13987654321")}
    move(ticket, "dispatch", 2, handler=crew.username)
    assert told(ticket, 2) == {
        ("ticket.dispatch.customer", "sms", "13987654321"),
        ("ticket.dispatch.handler", "sms", crew.phone),
        ("ticket.dispatch.handler", "inbox", str(crew.pk)),
    }
    text = Message.objects.get(key="ticket.open.customer")
    assert ticket.number in text.body
    assert "爆管" in text.body


def test_a_caller_on_a_landline_or_without_a_number_gets_no_short_message(agent):
    landline = open_ticket(phone="0731-82345678", by=agent)
    withheld = open_ticket(phone="", by=agent)
    assert told(landline, 1) == told(withheld, 1) == set()


def test_the_buttons_fit_the_category(agent, crew, move):
    leak = open_ticket(by=agent)
    low = open_ticket(subtype="low-pressure", by=agent)
    question = open_ticket(**QUESTION, by=agent)
    complaint = open_ticket(**COMPLAINT, by=agent)
    assert actions(agent, leak) == [
        "dispatch", "chase", "note", "cancel", "join", "ask_extension", "send_answer",
        "promise_callback",
    ]  # fmt: skip
    assert actions(agent, question) == [
        "dispatch", "settle", "answer", "chase", "pause", "note", "cancel", "ask_extension",
        "send_answer", "promise_callback",
    ]  # fmt: skip
    assert "settle" not in actions(agent, complaint)
    for ticket in (leak, low):
        move(ticket, "dispatch", 2, handler=crew.username)
    on_the_spot = ["finish", "photograph", "note", "ask_extension"]
    assert actions(crew, move(leak, "arrive", 3, by=crew)) == ["contain", *on_the_spot]
    assert actions(crew, move(low, "arrive", 3, by=crew)) == on_the_spot
    sent = move(complaint, "dispatch", 2, handler=crew.username)
    assert actions(crew, sent) == ["answer", "pause", "note", "ask_extension"]


def test_a_question_is_answered_and_closed_during_the_call(agent, move):
    ticket = open_ticket(**QUESTION, by=agent)
    done = move(ticket, "settle", 1, result="第一阶梯 2.58 元/立方米")
    assert (done.status, done.closed_at) == ("closed", MONDAY_0900 + MINUTE)
    assert ended(ticket) == {"answer": "met"}
    assert told(ticket, done.version) == set()


def test_a_complaint_is_answered_and_called_back(agent, crew, move):
    ticket = open_ticket(**COMPLAINT, by=agent)
    assert set(states(ticket)) == {"respond", "answer"}
    move(ticket, "dispatch", 5, handler=crew.username)
    assert ended(ticket) == {"respond": "met"}
    answered = move(ticket, "answer", 60, by=crew, result="已上门致歉并处理")
    assert answered.status == "answered"
    assert told(ticket, answered.version) == {("ticket.answer.customer", "sms", "13987654321")}
    assert move(ticket, "follow_up", 90, satisfaction="neutral").status == "closed"


def test_without_what_a_move_asks_for_nothing_happens(agent, crew, move):
    ticket = open_ticket(**QUESTION, by=agent)
    with pytest.raises(Invalid) as refusal:
        move(ticket, "settle", result="  ")
    assert "result" in refusal.value.fields
    with pytest.raises(Invalid):
        move(open_ticket(by=agent), "dispatch", handler=staff("field", "west-1").username)
    with pytest.raises(Invalid):
        move(ticket, "note")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.version) == ("logged", 1)


def test_a_move_that_does_not_fit_the_status_or_the_category_is_refused(agent, crew, move):
    ticket = open_ticket(subtype="low-pressure", by=agent)
    with pytest.raises(Conflict):
        move(ticket, "finish", by=staff("lead", "east"), result="好了")
    with pytest.raises(Conflict):
        move(ticket, "answer", result="好了")
    with pytest.raises(NotFound):
        move(ticket, "explode")
    move(ticket, "dispatch", handler=crew.username)
    move(ticket, "arrive", by=crew)
    with pytest.raises(Conflict):
        move(ticket, "contain", by=crew)


def test_only_the_one_who_was_sent_arrives_and_only_the_desk_dispatches(agent, crew, move):
    ticket = open_ticket(by=agent)
    with pytest.raises(NotAllowed):
        move(ticket, "dispatch", by=crew, handler=crew.username)
    move(ticket, "dispatch", handler=crew.username)
    colleague = staff("field", "east-1", name="colleague")
    with pytest.raises(NotAllowed):
        move(ticket, "arrive", by=colleague)
    with pytest.raises(NotAllowed):
        move(ticket, "arrive", by=agent)
    moved = move(ticket, "reassign", handler=colleague.username)
    assert moved.status == "dispatched"
    assert move(ticket, "arrive", by=colleague).status == "on_site"


def test_a_call_from_nowhere_goes_to_the_area_of_whoever_is_sent(agent, crew, move):
    lead = staff("lead", "east", phone="13700000002")
    ticket = open_ticket(address="老地方桥头", by=agent)
    assert ticket.area.code == "company"
    sent = move(ticket, "dispatch", handler=crew.username)
    assert sent.area.code == "east-1"
    assert sent.events.get(action="dispatch").data["area"] == "east-1"
    chased = move(ticket, "chase")
    assert ("ticket.chase.lead", "inbox", str(lead.pk)) in told(ticket, chased.version)


def test_another_areas_crew_and_another_customer_find_nothing(agent, move):
    ticket = open_ticket(by=agent)
    for stranger in (staff("field", "west-1"), customer("13911112222")):
        with pytest.raises(NotFound):
            move(ticket, "chase", by=stranger)


def test_chasing_is_counted_and_told_and_changes_nothing_else(agent, crew, move):
    lead = staff("lead", "east", phone="13700000002")
    ticket = open_ticket(by=agent)
    move(ticket, "dispatch", handler=crew.username)
    move(ticket, "chase", 20)
    chased = move(ticket, "chase", 30, by=customer("13987654321"))
    assert (chased.chased, chased.status) == (2, "dispatched")
    assert {key for key, _channel, _to in told(ticket, chased.version)} == {
        "ticket.chase.handler",
        "ticket.chase.lead",
    }
    assert ("ticket.chase.lead", "inbox", str(lead.pk)) in told(ticket, chased.version)


def test_a_customer_may_chase_and_nothing_more(agent, crew, move):
    ticket = open_ticket(by=agent)
    caller = customer("13987654321")
    assert actions(caller, ticket) == ["chase"]
    move(ticket, "dispatch", handler=crew.username)
    move(ticket, "arrive", by=crew)
    assert actions(caller, move(ticket, "finish", by=crew, result="好了")) == []


def test_a_dissatisfied_customer_brings_the_ticket_back_on_a_clock_of_its_own(agent, crew, move):
    ticket = open_ticket(by=agent)
    move(ticket, "dispatch", 2, handler=crew.username)
    move(ticket, "arrive", 30, by=crew)
    move(ticket, "finish", 60, by=crew, result="换垫片")
    closed = move(ticket, "follow_up", 70, satisfaction="dissatisfied")
    again = move(ticket, "reopen", 71)
    assert closed.closed_at is not None
    assert (again.status, again.reopened, again.closed_at) == ("dispatched", 1, None)
    assert states(ticket) == {"finish": "running"}
    running = Clock.objects.get(case=ticket, stopped_at=None)
    assert running.started_at == MONDAY_0900 + 71 * MINUTE
    assert ("ticket.reopen.handler", "inbox", str(crew.pk)) in told(ticket, again.version)


def test_what_nobody_was_sent_to_reopens_at_the_desk(agent, move):
    ticket = open_ticket(**COMPLAINT, by=agent)
    move(ticket, "answer", 10, result="稍后处理")
    again = move(ticket, "reopen", 20)
    assert (again.status, again.handler) == ("logged", None)
    assert states(ticket) == {"answer": "running"}


def test_a_satisfied_customers_ticket_stays_closed(agent, move):
    ticket = open_ticket(**QUESTION, by=agent)
    move(ticket, "settle", 1, result="第一阶梯 2.58 元/立方米")
    with pytest.raises(Conflict):
        move(ticket, "reopen", 2)


def test_a_repair_round_the_clock_cannot_be_paused_and_an_answer_can(agent, move):
    leak, question = open_ticket(by=agent), open_ticket(**QUESTION, by=agent)
    with pytest.raises(Conflict):
        move(leak, "pause", reason="customer-delay")
    paused = move(question, "pause", 60, reason="customer-correction")
    assert paused.paused_reason == "customer-correction"
    assert states(question) == {"answer": "paused"}
    assert "settle" not in actions(agent, paused)
    move(question, "resume", 120)
    assert states(question) == {"answer": "running"}


def test_a_pause_for_a_reason_that_the_promise_does_not_allow_is_refused(agent, move):
    meter = open_ticket(subtype="meter", by=agent)
    with pytest.raises(Invalid):
        move(meter, "pause", reason="payment")
    assert move(meter, "pause", reason="customer-delay").paused_reason == "customer-delay"


def test_what_was_logged_by_mistake_is_cancelled_with_a_reason(agent, crew, move):
    ticket = open_ticket(by=agent)
    move(ticket, "dispatch", handler=crew.username)
    with pytest.raises(Invalid):
        move(ticket, "cancel")
    gone = move(ticket, "cancel", reason="mistake")
    assert (gone.status, gone.outcome) == ("cancelled", "mistake")
    assert states(ticket) == {}
    assert ended(ticket)["finish"] == "void"
    assert ("ticket.cancel.handler", "inbox", str(crew.pk)) in told(ticket, gone.version)


def test_a_late_sweep_records_the_true_instants_of_a_burst():
    ticket = open_ticket(subtype="burst", at=MONDAY_0900)
    sweep(MONDAY_0900 + 3 * HOUR)
    breaches = ticket.events.filter(action="clock_breached").order_by("at")
    assert [(each.data["promise"], each.at) for each in breaches] == [
        ("respond", MONDAY_0900 + 5 * MINUTE),
        ("arrive", MONDAY_0900 + 60 * MINUTE),
    ]


def test_finishing_late_says_so_for_ever(agent, crew, move):
    ticket = open_ticket(subtype="burst", by=agent)
    move(ticket, "dispatch", 6, handler=crew.username)
    move(ticket, "arrive", 61, by=crew)
    assert ended(ticket) == {"respond": "breached", "arrive": "breached"}
