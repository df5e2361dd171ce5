"""Examples of `Calendar`, mostly from the working year 2026."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.sla.moments import ALL_DAY, DAY, HOUR, MINUTE, OFFICE, WEEKDAYS, YEAR_2026, at
from waterdesk.sla import ROUND_THE_CLOCK, Calendar, CalendarError

NIGHT_AND_DAY = Calendar(dict.fromkeys(range(7), ALL_DAY))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        pytest.param("2026-02-13 16:30", 3, "2026-02-14 10:00", id="on into the make-up Saturday"),
        pytest.param("2026-02-14 17:00", 2, "2026-02-24 09:30", id="over the Spring Festival"),
        pytest.param("2026-02-14 17:00", 1, "2026-02-14 18:00", id="ending exactly at closing"),
        pytest.param("2026-02-14 18:00", 1, "2026-02-24 09:30", id="starting exactly at closing"),
        pytest.param("2026-03-02 11:00", 1, "2026-03-02 12:00", id="ending at the lunch break"),
        pytest.param("2026-03-02 11:00", 2, "2026-03-02 14:30", id="across the lunch break"),
        pytest.param("2026-03-02 12:40", 1, "2026-03-02 14:30", id="starting in the lunch break"),
        pytest.param("2026-03-02 03:00", 8, "2026-03-02 18:00", id="starting before opening"),
        pytest.param("2026-03-06 23:59", 4, "2026-03-09 14:00", id="a Friday night"),
        pytest.param("2026-01-04 08:30", 8, "2026-01-04 18:00", id="on a make-up Sunday"),
        pytest.param("2026-01-03 10:00", 1, "2026-01-04 09:30", id="before a make-up Sunday"),
        pytest.param("2025-12-31 17:00", 2, "2026-01-04 09:30", id="over the end of the year"),
        pytest.param("2026-09-30 17:30", 9, "2026-10-09 09:00", id="over the National Day"),
        pytest.param("2024-02-28 17:00", 9, "2024-02-29 18:00", id="on 29 February"),
        pytest.param("2024-02-29 17:00", 2, "2024-03-01 09:30", id="after 29 February"),
    ],
)
def test_working_hours_in_2026(start: str, hours: int, due: str) -> None:
    assert YEAR_2026.add(at(start), hours * HOUR) == at(due)
    assert YEAR_2026.elapsed(at(start), at(due)) == hours * HOUR


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        pytest.param("2026-03-02 08:30", 1, "2026-03-03 18:00", id="the start day is not counted"),
        pytest.param("2026-03-02 23:00", 1, "2026-03-03 18:00", id="whatever its hour"),
        pytest.param("2026-02-13 16:30", 1, "2026-02-14 18:00", id="a make-up Saturday counts"),
        pytest.param("2026-02-13 16:30", 2, "2026-02-24 18:00", id="the Spring Festival does not"),
        pytest.param("2026-02-18 12:00", 1, "2026-02-24 18:00", id="from a day off"),
        pytest.param("2026-12-31 12:00", 5, "2027-01-07 18:00", id="over the end of the year"),
        pytest.param("2024-02-28 12:00", 2, "2024-03-01 18:00", id="over 29 February"),
    ],
)
def test_whole_working_days_by_civil_count(start: str, days: int, due: str) -> None:
    assert YEAR_2026.closing(at(start), days) == at(due)


def test_no_amount_ends_at_the_start_even_outside_hours() -> None:
    sunday = at("2026-03-01 12:00")
    assert YEAR_2026.add(sunday, timedelta()) == sunday
    assert YEAR_2026.closing(sunday, 0) == sunday


def test_answers_are_in_utc() -> None:
    monday = at("2026-03-02 09:00")
    assert YEAR_2026.add(monday, HOUR).tzinfo is UTC
    assert YEAR_2026.add(monday, timedelta()).tzinfo is UTC
    assert YEAR_2026.closing(monday, 1).tzinfo is UTC


def test_seconds_and_microseconds_survive() -> None:
    start = at("2026-03-02 11:59:59.999999")
    due = YEAR_2026.add(start, timedelta(seconds=61, microseconds=3))
    assert due == at("2026-03-02 13:31:01.000002")
    assert YEAR_2026.elapsed(start, due) == timedelta(seconds=61, microseconds=3)


def test_windows_that_touch_at_midnight_are_one() -> None:
    night = Calendar({0: [(79200, 86400)], 1: [(0, 21600)]})
    start, end = at("2026-03-02 00:00"), at("2026-03-04 00:00")
    assert list(night.windows(start, end)) == [(at("2026-03-02 22:00"), at("2026-03-03 06:00"))]
    assert night.add(at("2026-03-02 23:30"), HOUR) == at("2026-03-03 00:30")
    assert night.add(at("2026-03-02 23:00"), HOUR) == at("2026-03-03 00:00")


def test_windows_come_in_any_order_and_merge_where_they_touch() -> None:
    calendar = Calendar({0: [(7200, 9000), (0, 3600), (3600, 5400)]})
    assert calendar.weekly[0] == ((0, 5400), (7200, 9000))


def test_a_day_open_until_24_closes_at_midnight() -> None:
    assert NIGHT_AND_DAY.closing(at("2026-03-02 10:00"), 1) == at("2026-03-04 00:00")


def test_round_the_clock_counts_every_second() -> None:
    start = at("2026-02-17 00:00:01")
    assert ROUND_THE_CLOCK.add(start, 1000 * DAY) == start.astimezone(UTC) + 1000 * DAY
    assert ROUND_THE_CLOCK.elapsed(start, start + 400 * DAY) == 400 * DAY


@pytest.mark.parametrize("year", [1901, 1969, 1970, 2038, 2100, 2190])
def test_any_year_is_counted(year: int) -> None:
    calendar = Calendar({weekday: [(0, 3600)] for weekday in range(7)}, tz="UTC")
    start = datetime(year, 12, 31, 0, 30, tzinfo=UTC)
    assert calendar.add(start, HOUR) == datetime(year + 1, 1, 1, 0, 30, tzinfo=UTC)


def test_years_far_apart_are_counted_in_one_call() -> None:
    daily = Calendar({weekday: [(0, 3600)] for weekday in range(7)}, tz="UTC")
    start, end = datetime(1990, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
    assert daily.elapsed(start, end) == (end - start).days * HOUR


def test_what_is_open_and_what_opens_next() -> None:
    assert YEAR_2026.is_open(at("2026-03-02 08:30"))
    assert not YEAR_2026.is_open(at("2026-03-02 12:00"))
    assert YEAR_2026.next_open(at("2026-03-02 08:30")) == at("2026-03-02 08:30")
    assert YEAR_2026.next_open(at("2026-03-02 12:00")) == at("2026-03-02 13:30")
    assert YEAR_2026.next_open(at("2026-02-14 18:00")) == at("2026-02-24 08:30")


def test_working_days_are_those_that_open() -> None:
    assert YEAR_2026.is_working_day(date(2026, 2, 14))
    assert not YEAR_2026.is_working_day(date(2026, 2, 16))
    assert not YEAR_2026.is_working_day(date(2026, 3, 1))


def test_counted_windows_are_listed_and_cut_at_both_ends() -> None:
    assert list(YEAR_2026.windows(at("2026-02-14 15:00"), at("2026-02-24 09:00"))) == [
        (at("2026-02-14 15:00"), at("2026-02-14 18:00")),
        (at("2026-02-24 08:30"), at("2026-02-24 09:00")),
    ]
    assert list(YEAR_2026.windows(at("2026-02-15 00:00"), at("2026-02-24 00:00"))) == []


def test_the_standard_day_is_the_most_common_one() -> None:
    assert YEAR_2026.standard_day == 8 * HOUR
    assert Calendar(WEEKDAYS | {5: ALL_DAY, 6: []}).standard_day == 8 * HOUR


def test_of_equally_common_days_the_longest_is_standard() -> None:
    assert Calendar({0: OFFICE, 1: OFFICE, 2: ALL_DAY, 3: ALL_DAY}).standard_day == DAY
    assert Calendar({0: ALL_DAY, 1: OFFICE}).standard_day == DAY


def test_the_standard_day_may_be_given() -> None:
    assert Calendar(WEEKDAYS, standard_day=7 * HOUR).standard_day == 7 * HOUR


def test_a_calendar_of_single_dates_takes_its_standard_day_from_them() -> None:
    fair = Calendar({}, {date(2026, 5, 1): OFFICE})
    assert fair.standard_day == 8 * HOUR
    assert fair.add(at("2026-01-01 00:00"), 8 * HOUR) == at("2026-05-01 18:00")


@pytest.mark.parametrize(
    ("weekly", "days", "words"),
    [
        ({}, {}, "empty"),
        ({0: []}, {date(2026, 1, 1): []}, "empty"),
        ({0: [(0, 7200), (3600, 9000)]}, {}, "mon: 01:00-02:30 overlaps"),
        ({4: [(3600, 3600)]}, {}, "fri: 01:00-01:00 does not open and then close"),
        ({4: [(79200, 21600)]}, {}, "fri: 22:00-06:00 does not open and then close"),
        ({0: [(0, 86401)]}, {}, "mon: 00:00-24:00:01"),
        ({0: [(-1, 10)]}, {}, "mon"),
        ({0: OFFICE}, {date(2026, 10, 10): [(60, 30)]}, "2026-10-10: 00:01-00:00:30"),
        ({7: OFFICE}, {}, "7 is not a weekday"),
        ({0: [(8.5, 12.0)]}, {}, "whole seconds"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_by_name(
    weekly: dict, days: dict, words: str
) -> None:
    with pytest.raises(CalendarError, match=words):
        Calendar(weekly, days)


@pytest.mark.parametrize("tz", ["", "Asia", "Asia/Peking", "../etc/passwd", "\0"])
def test_an_unknown_zone_is_refused(tz: str) -> None:
    with pytest.raises(CalendarError, match="not a time zone"):
        Calendar(WEEKDAYS, tz=tz)


def test_a_machine_without_zones_is_told_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waterdesk.sla.windows.available_timezones", set)
    with pytest.raises(CalendarError, match="install the tzdata package"):
        Calendar(WEEKDAYS, tz="Nowhere/Else")


@pytest.mark.parametrize("length", [timedelta(), -HOUR, 25 * HOUR])
def test_a_standard_day_is_a_part_of_a_day(length: timedelta) -> None:
    with pytest.raises(CalendarError, match="standard day"):
        Calendar(WEEKDAYS, standard_day=length)


def test_times_without_a_zone_are_refused() -> None:
    naive = at("2026-03-02 09:00").replace(tzinfo=None)
    with pytest.raises(CalendarError, match="without a time zone"):
        YEAR_2026.add(naive, HOUR)
    with pytest.raises(CalendarError, match="without a time zone"):
        YEAR_2026.elapsed(at("2026-03-02 09:00"), naive)
    with pytest.raises(CalendarError, match="without a time zone"):
        YEAR_2026.closing(naive, 1)


def test_counting_backwards_is_refused() -> None:
    monday = at("2026-03-02 09:00")
    with pytest.raises(CalendarError, match="negative"):
        YEAR_2026.add(monday, -MINUTE)
    with pytest.raises(CalendarError, match="negative"):
        YEAR_2026.closing(monday, -1)
    with pytest.raises(CalendarError, match="before the start"):
        YEAR_2026.elapsed(monday, monday - MINUTE)


def test_a_calendar_that_runs_dry_is_refused() -> None:
    once = Calendar({}, {date(2026, 5, 1): OFFICE})
    with pytest.raises(CalendarError, match="too little opening time within 50 years"):
        once.add(at("2026-01-01 00:00"), 9 * HOUR)
    with pytest.raises(CalendarError, match="too little opening time"):
        once.closing(at("2026-01-01 00:00"), 2)


def test_a_deadline_beyond_the_horizon_is_refused_however_far_the_table_goes() -> None:
    yearly = Calendar({0: [(0, 60)]}, tz="UTC")
    yearly.elapsed(datetime(1999, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC))
    with pytest.raises(CalendarError, match="too little opening time"):
        yearly.add(datetime(2000, 1, 1, tzinfo=UTC), 52 * 51 * MINUTE)
    with pytest.raises(CalendarError, match="too little opening time"):
        yearly.closing(datetime(2000, 1, 1, tzinfo=UTC), 52 * 51)


@pytest.mark.parametrize("year", [1, 1899, 2200, 9998])
def test_years_outside_the_range_are_refused(year: int) -> None:
    with pytest.raises(CalendarError, match="only the years 1900 to 2199"):
        YEAR_2026.add(datetime(year, 6, 1, tzinfo=UTC), HOUR)


def test_a_calendar_cannot_be_changed_from_outside() -> None:
    weekly, days = {0: list(OFFICE)}, {date(2026, 3, 2): list(OFFICE)}
    calendar = Calendar(weekly, days)
    weekly[0].clear()
    days.clear()
    assert calendar.add(at("2026-03-02 08:30"), HOUR) == at("2026-03-02 09:30")
    with pytest.raises(TypeError):
        calendar.days[date(2026, 3, 2)] = ()
    with pytest.raises(AttributeError):
        calendar.tz = None


def test_threads_may_share_a_calendar_while_it_grows() -> None:
    calendar = Calendar({weekday: [(0, 3600)] for weekday in range(7)}, tz="UTC")
    years, wrong = range(2018, 2030), []

    def ask(order: list[int]) -> None:
        for year in order:
            start = datetime(year, 7, 1, tzinfo=UTC)
            if calendar.add(start, 400 * HOUR) != start + 399 * DAY + HOUR:
                wrong.append(year)

    threads = [threading.Thread(target=ask, args=(list(years)[::d],)) for d in (1, -1, 3, -3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
