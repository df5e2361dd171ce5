"""Calendars whose wall clock is set forward, set back, or skips a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.sla.moments import ALL_DAY, DAY, HOUR, MINUTE, OFFICE, at
from waterdesk.sla import Calendar

NEW_YORK, LORD_HOWE, APIA = "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"

EVERY_DAY = dict.fromkeys(range(7), ALL_DAY)
NIGHT = {6: [(3600, 4 * 3600)]}
"""Sundays 01:00-04:00."""


@pytest.mark.parametrize(
    ("tz", "sunday", "hours"),
    [
        pytest.param(NEW_YORK, "2026-03-08", 23, id="New York forward by an hour"),
        pytest.param(NEW_YORK, "2026-11-01", 25, id="New York back by an hour"),
        pytest.param(LORD_HOWE, "2026-10-04", 23.5, id="Lord Howe forward by half an hour"),
        pytest.param(LORD_HOWE, "2026-04-05", 24.5, id="Lord Howe back by half an hour"),
        pytest.param("Asia/Shanghai", "1986-05-04", 23, id="Shanghai in the year of summer time"),
        pytest.param("UTC", "2026-03-08", 24, id="UTC never"),
    ],
)
def test_a_day_lasts_as_long_as_it_really_does(tz: str, sunday: str, hours: float) -> None:
    calendar, midnight = Calendar(EVERY_DAY, tz=tz), at(f"{sunday} 00:00", tz)
    assert calendar.elapsed(midnight, midnight + DAY) == hours * HOUR
    assert calendar.add(midnight, hours * HOUR) == midnight + DAY
    assert calendar.closing(midnight - HOUR, 1) == midnight + DAY


@pytest.mark.parametrize(
    ("tz", "sunday", "hours"),
    [
        (NEW_YORK, "2026-03-01", 3),
        (NEW_YORK, "2026-03-08", 2),
        (NEW_YORK, "2026-11-01", 4),
        (LORD_HOWE, "2026-10-04", 2.5),
        (LORD_HOWE, "2026-04-05", 3.5),
    ],
)
def test_a_window_over_the_change_counts_what_passes(tz: str, sunday: str, hours: float) -> None:
    calendar, midnight = Calendar(NIGHT, tz=tz), at(f"{sunday} 00:00", tz)
    assert calendar.elapsed(midnight, midnight + DAY) == hours * HOUR
    assert calendar.add(midnight, hours * HOUR) == at(f"{sunday} 04:00", tz)


def test_a_window_that_the_clock_shows_twice_opens_twice() -> None:
    calendar = Calendar({6: [(1800, 5400)]}, tz=NEW_YORK)
    midnight = at("2026-11-01 00:00", NEW_YORK)
    # In UTC, for Python holds times that the wall clock shows twice unequal to any other zone's.
    assert list(calendar.windows(midnight, midnight + DAY)) == [
        (at("2026-11-01 04:30", "UTC"), at("2026-11-01 05:30", "UTC")),
        (at("2026-11-01 06:00", "UTC"), at("2026-11-01 06:30", "UTC")),
    ]
    assert calendar.closing(midnight - HOUR, 1) == at("2026-11-01 06:30", "UTC")


def test_a_window_that_the_clock_skips_never_opens() -> None:
    calendar = Calendar({6: [(2 * 3600, 3 * 3600)]}, tz=NEW_YORK)
    assert not calendar.is_working_day(date(2026, 3, 8))
    assert calendar.next_open(at("2026-03-08 00:00", NEW_YORK)) == at("2026-03-15 02:00", NEW_YORK)


def test_a_day_that_the_zone_skips_is_no_working_day() -> None:
    calendar = Calendar(dict.fromkeys(range(7), OFFICE), tz=APIA)
    thursday = at("2011-12-29 17:00", APIA)
    assert not calendar.is_working_day(date(2011, 12, 30))
    assert calendar.closing(thursday, 1) == at("2011-12-31 18:00", APIA)
    assert calendar.add(thursday, 2 * HOUR) == at("2011-12-31 09:30", APIA)


@pytest.mark.parametrize(("days", "midnight"), [(578, "2027-01-01"), (580, "2027-01-03")])
def test_days_at_the_edge_of_a_table_are_whole(days: int, midnight: str) -> None:
    fresh = Calendar(EVERY_DAY, tz=NEW_YORK)  # asked in 2025, it lays out 2024 to 2026
    assert fresh.closing(at("2025-06-01 12:00", NEW_YORK), days) == at(
        f"{midnight} 00:00", NEW_YORK
    )


def test_a_start_counts_from_the_same_instant_in_any_zone() -> None:
    calendar = Calendar(dict.fromkeys(range(7), OFFICE))
    start = at("2026-03-02 09:00")
    due = calendar.add(start, 5 * HOUR)
    assert calendar.add(start.astimezone(at("2026-03-02 09:00", NEW_YORK).tzinfo), 5 * HOUR) == due


def test_the_second_of_two_equal_wall_times_is_later() -> None:
    calendar = Calendar(EVERY_DAY, tz=NEW_YORK)
    first = at("2026-11-01 01:30", NEW_YORK)
    second = at("2026-11-01 01:30", NEW_YORK, fold=1)
    assert calendar.elapsed(first, second) == HOUR
    assert calendar.add(first, 90 * MINUTE) == calendar.add(second, 30 * MINUTE)
    assert calendar.is_open(second)


def test_local_mean_time_of_1900_has_seconds() -> None:
    calendar = Calendar(dict.fromkeys(range(7), OFFICE))
    due = calendar.add(at("1900-06-01 08:30"), HOUR)
    assert due.astimezone(calendar.tz).utcoffset() == timedelta(hours=8, minutes=5, seconds=43)
    assert due == at("1900-06-01 09:30")
