"""A ticket that waits for the customer goes on when the customer answers, by page or telephone."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from notifications.models import Message
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, SHANGHAI, customer, open_ticket, staff
from tests.tickets.test_two_at_once import together
from tests.web.desk import client_of, seen_in, text_of
from waterdesk.core import door, flow
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

PHONE = "13987654321"
TEN, WEDNESDAY_1000 = MONDAY_0900 + HOUR, MONDAY_0900 + 2 * DAY + HOUR
# A complaint of Monday has five working days: until Monday's closing time.
DUE = datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)
WEDNESDAY = datetime(2026, 11, 18, tzinfo=SHANGHAI)
WORDS = "照片里的水表编号是 SB-1024。"


def complaint(number=9, **over):
    given = {"category": "complaint", "subtype": "", "remark": "水费多了"} | over
    return open_ticket(at=MONDAY_0900, address=f"城东区朝阳路 {number} 号", **given)


def paused(ticket, reason="customer-correction", **changes):
    changes = {"reason": reason} | changes
    return door.move(ticket.number, "pause", actor=staff("agent"), at=TEN, changes=changes)


def reply(ticket, at=WEDNESDAY_1000, by=None, words=WORDS, **more):
    by = by or customer(PHONE)
    changes = {"note": words} if words is not None else {}
    return door.move(ticket.number, "reply", actor=by, at=at, changes=changes, **more)


@pytest.fixture
def ticket(db):
    """Sent to somebody, and standing still until the customer says which meter it is."""
    ticket = complaint()
    changes = {"handler": staff("field", "east-1").username}
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=MONDAY_0900, changes=changes)
    return paused(ticket)


def test_the_clock_runs_on_from_the_instant_of_the_answer(ticket):
    reply(ticket)
    ticket.refresh_from_db()
    assert (ticket.paused_reason, ticket.status) == ("", "dispatched")
    assert ticket.pauses.get().ended_at == WEDNESDAY_1000
    clock = ticket.clocks.get(code="answer")
    # Of the five days after Monday the one that stood still is not counted.
    assert (clock.state, clock.due_at) == ("running", DUE + DAY)


def test_the_words_are_in_the_record_and_told_to_handler_and_lead(ticket):
    lead = staff("lead", "east")
    reply(ticket)
    event = ticket.events.get(action="reply")
    assert (event.role, event.data["note"]) == ("customer", WORDS)
    told = Message.objects.filter(case=ticket.number, key__startswith="ticket.reply.")
    inbox = {row.recipient: row.body for row in told.filter(recipient__isnull=False)}
    assert set(inbox) == {lead, ticket.handler}
    assert all(WORDS in body for body in inbox.values())
    assert told.get(key="ticket.reply.customer").address == PHONE
    assert list(verify(ticket.events)) == []


def test_while_nobody_was_sent_the_lead_is_told_once(db):
    lead = staff("lead", "east")
    ticket = paused(complaint())
    reply(ticket)
    assert Message.objects.filter(key__startswith="ticket.reply", recipient=lead).count() == 1


@pytest.mark.parametrize("reason", ["customer-correction", "customer-delay"])
def test_it_is_offered_for_what_the_customer_can_end(db, reason):
    ticket = paused(complaint(), reason=reason)
    assert "reply" in {move.action for move in flow.allowed(customer(PHONE), ticket)}


def test_what_waits_for_no_customer_is_not_his_to_end(db):
    given = {"category": "repair", "subtype": "meter", "remark": "表停走"}
    ticket = paused(complaint(**given), reason="force-majeure")
    assert "reply" not in {move.action for move in flow.allowed(customer(PHONE), ticket)}
    with pytest.raises(Conflict):
        reply(ticket)


@pytest.mark.parametrize("words", [None, "", "  \n"])
def test_an_answer_without_words_is_refused_and_the_pause_stands(ticket, words):
    with pytest.raises(Invalid) as refusal:
        reply(ticket, words=words)
    assert set(refusal.value.fields) == {"note"}
    ticket.refresh_from_db()
    assert ticket.paused_reason == "customer-correction"


def test_nobody_answers_for_the_customer_but_the_customer(ticket):
    with pytest.raises(NotFound):
        reply(ticket, by=customer("13700000000"))
    for role in ("agent", "lead", "field"):
        with pytest.raises(NotAllowed):
            reply(ticket, by=staff(role))


def test_a_ticket_that_runs_waits_for_no_answer(db):
    with pytest.raises(Conflict):
        reply(complaint())


def test_an_agent_notes_down_what_the_customer_said_on_the_telephone(ticket):
    agent = staff("agent")
    door.move(ticket.number, "resume", actor=agent, at=WEDNESDAY_1000, note=WORDS)
    event = ticket.events.get(action="resume")
    assert (event.role, event.data["note"]) == ("agent", WORDS)
    assert ticket.pauses.get().ended_at == WEDNESDAY_1000


def test_the_tracking_page_asks_for_the_answer_and_takes_it(ticket):
    page = f"/track/{ticket.number}/"
    with time_machine.travel(WEDNESDAY_1000, tick=False):
        mine = client_of(customer(PHONE))
        asked = mine.get(page)
        assert "已补正，请继续处理" in text_of(asked)
        seen = seen_in(asked, "reply")
        refused = mine.post(page + "moves/reply/", {"seen": seen, "note": ""})
        assert refused.status_code == 400
        done = mine.post(page + "moves/reply/", {"seen": seen, "note": WORDS})
        assert (done.status_code, done.url) == (302, page)
        text = text_of(mine.get(page))
        assert WORDS in text
        assert "11月24日 周二 18:00 到期" in text
        staffs = text_of(client_of(staff("lead")).get(f"/desk/cases/{ticket.number}/"))
        assert WORDS in staffs


# --- at the instant at which the pause ends by itself ---------------------------------------------
def test_first_the_answer_then_the_sweep_the_pause_ends_once_and_the_words_are_kept(db):
    ticket = paused(complaint(), until="2026-11-18")
    reply(ticket, at=WEDNESDAY)
    sweep(WEDNESDAY + MINUTE)
    ends = ticket.events.filter(action__in=["pause_lapsed", "reply"])
    assert [event.action for event in ends] == ["pause_lapsed", "reply"]
    assert ticket.pauses.get().ended_at == WEDNESDAY
    assert ticket.events.get(action="reply").data["note"] == WORDS


def test_first_the_sweep_then_the_answer_it_conflicts_and_the_page_keeps_the_words(db):
    ticket = paused(complaint(), until="2026-11-18")
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        mine = client_of(customer(PHONE))
        page = f"/track/{ticket.number}/"
        seen = seen_in(mine.get(page), "reply")
        clock.shift(MINUTE)
        sweep(WEDNESDAY + MINUTE)
        answer = mine.post(page + "moves/reply/", {"seen": seen, "note": WORDS})
    assert answer.status_code == 409
    assert WORDS in text_of(answer)
    assert ticket.pauses.get().ended_at == WEDNESDAY
    assert ticket.events.filter(action="pause_lapsed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_both_at_the_same_instant_end_the_pause_once_whoever_is_first():
    mine, now = customer(PHONE), WEDNESDAY + MINUTE
    for number in range(8):
        ticket = paused(complaint(number), until="2026-11-18")
        answered, *_sweeps = together(
            lambda ticket=ticket: reply(ticket, at=now, by=mine),
            lambda: sweep(now),
            lambda: sweep(now),
        )
        replies = {True: 0, False: 1}[isinstance(answered, Conflict)]
        assert ticket.events.filter(action="reply").count() == replies
        assert ticket.events.get(action="pause_lapsed").at == WEDNESDAY
        assert ticket.pauses.get().ended_at == WEDNESDAY
        ticket.refresh_from_db()
        assert ticket.paused_reason == ""
        assert ticket.clocks.get(code="answer").state == "running"
        assert list(verify(ticket.events)) == []
