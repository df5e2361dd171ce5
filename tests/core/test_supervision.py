"""督办: a supervisor orders, whoever was asked answers in time, and the supervisor judges it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Message
from tests.factories import (
    HOUR,
    MINUTE,
    MONDAY_0900,
    open_application,
    open_ticket,
    staff,
)
from tests.tickets.incidents.street import two_joined
from waterdesk.core import door, flow
from waterdesk.core.disclosure import for_customer
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models import Supervision
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

AT = MONDAY_0900 + 10 * MINUTE


@pytest.fixture
def supervisor():
    return staff("supervisor")


@pytest.fixture
def lead():
    return staff("lead", "east")


@pytest.fixture
def worker():
    return staff("field", "east-1")


@pytest.fixture
def leak(lead, worker):
    """A leak for which somebody was sent five minutes after the call."""
    ticket = open_ticket(at=MONDAY_0900)
    changes = {"handler": worker.username}
    return door.move(ticket.number, "dispatch", actor=lead, at=AT - 5 * MINUTE, changes=changes)


def order(case, by, addressee="lead", at=AT):
    changes = {"addressee": addressee, "demand": "今天必须修好。"}
    return door.move(case.number, "supervise", actor=by, at=at, changes=changes)


def answer(case, by, action="answer_supervision", at=AT + HOUR):
    return door.move(case.number, action, actor=by, at=at, changes={"reply": "材料已到。"})


def judge(case, by, action, at=AT + 90 * MINUTE, **changes):
    return door.move(case.number, action, actor=by, at=at, changes=changes)


def offered(case, user):
    case.refresh_from_db()
    return {move.action for move in flow.allowed(user, case) if "superv" in move.action}


def told(key):
    return {m.recipient.username for m in Message.objects.filter(key=key, channel="inbox")}


def clock_of(case):
    return case.clocks.filter(code="supervise").latest("pk")


def test_an_order_has_a_clock_of_its_own_and_is_told_to_the_lead(leak, supervisor, lead):
    order(leak, supervisor)
    assert clock_of(leak).due_at == AT + 2 * HOUR
    assert not clock_of(leak).public
    assert told("supervision.ordered") == {lead.username}
    said = Message.objects.get(key="supervision.ordered", channel="inbox")
    assert "今天必须修好。" in said.body
    assert "11:10" in said.subject
    row = Supervision.objects.get(case=leak.pk)
    assert (row.addressee, row.ordered_by, row.ordered_at) == ("lead", supervisor, AT)
    assert list(verify(leak.events)) == []


def test_an_answer_in_working_time_is_given_half_a_day(supervisor):
    case = open_application(at=MONDAY_0900)
    order(case, supervisor)
    # Four hours of working time, with the break at noon between.
    assert clock_of(case).due_at == AT + 5.5 * HOUR


def test_the_lead_answers_and_the_supervisor_has_done_with_it(leak, supervisor, lead):
    order(leak, supervisor)
    assert offered(leak, lead) == {"answer_supervision"}
    answer(leak, lead)
    assert clock_of(leak).state == "met"
    assert told("supervision.answered") == {supervisor.username}
    assert offered(leak, supervisor) == {"accept_supervision", "return_supervision"}
    judge(leak, supervisor, "accept_supervision")
    row = Supervision.objects.get(case=leak.pk)
    assert (row.reply, row.replied_by, row.accepted_by) == ("材料已到。", lead, supervisor)
    assert told("supervision.accepted") == {lead.username}
    assert offered(leak, supervisor) == {"supervise"}


def test_what_is_handed_back_is_answered_anew_on_a_new_clock(leak, supervisor, lead):
    order(leak, supervisor)
    answer(leak, lead)
    judge(leak, supervisor, "return_supervision", objection="没有写完成时间。")
    assert told("supervision.returned") == {lead.username}
    assert clock_of(leak).started_at == AT + 90 * MINUTE
    assert leak.clocks.filter(code="supervise").count() == 2
    answer(leak, lead, at=AT + 2 * HOUR)
    row = Supervision.objects.get(case=leak.pk)
    assert (row.returned, row.replied_at) == (1, AT + 2 * HOUR)


def test_the_handler_answers_what_he_was_asked_and_no_other(leak, supervisor, worker):
    order(leak, supervisor, "handler")
    assert told("supervision.ordered") == {worker.username}
    assert offered(leak, worker) == {"report_supervision"}
    answer(leak, worker, "report_supervision")
    judge(leak, supervisor, "accept_supervision")
    order(leak, supervisor, "lead", at=AT + 2 * HOUR)
    assert offered(leak, worker) == set()
    with pytest.raises(Conflict):
        answer(leak, worker, "report_supervision", at=AT + 3 * HOUR)


def test_nobody_is_asked_as_the_handler_of_what_nobody_handles(supervisor):
    ticket = open_ticket(at=MONDAY_0900)
    with pytest.raises(Invalid) as refusal:
        order(ticket, supervisor, "handler")
    assert "addressee" in refusal.value.fields
    assert not Supervision.objects.exists()


@pytest.mark.parametrize("role", ["agent", "clerk", "lead", "field"])
def test_nobody_else_orders(leak, role):
    with pytest.raises(NotAllowed):
        order(leak, staff(role, "east-1"))


def test_one_order_stands_at_a_time(leak, supervisor):
    order(leak, supervisor)
    with pytest.raises(Conflict):
        order(leak, supervisor, at=AT + MINUTE)
    row = Supervision.objects.get(case=leak.pk)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_an_answer_is_owed_beyond_the_end_of_the_case(leak, supervisor, lead):
    order(leak, supervisor)
    judge(leak, lead, "cancel", reason="duplicate", at=AT + MINUTE)
    clocks = dict(leak.clocks.values_list("code", "state"))
    assert clocks["finish"] == "void"
    assert clocks["supervise"] == "running"
    answer(leak, lead)
    assert clock_of(leak).state == "met"


def test_what_is_closed_can_be_ordered_and_falls_late(leak, supervisor, lead):
    judge(leak, lead, "cancel", reason="duplicate", at=AT - MINUTE)
    order(leak, supervisor)
    door.move(leak.number, "note", actor=lead, at=AT + MINUTE, changes={"note": "已知"})
    assert clock_of(leak).state == "running"
    sweep(AT + 3 * HOUR)
    assert clock_of(leak).breached_at == AT + 2 * HOUR
    assert "clock.breached" in Message.objects.filter(recipient=lead).values_list("key", flat=True)


def test_more_time_is_asked_for_the_promise_also_where_the_answer_is_due_last(supervisor):
    case = open_application(at=MONDAY_0900)
    order(case, supervisor, at=MONDAY_0900 + 2 * HOUR)
    at, lead = MONDAY_0900 + 2 * HOUR + MINUTE, staff("lead")
    judge(case, lead, "ask_extension", days="1", note="等材料", at=at)
    judge(case, lead, "grant_extension", at=at + MINUTE)
    assert clock_of(case).granted == 0
    assert case.clocks.get(code="two-step").granted > 0


def test_the_customer_reads_nothing_of_it(leak, supervisor, lead):
    order(leak, supervisor)
    answer(leak, lead)
    events = leak.events.filter(action__in=["supervise", "answer_supervision"])
    public = {clock.code for clock in leak.clocks.all() if clock.public}
    assert [for_customer(e, flow.flow_of(leak), public) for e in events] == [None, None]


def test_an_incident_is_ordered_from_the_instant_of_the_order(supervisor, lead):
    incident, _first, _second = two_joined(MONDAY_0900 - HOUR)
    order(incident, supervisor)
    assert clock_of(incident).started_at == AT
    answer(incident, lead)
    assert clock_of(incident).state == "met"


def test_an_explanation_that_is_owed_can_be_asked_for(leak, supervisor, worker):
    sweep(AT + 3 * HOUR)
    door.move(leak.number, "ask_explanation", actor=supervisor, at=AT + 4 * HOUR, note="今天要")
    assert told("ticket.ask_explanation.handler") == {worker.username}
    leak.refresh_from_db()
    assert leak.explanation == "owed"
