"""更正停表: a lead says from when to when a pause really was; both versions stay, clocks follow."""

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
    open_application,
    staff,
)
from waterdesk.core import door, flow, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Clock, Crossing
from waterdesk.core.recompute import EVERY, differences
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

# The application of Monday 16 November 2026, 09:00, has half a working day: until 14:30.
TEN, ELEVEN = MONDAY_0900 + HOUR, MONDAY_0900 + 2 * HOUR
DUE = datetime(2026, 11, 16, 14, 30, tzinfo=SHANGHAI)
TUESDAY_0900 = MONDAY_0900 + DAY
CLOSING = ("survey", "install", "water_on")


@pytest.fixture
def case():
    """Stood still from ten to eleven: due at 15:30."""
    return paused_once(open_application(at=MONDAY_0900))


def paused_once(case, reason="customer-correction", start=TEN, end=ELEVEN, **changes):
    changes = {"reason": reason} | changes
    door.move(case.number, "pause", actor=staff("clerk"), at=start, changes=changes)
    return case if end is None else door.move(case.number, "resume", actor=staff("lead"), at=end)


def correct(case, begun, over=None, *, at=ELEVEN + HOUR, by=None, number=1, **more):
    changes = {"pause": number, "start": begun.isoformat(), "note": "客户十点半才接到通知"}
    changes |= {"end": over.isoformat()} if over else {}
    by = by or staff("lead", "east")
    seen = more.pop("seen", None)
    return door.move(
        case.number, "correct_pause", actor=by, at=at, changes=changes | more, seen=seen
    )


def due_of(case):
    return case.clocks.get().due_at


def finish(case, at):
    """Everything done by `at`: water on, the clock stopped."""
    crew = staff("field", "east-1")
    changes = {"handler": crew.username}
    door.move(case.number, "assign", actor=staff("lead"), at=at - MINUTE, changes=changes)
    for action in CLOSING:
        changes = {"meter_number": "SB-1"} if action == "install" else {}
        door.move(case.number, action, actor=crew, at=at, changes=changes)


def refusal_of(case, *spans, **more):
    with pytest.raises(Invalid) as refusal:
        correct(case, *spans, **more)
    return refusal.value.fields


def test_the_due_time_follows_the_corrected_pause(case):
    assert due_of(case) == DUE + HOUR
    correct(case, TEN, TEN + 30 * MINUTE)
    assert due_of(case) == DUE + 30 * MINUTE
    pause = case.pauses.get()
    assert (pause.started_at, pause.ended_at) == (TEN, TEN + 30 * MINUTE)


def test_the_record_carries_both_versions_who_and_why_and_stays_sound(case):
    lead = staff("lead", "east")
    correct(case, TEN + 15 * MINUTE, ELEVEN, by=lead, document="更〔2026〕3 号")
    event = case.events.get(action="correct_pause")
    said = {name: event.data[name] for name in ("was_start", "was_end", "start", "end")}
    assert [datetime.fromisoformat(text) for text in said.values()] == [
        TEN,
        ELEVEN,
        TEN + 15 * MINUTE,
        ELEVEN,
    ]
    assert (event.actor, event.data["note"]) == (lead.username, "客户十点半才接到通知")
    assert (event.data["pause"], event.data["pause_reason"]) == (1, "customer-correction")
    assert event.data["document"] == "更〔2026〕3 号"
    moved = case.events.get(action="clock_corrected")
    assert datetime.fromisoformat(moved.data["was"]) == DUE + HOUR
    assert datetime.fromisoformat(moved.data["due"]) == DUE + 45 * MINUTE
    assert list(verify(case.events)) == []


def test_what_was_paused_and_resumed_stays_in_the_record_as_it_was(case):
    before = list(case.events.values_list("digest", flat=True))
    correct(case, TEN, TEN + 30 * MINUTE)
    assert list(case.events.values_list("digest", flat=True))[: len(before)] == before


def test_an_open_pause_has_its_start_corrected_and_lapses_accordingly():
    case = open_application(at=MONDAY_0900, external_line=True)
    paused_once(case, start=TUESDAY_0900, end=None)
    first = case.pauses.get().lapses_at
    correct(case, TUESDAY_0900 - 23 * HOUR, at=TUESDAY_0900 + HOUR)
    pause = case.pauses.get()
    assert (pause.started_at, pause.ended_at) == (TUESDAY_0900 - 23 * HOUR, None)
    # Ten working days from Monday instead of from Tuesday, to closing time.
    assert pause.lapses_at == first - DAY
    clock = case.clocks.get()
    assert (clock.state, clock.next_at) == ("paused", pause.lapses_at)


def test_the_day_that_was_named_still_ends_an_open_pause():
    case = paused_once(open_application(at=MONDAY_0900), end=None, until="2026-11-18")
    correct(case, TEN + 10 * MINUTE)
    assert case.pauses.get().lapses_at == datetime(2026, 11, 18, tzinfo=SHANGHAI)


def test_a_level_that_the_shorter_pause_uncovers_falls_once_at_its_true_instant(case):
    at = DUE + 50 * MINUTE
    sweep(at)
    correct(case, TEN, TEN + 10 * MINUTE, at=at)
    breach = case.events.get(action="clock_breached")
    assert (breach.at, breach.recorded_at) == (DUE + 10 * MINUTE, at)
    sweep(at + 5 * MINUTE)
    correct(case, TEN, TEN + 20 * MINUTE, at=at + 10 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=at + 20 * MINUTE)
    sweep(at + 5 * HOUR)
    levels = [
        e.data["level"]
        for e in case.events.filter(action__startswith="clock_")
        if "level" in e.data
    ]
    assert sorted(levels) == sorted(set(levels))
    assert case.events.filter(action="clock_breached").count() == 1


def test_a_breach_stands_though_by_the_corrected_pause_there_was_none(case):
    sweep(DUE + 2 * HOUR)
    correct(case, TEN, TEN + 100 * MINUTE, at=DUE + 2 * HOUR)
    clock = case.clocks.get()
    assert (clock.state, clock.breached_at) == ("breached", DUE + HOUR)
    assert clock.due_at == DUE + 100 * MINUTE
    case.refresh_from_db()
    assert case.explanation == "owed"
    assert case.events.filter(action="clock_breached").count() == 1


def test_a_clock_stopped_in_time_that_was_late_by_the_corrected_pause_is_breached(case):
    finish(case, at=DUE + 30 * MINUTE)
    assert case.clocks.get().state == "met"
    now = DUE + 2 * HOUR
    correct(case, TEN, TEN + 10 * MINUTE, at=now)
    clock = case.clocks.get()
    assert (clock.state, clock.breached_at) == ("breached", DUE + 10 * MINUTE)
    assert Crossing.objects.get(clock=clock, level=100).at == DUE + 10 * MINUTE
    assert case.events.get(action="clock_breached").at == DUE + 10 * MINUTE
    case.refresh_from_db()
    assert (case.explanation, case.status) == ("owed", "water_on")
    told = Message.objects.filter(case=case.number, key="clock.breached")
    assert told.exists()


def test_what_fell_only_after_a_clock_had_stopped_does_not_fall(case):
    finish(case, at=DUE)
    correct(case, TEN, TEN + MINUTE, at=DUE + HOUR)
    assert case.clocks.get().state == "met"
    assert due_of(case) == DUE + MINUTE
    assert not case.events.filter(action="clock_breached").exists()


def test_a_clock_that_ended_exactly_at_the_corrected_limit_is_in_time(case):
    finish(case, at=DUE + 10 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=DUE + HOUR)
    assert case.clocks.get().state == "met"


def test_a_closed_case_stays_closed_and_can_be_explained(case):
    finish(case, at=DUE + 30 * MINUTE)
    door.move(case.number, "confirm", actor=staff("clerk"), at=DUE + 40 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=DUE + 2 * HOUR)
    case.refresh_from_db()
    assert (case.status, case.closed_at) == ("closed", DUE + 40 * MINUTE)
    assert "explain" in {move.action for move in flow.allowed(staff("clerk"), case)}


def test_clocks_that_do_not_allow_the_reason_stand_where_they_stood(case):
    Clock.objects.update(pause_reasons=["administrative"])
    Clock.objects.update(due_at=DUE)
    correct(case, TEN, TEN + 10 * MINUTE)
    assert due_of(case) == DUE
    assert not case.events.filter(action="clock_corrected").exists()


def test_every_figure_is_afterwards_what_a_replay_of_all_clocks_gives(case):
    finish(case, at=DUE + 30 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=DUE + 2 * HOUR)
    assert list(differences(policy.current(), EVERY)) == []


def test_the_same_correction_again_changes_nothing_and_is_refused(case):
    correct(case, TEN, TEN + 30 * MINUTE)
    events = case.events.count()
    assert set(refusal_of(case, TEN, TEN + 30 * MINUTE)) == {"start"}
    assert (case.events.count(), due_of(case)) == (events, DUE + 30 * MINUTE)


def test_what_a_form_showed_to_the_second_and_sent_back_was_not_changed():
    odd = TEN + timedelta(seconds=7, microseconds=345678)
    case = paused_once(open_application(at=MONDAY_0900), start=odd)
    shown = odd.replace(microsecond=0)
    assert "start" in refusal_of(case, shown, ELEVEN)
    correct(case, shown, ELEVEN - MINUTE)
    assert case.pauses.get().started_at == odd
