"""The account of a count: each example can be checked against a wall calendar of 2026."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.sla.moments import HOUR, MINUTE, YEAR_2026, at
from waterdesk.sla import Limit, Pause, Unit
from waterdesk.sla.account import Account, Kind, account


def of(start: str, amount: str, unit: Unit, *pauses: Pause, now: str | None = None) -> Account:
    limit = Limit(Decimal(amount), unit)
    return account(YEAR_2026, at(start), limit, pauses, at(now) if now else None)


def read(told: Account) -> list[tuple]:
    """(day, kind, counted) of each row."""
    return [(f"{row.day:%m-%d}", row.kind, row.counted) for row in told.rows]


def times(told: Account, day: int) -> list[tuple]:
    zone = YEAR_2026.tz
    return [
        (f"{p.start.astimezone(zone):%H:%M}", f"{p.end.astimezone(zone):%H:%M}", p.pause)
        for p in told.rows[day].pieces
    ]


def test_a_weekend_between_is_named_and_gives_nothing():
    told = of("2026-11-20 16:00", "240", Unit.MINUTES)
    assert read(told) == [
        ("11-20", Kind.WORK, 2 * HOUR),
        ("11-21", Kind.REST, 0 * HOUR),
        ("11-22", Kind.REST, 0 * HOUR),
        ("11-23", Kind.WORK, 2 * HOUR),
    ]
    assert [row.total for row in told.rows] == [2 * HOUR, 2 * HOUR, 2 * HOUR, 4 * HOUR]
    assert times(told, 3) == [("08:30", "10:30", None)]
    assert told.due == at("2026-11-23 10:30")


def test_a_start_outside_hours_counts_from_the_next_opening():
    told = of("2026-11-21 18:21", "0.5", Unit.DAYS)
    assert told.counts_from == at("2026-11-23 08:30")
    assert read(told)[-1] == ("11-23", Kind.WORK, 4 * HOUR)
    assert times(told, 2) == [("08:30", "12:00", None), ("13:30", "14:00", None)]


def test_days_off_and_make_up_days_are_told_from_weekends():
    told = of("2026-02-13 16:30", "3", Unit.DAYS)
    kinds = {f"{row.day:%m-%d}": row.kind for row in told.rows}
    assert (kinds["02-13"], kinds["02-14"]) == (Kind.WORK, Kind.MAKE_UP)
    assert {kinds[f"02-{day}"] for day in range(15, 24)} == {Kind.OFF}
    assert kinds["02-24"] == Kind.WORK


def test_working_days_are_numbered_from_the_day_after_the_start():
    told = of("2026-02-13 09:00", "3", Unit.WORKDAYS)
    numbered = {row.number: row.day for row in told.rows if row.number}
    assert numbered == {1: date(2026, 2, 14), 2: date(2026, 2, 24), 3: date(2026, 2, 25)}
    assert told.due == at("2026-02-25 18:00")


def test_a_day_paused_at_its_closing_has_no_number():
    pause = Pause(at("2026-11-17 16:00"), at("2026-11-18 09:00"))
    told = of("2026-11-16 09:00", "2", Unit.WORKDAYS, pause)
    assert [row.number for row in told.rows] == [None, None, 1, 2]


def test_a_pause_is_cut_out_and_summed():
    first = Pause(at("2026-11-16 11:00"), at("2026-11-16 14:00"))
    second = Pause(at("2026-11-16 15:00"), at("2026-11-16 15:10"))
    told = of("2026-11-16 10:00", "240", Unit.MINUTES, first, second)
    assert times(told, 0) == [
        ("10:00", "11:00", None),
        ("11:00", "12:00", 0),
        ("13:30", "14:00", 0),
        ("14:00", "15:00", None),
        ("15:00", "15:10", 1),
        ("15:10", "17:10", None),
    ]
    assert told.lost == (90 * MINUTE, 10 * MINUTE)


def test_a_pause_of_no_length_cuts_nothing():
    nothing = Pause(at("2026-11-16 10:30"), at("2026-11-16 10:30"))
    told = of("2026-11-16 10:00", "60", Unit.MINUTES, nothing)
    assert times(told, 0) == [("10:00", "11:00", None)]


def test_an_open_pause_leaves_no_due_time_and_the_rest_to_be_counted():
    told = of("2026-11-16 10:00", "240", Unit.MINUTES, Pause(at("2026-11-16 11:00")))
    assert (told.due, told.counted, told.limit) == (None, HOUR, 4 * HOUR)
    assert told.end == at("2026-11-16 11:00")
    later = of(
        "2026-11-16 10:00", "240", Unit.MINUTES, Pause(at("2026-11-16 11:00")),
        now="2026-11-17 09:00",
    )  # fmt: skip
    assert (later.counted, later.lost) == (HOUR, (6 * HOUR,))
    assert later.end == at("2026-11-17 09:00")


def test_an_open_pause_in_the_middle_of_a_day_leaves_that_day_unnumbered():
    told = of("2026-11-16 10:00", "2", Unit.WORKDAYS, Pause(at("2026-11-17 11:00")))
    assert [row.number for row in told.rows] == [None, None]


def test_an_open_pause_after_the_due_time_changes_nothing():
    told = of("2026-11-16 10:00", "60", Unit.MINUTES, Pause(at("2026-11-16 11:00")))
    assert (told.due, told.counted) == (at("2026-11-16 11:00"), HOUR)


def test_natural_time_is_told_by_local_days_and_ends_at_midnight_with_the_day():
    told = of("2026-11-20 21:00", str(27 * 60), Unit.NATURAL)
    assert read(told) == [("11-20", Kind.NATURAL, 3 * HOUR), ("11-21", Kind.NATURAL, 24 * HOUR)]
    assert told.due == at("2026-11-22 00:00")


def test_seconds_are_kept():
    told = of(
        "2026-11-16 09:00",
        "60",
        Unit.MINUTES,
        Pause(at("2026-11-16 09:10:07"), at("2026-11-16 09:10:20")),
    )
    assert told.due == at("2026-11-16 10:00:13")
    assert told.lost == (timedelta(seconds=13),)
