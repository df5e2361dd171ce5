"""停表 that ends by itself: on the day that was named, or when the promise allows no more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from notifications.models import Message
from tests.core.test_recompute import day
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, SHANGHAI, open_application, staff
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.models import Pause
from waterdesk.core.recompute import recompute
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

# MONDAY_0900 is 16 November 2026; the application has half a working day, until 14:30.
WEDNESDAY = datetime(2026, 11, 18, tzinfo=SHANGHAI)


@pytest.fixture
def case():
    return open_application(at=MONDAY_0900)


def pause(case, reason="customer-correction", at=MONDAY_0900 + HOUR, **changes):
    changes = {"reason": reason} | changes
    return door.move(case.number, "pause", actor=staff("clerk"), at=at, changes=changes)


def test_a_pause_ends_on_the_day_that_was_named_though_nobody_looks(case):
    pause(case, until="2026-11-18", document="城管许〔2026〕18 号")
    sweep(WEDNESDAY + 20 * MINUTE)
    case.refresh_from_db()
    ended = case.pauses.get()
    assert (case.paused_reason, ended.ended_at) == ("", WEDNESDAY)
    assert ended.document == "城管许〔2026〕18 号"
    # One hour was used before the pause: three are left from Wednesday's opening at 08:30.
    clock = case.clocks.get()
    assert clock.state == "running"
    assert clock.due_at == WEDNESDAY + timedelta(hours=11, minutes=30)


def test_the_end_is_in_the_record_at_its_true_instant_and_told_to_the_customer(case):
    pause(case, until="2026-11-18")
    sweep(WEDNESDAY + 20 * MINUTE)
    lapse = case.events.get(action="pause_lapsed")
    assert (lapse.at, lapse.recorded_at) == (WEDNESDAY, WEDNESDAY + 20 * MINUTE)
    assert (lapse.actor, lapse.data) == ("", {"reason": "customer-correction"})
    assert list(verify(case.events)) == []
    told = Message.objects.get(key="application.resume.customer", case=case.number)
    assert "今天 11:30 前办结" in told.body


def test_levels_that_fell_after_the_end_fall_in_the_same_sweep_at_their_own_instants(case):
    pause(case, until="2026-11-18")
    sweep(WEDNESDAY + 12 * HOUR)
    breach = case.events.get(action="clock_breached")
    assert breach.at == WEDNESDAY + timedelta(hours=11, minutes=30)
    sweep(WEDNESDAY + 13 * HOUR)
    assert case.events.filter(action="clock_breached").count() == 1
    assert case.events.filter(action="pause_lapsed").count() == 1


def test_without_a_day_it_ends_when_the_promise_allows_no_more(case):
    pause(case)
    # Ten working days by civil count, the day it began on not counted, to closing time.
    longest = datetime(2026, 11, 30, 18, 0, tzinfo=SHANGHAI)
    assert case.pauses.get().lapses_at == longest
    assert sweep(longest) == 0
    case.refresh_from_db()
    assert case.paused_reason == "customer-correction"
    sweep(longest + MINUTE)
    case.refresh_from_db()
    assert case.paused_reason == ""


def test_a_day_beyond_what_the_promise_allows_moves_nothing(case):
    pause(case, until="2027-01-15")
    assert case.pauses.get().lapses_at == datetime(2026, 11, 30, 18, 0, tzinfo=SHANGHAI)


def test_a_reason_without_a_bound_waits_for_somebody(case):
    pause(case, reason="administrative")
    assert case.pauses.get().lapses_at is None
    assert sweep(MONDAY_0900 + 300 * DAY) == 0


def test_whoever_resumes_late_does_not_lengthen_the_pause(case):
    pause(case, until="2026-11-18")
    late = WEDNESDAY + 10 * HOUR
    door.move(case.number, "resume", actor=staff("lead"), at=late)
    assert case.pauses.get().ended_at == WEDNESDAY
    actions = [event.action for event in case.events]
    assert actions[-3:] == ["pause_lapsed", "clock_reminded", "resume"]


def test_whoever_resumes_in_time_ends_it_there_and_the_sweep_finds_nothing(case):
    pause(case, until="2026-11-18")
    tuesday = MONDAY_0900 + DAY
    door.move(case.number, "resume", actor=staff("lead"), at=tuesday)
    assert case.pauses.get().ended_at == tuesday
    sweep(WEDNESDAY + 20 * HOUR)
    assert not case.events.filter(action="pause_lapsed").exists()


def test_a_note_in_between_does_not_move_the_end(case):
    pause(case, until="2026-11-18")
    door.move(case.number, "note", actor=staff("lead"), at=WEDNESDAY + HOUR, note="已联系客户")
    assert case.pauses.get().ended_at == WEDNESDAY


@pytest.mark.parametrize("day", ["2026-11-16", "2026-11-01", "2031-01-01", "明天", "2026-02-30"])
def test_a_day_that_is_past_far_away_or_none_is_refused_and_nothing_stops(case, day):
    with pytest.raises(Invalid) as refusal:
        pause(case, until=day)
    assert "until" in refusal.value.fields
    case.refresh_from_db()
    assert (case.paused_reason, Pause.objects.count()) == ("", 0)


def test_a_paused_case_cannot_be_paused_again(case):
    pause(case, until="2026-11-18")
    with pytest.raises(Conflict):
        pause(case, reason="administrative", at=MONDAY_0900 + 2 * HOUR)


def test_a_notice_moves_the_end_that_the_promise_allows(case):
    pause(case)
    day(date(2026, 11, 24))
    recompute(MONDAY_0900 + 2 * DAY)
    # One of the ten working days became a day off.
    later = datetime(2026, 12, 1, 18, 0, tzinfo=SHANGHAI)
    assert case.pauses.get().lapses_at == case.clocks.get().next_at == later
    assert recompute(MONDAY_0900 + 3 * DAY).written == 0
    assert case.events.filter(action="lapse_moved").count() == 1
    assert list(verify(case.events)) == []
    sweep(later + MINUTE)
    assert case.events.get(action="pause_lapsed").at == later


def test_a_day_that_was_named_stays_whatever_the_calendar(case):
    pause(case, until="2026-11-20")
    day(date(2026, 11, 18))
    recompute(MONDAY_0900 + HOUR * 5)
    assert case.pauses.get().lapses_at == datetime(2026, 11, 20, tzinfo=SHANGHAI)
    assert not case.events.filter(action="lapse_moved").exists()


def test_an_end_that_has_passed_by_the_new_calendar_is_noticed_at_its_own_instant(case):
    pause(case)
    off = [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 28), date(2026, 11, 29)]
    for weekend in off:
        day(weekend, ["08:30", "12:00"], name="调休上班")
    now = datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
    recompute(now)
    sooner = datetime(2026, 11, 26, 18, 0, tzinfo=SHANGHAI)
    assert case.pauses.get().lapses_at == sooner
    sweep(now)
    assert case.events.get(action="pause_lapsed").at == sooner
