"""Examples of one promise on one case."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.sla.moments import ALL_DAY, HOUR, MINUTE, OFFICE, YEAR_2026, at
from waterdesk.sla import Calendar, ClockError, Count, Limit, Pause, Unit

MONDAY = at("2026-03-02 09:00")
HALF_DAY = Limit(Decimal("0.5"), Unit.DAYS)
THREE_DAYS = Limit(Decimal(3), Unit.WORKDAYS)
LADDER = (Decimal("0.5"), Decimal("0.8"), Decimal(1), Decimal("1.5"))


def count(limit: Limit, *pauses: tuple[str, str | None], start: datetime = MONDAY) -> Count:
    return Count(YEAR_2026, start, limit, [Pause(at(a), b and at(b)) for a, b in pauses])


@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [
        ("240", "minutes", "2026-03-02 14:30"),
        ("0.5", "days", "2026-03-02 14:30"),
        ("0.25", "days", "2026-03-02 11:00"),
        ("2.5", "days", "2026-03-04 14:30"),
        ("1", "workdays", "2026-03-03 18:00"),
        ("3", "workdays", "2026-03-05 18:00"),
        ("90", "natural", "2026-03-02 10:30"),
        ("2880", "natural", "2026-03-04 09:00"),
        ("0.5", "minutes", "2026-03-02 09:00:30"),
    ],
)
def test_each_unit_counts_in_its_own_way(amount: str, unit: str, due: str) -> None:
    assert count(Limit(Decimal(amount), Unit(unit))).due() == at(due)


def test_half_a_day_is_half_of_the_areas_standard_day() -> None:
    short = Calendar(dict.fromkeys(range(5), ((9 * 3600, 15 * 3600),)))
    assert Count(short, MONDAY, HALF_DAY).due() == at("2026-03-02 12:00")


def test_natural_time_runs_through_the_night_and_the_holidays() -> None:
    new_year = at("2026-02-16 23:00")
    assert count(Limit(Decimal(60), Unit.NATURAL), start=new_year).due() == new_year + HOUR


def test_a_pause_moves_the_due_time_by_the_opening_time_it_covers() -> None:
    assert count(HALF_DAY, ("2026-03-02 11:00", "2026-03-02 14:00")).due() == at("2026-03-02 16:00")


def test_a_three_week_pause_over_the_spring_festival() -> None:
    paused = count(
        Limit(Decimal(3), Unit.DAYS),
        ("2026-02-10 12:00", "2026-03-03 08:30"),
        start=at("2026-02-09 08:30"),
    )
    # 8 h on Monday and 3.5 h on Tuesday before the pause; 12.5 h after it.
    assert paused.due() == at("2026-03-04 14:30")
    assert paused.used(at("2026-02-28 12:00")) == 11.5 * HOUR


def test_pauses_in_any_order_overlapping_or_empty_count_once() -> None:
    one = count(HALF_DAY, ("2026-03-02 10:00", "2026-03-02 14:00"))
    many = count(
        HALF_DAY,
        ("2026-03-02 11:00", "2026-03-02 14:00"),
        ("2026-03-02 10:00", "2026-03-02 11:30"),
        ("2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-02 11:00", "2026-03-02 14:00"),
    )
    assert many.due() == one.due() == at("2026-03-02 17:00")


def test_a_start_in_a_pause_counts_from_its_end() -> None:
    paused = count(HALF_DAY, ("2026-03-02 08:00", "2026-03-02 10:00"))
    assert paused.counts_from() == at("2026-03-02 10:00")
    assert paused.due() == at("2026-03-02 15:30")


def test_a_start_outside_hours_counts_from_the_opening() -> None:
    late = count(HALF_DAY, start=at("2026-02-14 20:00"))
    assert late.counts_from() == at("2026-02-24 08:30")
    assert late.at(0) == at("2026-02-14 20:00")
    assert late.due() == at("2026-02-24 14:00")


def test_a_start_outside_hours_may_find_a_pause_at_the_opening() -> None:
    late = count(HALF_DAY, ("2026-03-03 08:00", "2026-03-03 09:00"), start=at("2026-03-02 20:00"))
    assert late.counts_from() == at("2026-03-03 09:00")


def test_a_pause_without_an_end_leaves_the_due_time_open() -> None:
    waiting = count(HALF_DAY, ("2026-03-02 11:00", None))
    assert waiting.due() is None
    assert waiting.at(Decimal("0.5")) == at("2026-03-02 11:00")
    assert waiting.at(Decimal("0.51")) is None
    assert waiting.used(at("2026-03-20 09:00")) == 2 * HOUR


def test_a_provisional_due_time_ends_the_open_pause_now() -> None:
    waiting = count(HALF_DAY, ("2026-03-02 11:00", None))
    now = at("2026-03-03 09:00")
    assert waiting.due(now) == at("2026-03-03 11:00")
    assert waiting.at(Decimal("1.5"), now) == at("2026-03-03 14:30")
    assert waiting.remaining(now) == 2 * HOUR


def test_a_pause_that_begins_after_the_due_time_does_not_hide_it() -> None:
    late = count(HALF_DAY, ("2026-03-02 15:00", None))
    assert late.due() == at("2026-03-02 14:30")
    assert late.at(Decimal("1.125")) == at("2026-03-02 15:00")
    assert late.at(Decimal("1.5")) is None


def test_a_count_that_never_began_counts_from_nowhere() -> None:
    assert count(HALF_DAY, ("2026-03-02 08:00", None)).counts_from() is None


@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        pytest.param("2026-03-03 10:00", "2026-03-03 17:59", "2026-03-05 18:00", id="within a day"),
        pytest.param("2026-03-03 10:00", "2026-03-03 18:00", "2026-03-06 18:00", id="to closing"),
        pytest.param("2026-03-03 18:00", "2026-03-04 08:30", "2026-03-05 18:00", id="by night"),
        pytest.param("2026-03-03 17:59", "2026-03-04 08:30", "2026-03-06 18:00", id="over closing"),
        pytest.param("2026-03-03 09:00", "2026-03-05 09:00", "2026-03-09 18:00", id="two days"),
        pytest.param("2026-03-05 17:00", "2026-03-06 17:00", "2026-03-06 18:00", id="the last day"),
        pytest.param("2026-03-05 18:00", "2026-03-09 09:00", "2026-03-05 18:00", id="from the due"),
        pytest.param("2026-03-02 08:00", "2026-03-02 20:00", "2026-03-05 18:00", id="start day"),
    ],
)
def test_a_working_day_counts_unless_paused_when_it_closes(
    paused: str, resumed: str, due: str
) -> None:
    assert count(THREE_DAYS, (paused, resumed)).due() == at(due)


def test_levels_of_working_days_are_shares_of_the_time_counted_until_the_due_time() -> None:
    three = count(THREE_DAYS)
    assert three.limit == 31.5 * HOUR  # 7.5 h on Monday, then three days of 8 h
    assert three.at(Fraction(1, 2)) == at("2026-03-04 08:45")
    assert three.at(1) == three.due()
    assert three.at(Decimal("1.5")) == at("2026-03-09 17:45")


def test_an_open_pause_moves_no_level_before_it() -> None:
    running, waiting = count(THREE_DAYS), count(THREE_DAYS, ("2026-03-04 10:00", None))
    assert waiting.at(Decimal("0.5")) == running.at(Decimal("0.5"))
    assert waiting.at(Decimal("0.8")) is None
    assert waiting.due() is None
    now = at("2026-03-09 09:00")
    assert waiting.due(now) == at("2026-03-10 18:00")
    assert waiting.remaining(now) == 15.5 * HOUR


def test_an_open_pause_may_be_told_in_two_pieces() -> None:
    whole = count(THREE_DAYS, ("2026-03-03 10:00", None))
    split = count(THREE_DAYS, ("2026-03-03 10:00", "2026-03-04 09:00"), ("2026-03-04 09:00", None))
    assert split.at(Decimal("0.25")) == whole.at(Decimal("0.25"))
    assert split.limit == whole.limit


def test_a_provisional_due_time_before_the_open_pause_is_that_without_it() -> None:
    planned = count(HALF_DAY, ("2026-03-02 11:00", None))
    assert planned.due(at("2026-03-02 10:00")) == at("2026-03-02 14:30")


def test_used_and_remaining_make_the_limit() -> None:
    running = count(HALF_DAY)
    assert running.used(at("2026-03-02 08:00")) == timedelta()
    assert running.used(at("2026-03-02 11:00")) == 2 * HOUR
    assert running.remaining(at("2026-03-02 12:30")) == HOUR
    assert running.remaining(at("2026-03-02 15:30")) == -HOUR


def test_a_count_is_paused_from_the_start_of_a_pause_until_its_end() -> None:
    paused = count(HALF_DAY, ("2026-03-02 10:00", "2026-03-02 11:00"), ("2026-03-02 15:00", None))
    stands = [paused.paused(at(f"2026-03-02 {hour}:00")) for hour in ("09", "10", "11", "15", "23")]
    assert stands == [False, True, False, True, True]


def test_every_level_has_its_true_instant() -> None:
    running = count(HALF_DAY)
    assert [running.at(level) for level in LADDER] == [
        at("2026-03-02 11:00"),
        at("2026-03-02 13:42"),
        at("2026-03-02 14:30"),
        at("2026-03-02 16:30"),
    ]


def test_the_next_level_is_unknown_beyond_an_open_pause() -> None:
    waiting = count(HALF_DAY, ("2026-03-02 11:00", None))
    assert [waiting.at(level) for level in LADDER] == [at("2026-03-02 11:00"), None, None, None]


def test_shares_come_as_any_number() -> None:
    running = count(HALF_DAY)
    assert running.at(0.5) == running.at(Decimal("0.5")) == running.at(Fraction(1, 2))


def test_a_third_of_a_minute_is_rounded_to_the_microsecond() -> None:
    third = Limit(Decimal(1) / Decimal(3), Unit.MINUTES)
    assert count(third).due() == MONDAY + timedelta(seconds=20)


def test_a_unit_may_come_as_its_value() -> None:
    assert Limit(Decimal(3), "workdays") == THREE_DAYS


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("0", "minutes", "more than 0"),
        ("-1", "days", "more than 0"),
        ("NaN", "days", "more than 0"),
        ("Infinity", "natural", "more than 0"),
        ("1e12", "minutes", "at most 1000000000"),
        ("1.5", "workdays", "whole"),
        ("1", "weeks", "not a unit"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(amount: str, unit: str, words: str) -> None:
    with pytest.raises(ClockError, match=words):
        Limit(Decimal(amount), unit)


def test_a_pause_cannot_end_before_it_starts() -> None:
    with pytest.raises(ClockError, match="ends before"):
        Pause(MONDAY, MONDAY - MINUTE)


def test_times_without_a_zone_are_refused() -> None:
    naive = MONDAY.replace(tzinfo=None)
    with pytest.raises(ClockError, match="without a time zone"):
        Pause(naive)
    with pytest.raises(ClockError, match="without a time zone"):
        Count(YEAR_2026, naive, HALF_DAY)
    with pytest.raises(ClockError, match="without a time zone"):
        count(HALF_DAY).used(naive)


def test_a_negative_level_is_refused() -> None:
    with pytest.raises(ClockError, match="from 0 on"):
        count(HALF_DAY).at(-1)


def test_a_pause_of_wall_times_that_repeat_is_taken_by_its_instants() -> None:
    first, second = (at("2026-11-01 01:30", "America/New_York", fold) for fold in (0, 1))
    always = Calendar(dict.fromkeys(range(7), ALL_DAY), tz="America/New_York")
    start = at("2026-11-01 00:30", "America/New_York")
    paused = Count(always, start, Limit(Decimal(90), Unit.MINUTES), [Pause(first, second)])
    assert paused.due() == second + 30 * MINUTE


def test_a_promise_kept_in_a_calendar_of_one_window_a_day() -> None:
    mornings = Calendar(dict.fromkeys(range(7), OFFICE[:1]))
    assert Count(mornings, MONDAY, HALF_DAY).due() == at("2026-03-02 10:45")
