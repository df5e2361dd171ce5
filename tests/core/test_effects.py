"""What a level does beside telling: the desk itself moves the case, once, at the true instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from notifications.models import Message
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    SHANGHAI,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict
from waterdesk.core.models import Clock, Crossing, Ladder, Promise, Utility
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

CONSULTATION = {"category": "consultation", "subtype": "", "remark": "水价多少"}


def climb(*levels, code="arrive", kind="ticket", accepts=False):
    """From now on the promises of this code climb this ladder."""
    ladder = Ladder.objects.create(code=f"test-{code}", name="试", levels=list(levels))
    Promise.objects.filter(kind=kind, code=code).update(ladder=ladder, accepts=accepts)
    Utility.touch()
    policy.forget()


def dispatched(at=MONDAY_0900):
    """A leak that somebody was sent to; `arrive` falls due after an hour."""
    handler = staff("field", "east-1")
    ticket = open_ticket(at=at)
    changes = {"handler": handler.username}
    return door.move(ticket.number, "dispatch", actor=staff("agent"), at=at, changes=changes)


def actions(case):
    return list(case.events.values_list("action", flat=True))


def test_a_case_goes_back_to_the_leads_pool_at_the_levels_own_instant():
    lead = staff("lead", "east")
    climb({"level": 100, "tell": ["lead"], "effect": "reassign"})
    ticket = dispatched()
    sweep(MONDAY_0900 + 3 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.handler, ticket.status) == (None, "logged")
    recall = ticket.events.get(action="recall")
    assert (recall.at, recall.actor) == (MONDAY_0900 + HOUR, "")
    assert recall.recorded_at == MONDAY_0900 + 3 * HOUR
    assert recall.data == {"from": "dispatched", "to": "logged", "promise": "arrive", "rung": 100}
    assert Message.objects.filter(recipient=lead, key="ticket.recall.lead").exists()
    assert list(verify(ticket.events)) == []


def test_an_effect_without_an_object_does_nothing():
    climb({"level": 100, "tell": ["lead"], "effect": "reassign"})
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 3 * HOUR)
    assert "recall" not in actions(ticket)
    assert Crossing.objects.filter(clock__case=ticket, clock__code="arrive").count() == 1


def test_sweeping_again_makes_no_effect_twice():
    climb({"level": 50, "effect": "urgent"})
    ticket = dispatched()
    sweep(MONDAY_0900 + 31 * MINUTE)
    assert sweep(MONDAY_0900 + 31 * MINUTE) == 0
    ticket.refresh_from_db()
    assert ticket.urgent
    assert actions(ticket).count("raise") == 1


def test_a_move_finds_the_effect_that_no_sweep_has_made_yet():
    climb({"level": 50, "effect": "urgent"})
    ticket = dispatched()
    agent = staff("agent")
    door.move(ticket.number, "note", actor=agent, at=MONDAY_0900 + 40 * MINUTE, note="在路上")
    assert actions(ticket)[-3:] == ["clock_reminded", "raise", "note"]
    sweep(MONDAY_0900 + 40 * MINUTE)
    assert actions(ticket).count("raise") == 1


def test_whoever_the_case_was_taken_from_is_refused_and_nothing_is_half_done():
    climb({"level": 100, "tell": ["lead"], "effect": "reassign"})
    ticket = dispatched()
    late = MONDAY_0900 + 2 * HOUR
    with pytest.raises(Conflict):
        door.move(ticket.number, "arrive", actor=ticket.handler, at=late)
    assert "recall" not in actions(ticket)
    sweep(late)
    assert actions(ticket).count("recall") == 1


def test_what_an_effect_changes_holds_for_the_levels_that_fell_later():
    lead = staff("lead", "east")
    climb(
        {"level": 50, "effect": "reassign"},
        {"level": 200, "tell": ["handler"]},
    )
    ticket = dispatched()
    sweep(MONDAY_0900 + 3 * HOUR)
    told = Message.objects.get(
        key="clock.escalated", channel="inbox", occurrence__endswith=":200", case=ticket.number
    )
    assert told.recipient == lead


def test_of_two_clocks_the_level_that_fell_first_comes_first():
    climb({"level": 50, "effect": "reassign"})
    climb({"level": 5, "tell": ["handler"]}, code="contain")
    ticket = dispatched()
    assert ticket.clocks.get(code="contain").next_at < ticket.clocks.get(code="arrive").next_at
    sweep(MONDAY_0900 + 31 * MINUTE)
    told = Message.objects.get(
        case=ticket.number, key="clock.reminder", channel="inbox", occurrence__endswith=":5"
    )
    assert told.recipient == ticket.handler
    assert actions(ticket)[-3:] == ["clock_reminded", "clock_reminded", "recall"]


def told_at(ticket, level):
    """Who was told of this level of a clock that only reminds."""
    messages = Message.objects.filter(case=ticket.number, channel="inbox")
    return messages.get(occurrence__endswith=f":{level}").recipient


@pytest.mark.parametrize("batch", [1, 500])
def test_an_effect_that_fell_in_between_holds_also_when_its_clock_is_in_another_batch(batch):
    """The plain clock rings first, and its second level falls after the other clock's effect."""
    lead = staff("lead", "east")
    climb({"level": 50, "effect": "reassign"})
    climb({"level": 5, "tell": ["handler"]}, {"level": 25, "tell": ["handler"]}, code="contain")
    ticket = dispatched()
    crew = ticket.handler
    sweep(MONDAY_0900 + 61 * MINUTE, batch=batch)
    assert (told_at(ticket, 5), told_at(ticket, 25)) == (crew, lead)
    fell = [e.at for e in ticket.events if e.action in ("clock_reminded", "recall")]
    assert fell == sorted(fell)


def test_an_application_is_accepted_by_default_where_the_promise_says_so():
    climb({"level": 50, "effect": "accept"}, code="two-step", kind="application", accepts=True)
    case = open_application(at=MONDAY_0900, address="不知何处 1 号")
    assert case.status == "pending"
    sweep(MONDAY_0900 + 30 * DAY)
    case.refresh_from_db()
    assert case.status == "accepted"
    assert case.events.get(action="accept").actor == ""


def test_an_explanation_is_owed_from_the_level_on():
    climb({"level": 100, "tell": ["lead"], "effect": "explain"})
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 59 * MINUTE)
    clock = ticket.clocks.get(code="arrive")
    assert not clock.explanation_owed
    sweep(MONDAY_0900 + 61 * MINUTE)
    clock.refresh_from_db()
    assert clock.explanation_owed
    owed = ticket.events.get(action="explanation_owed")
    assert (owed.at, owed.data) == (MONDAY_0900 + HOUR, {"promise": "arrive"})


def test_levels_in_minutes_fall_between_those_in_shares():
    climb(
        {"minutes": -10, "tell": ["lead"]},
        {"level": 50, "tell": ["lead"]},
        {"level": 100, "tell": ["lead"]},
        {"minutes": 20, "tell": ["lead"]},
        {"minutes": -90, "tell": ["lead"]},
    )
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 3 * HOUR)
    fell = Crossing.objects.filter(clock__case=ticket, clock__code="arrive").order_by("at")
    assert [(c.level, (c.at - MONDAY_0900) / MINUTE) for c in fell] == [
        (50, 30),
        (-10, 50),
        (100, 60),
        (1020, 80),
    ]
    assert {"promise": "arrive", "minutes": -10} in [e.data for e in ticket.events.all()]


def test_minutes_of_a_working_clock_are_working_minutes():
    climb({"minutes": -60, "tell": ["lead"]}, code="answer")
    ticket = open_ticket(at=MONDAY_0900, **CONSULTATION)
    clock = ticket.clocks.get()
    assert clock.due_at == datetime(2026, 11, 19, 18, 0, tzinfo=SHANGHAI)
    assert clock.next_at == clock.due_at - HOUR


def test_a_level_that_a_pause_moves_behind_another_still_falls_once():
    """A pause over a closing makes a limit of whole working days longer in hours."""
    climb(
        {"level": 90, "tell": ["lead"]},
        {"minutes": -180, "tell": ["lead"]},
        code="answer",
    )
    ticket = open_ticket(at=MONDAY_0900, **CONSULTATION)
    agent = staff("agent")
    changes = {"reason": "customer-correction"}
    before = ticket.clocks.get()
    passed = before.next_at + MINUTE
    sweep(passed)
    door.move(ticket.number, "pause", actor=agent, at=passed, changes=changes, note="x")
    door.move(ticket.number, "resume", actor=agent, at=passed + 3 * DAY)
    sweep(MONDAY_0900 + 30 * DAY)
    fell = Crossing.objects.filter(clock=before).values_list("level", flat=True)
    assert sorted(fell) == [-180, 90]


def test_a_reminder_of_a_working_clock_waits_for_service_hours_but_lies_in_the_inbox():
    lead = staff("lead", "east", phone="13900000001")
    climb({"level": 100, "tell": ["lead"]}, code="answer")
    ticket = open_ticket(at=MONDAY_0900, **CONSULTATION)
    due = ticket.clocks.get().due_at
    night = due + 3 * HOUR
    sweep(night)
    told = Message.objects.filter(case=ticket.number, key="clock.breached")
    assert told.get(channel="inbox", recipient=lead).sent_at == night
    carried = told.get(channel="sms")
    opening = datetime(2026, 11, 20, 8, 30, tzinfo=SHANGHAI)
    assert (carried.next_try_at, carried.created_at) == (opening, night)
    assert carried.expires_at > opening


def test_a_reminder_of_a_natural_clock_goes_at_once_by_night():
    staff("lead", "east", phone="13900000001")
    climb({"level": 100, "tell": ["lead"]})
    night = MONDAY_0900 + 14 * HOUR
    ticket = open_ticket(at=night)
    late = night + 2 * HOUR
    sweep(late)
    carried = Message.objects.filter(case=ticket.number, key="clock.breached", channel="sms")
    assert set(carried.values_list("next_try_at", flat=True)) == {late}


def test_the_leads_lead_is_of_the_next_area_up_that_has_one():
    staff("lead", "east-1")
    upper = staff("lead", "company")
    climb({"level": 50, "tell": ["upper"]})
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 31 * MINUTE)
    occurrence = f"clock:{ticket.clocks.get(code='arrive').pk}:50"
    assert Message.objects.get(occurrence=occurrence, channel="inbox").recipient == upper


def chase(ticket, times):
    for n in range(times):
        door.move(ticket.number, "chase", actor=staff("agent"), at=MONDAY_0900 + (n + 1) * MINUTE)


@pytest.mark.parametrize(("limit", "times", "told"), [(2, 1, 0), (2, 2, 1), (2, 3, 2), (3, 2, 0)])
def test_the_nth_chase_tells_the_leads_lead(limit, times, told):
    staff("lead", "east-1")
    upper = staff("lead", "east")
    Utility.objects.update(chases_to_raise=limit)
    Utility.touch()
    policy.forget()
    chase(open_ticket(at=MONDAY_0900), times)
    inbox = Message.objects.filter(recipient=upper, key="ticket.chase.upper", channel="inbox")
    assert inbox.count() == told


def test_the_second_reopening_tells_the_leads_lead():
    staff("lead", "east-1")
    upper, agent = staff("lead", "east"), staff("agent")
    ticket = open_ticket(at=MONDAY_0900, **CONSULTATION)
    inbox = Message.objects.filter(recipient=upper, key="ticket.reopen.upper", channel="inbox")
    told = []
    for n in (1, 2):
        at = MONDAY_0900 + n * HOUR
        answer = {"result": "已答复"}
        door.move(ticket.number, "answer", actor=agent, at=at, changes=answer)
        door.move(ticket.number, "reopen", actor=agent, at=at + MINUTE)
        told.append(inbox.count())
    assert told == [0, 1]


def test_plain_levels_are_swept_in_bulk_beside_a_case_that_acts(django_assert_max_num_queries):
    for n in range(20):
        open_ticket(at=MONDAY_0900, address=f"城东区朝阳路 {n} 号")
    climb({"level": 50, "effect": "urgent"})
    acting = dispatched()
    with django_assert_max_num_queries(40):
        sweep(MONDAY_0900 + 40 * MINUTE)
    acting.refresh_from_db()
    assert acting.urgent
    assert not Clock.objects.filter(next_at__lt=MONDAY_0900 + 40 * MINUTE).exists()


def test_an_effect_that_cannot_be_made_does_not_hold_up_the_others(monkeypatch, caplog):
    climb({"level": 50, "effect": "urgent"})
    broken = dispatched()
    monkeypatch.setattr("waterdesk.core.sweep.door.catch_up", lambda *given: 1 / 0)
    other = open_ticket(at=MONDAY_0900, **CONSULTATION)
    now = MONDAY_0900 + 40 * DAY
    sweep(now)
    assert "clock_breached" in actions(other)
    assert broken.number in caplog.text
    assert sweep(now) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_two_sweeps_and_a_move_at_once_make_an_effect_once():
    staff("lead", "east")
    agent = staff("agent")
    climb({"level": 50, "effect": "urgent"}, {"level": 100, "effect": "reassign"})
    late = MONDAY_0900 + 2 * HOUR
    for _ in range(5):
        ticket = dispatched()
        start = Barrier(3)

        def together(act, start=start):
            try:
                start.wait(10)
                return act()
            finally:
                connection.close()

        def note(number=ticket.number):
            return door.move(number, "note", actor=agent, at=late, note="催过")

        with ThreadPoolExecutor(3) as threads:
            list(threads.map(together, [lambda: sweep(late), lambda: sweep(late), note]))
        sweep(late)
        made = actions(ticket)
        assert (made.count("raise"), made.count("recall"), made.count("note")) == (1, 1, 1)
        assert list(verify(ticket.events)) == []
