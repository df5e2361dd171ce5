"""Laws of the account, with the walker as referee."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.sla.laws import STEP, Read, between, counted, law, limits, pause_steps, reads, steps
from tests.sla.moments import ALL_DAY
from tests.sla.walker import Walker
from waterdesk.sla import Count, Limit, Pause, Unit
from waterdesk.sla.account import Account, Kind, account

NOTHING = timedelta()

on_the_grid = st.one_of(
    st.builds(Limit, st.integers(1, 20).map(lambda n: Decimal(30 * n)), st.just(Unit.MINUTES)),
    st.builds(Limit, st.integers(1, 3).map(Decimal), st.just(Unit.WORKDAYS)),
    st.builds(Limit, st.integers(1, 90).map(lambda n: Decimal(30 * n)), st.just(Unit.NATURAL)),
)


def told_of(read: Read, start: datetime, limit: Limit, spans: list) -> Account:
    pauses = [Pause(a, b) for a, b in between(read.midnight, spans)]
    return account(read.calendar, start, limit, pauses)


def pieces_of(told: Account, *, counted: bool) -> list:
    return [p for row in told.rows for p in row.pieces if (p.pause is None) is counted]


@law
@given(reads, steps, limits, pause_steps)
def test_the_rows_add_up_to_the_limit_and_end_at_the_due_time(
    read: Read, first: int, limit: Limit, spans: list
) -> None:
    start = read.midnight + first * STEP
    count = counted(read, start, limit, between(read.midnight, spans))
    told = told_of(read, start, limit, spans)
    assert told.due == count.due()
    assert sum((row.counted for row in told.rows), NOTHING) == told.limit == count.limit
    assert told.counted == told.limit
    assert told.rows[-1].pieces[-1].end == told.due
    assert told.rows[-1].pieces[-1].pause is None
    assert told.counts_from == count.counts_from()


@law
@given(reads, steps, limits, pause_steps)
def test_what_was_counted_and_what_was_lost_is_all_the_opening_time_there_was(
    read: Read, first: int, limit: Limit, spans: list
) -> None:
    start = read.midnight + first * STEP
    told = told_of(read, start, limit, spans)
    lost = sum(told.lost, NOTHING)
    gross = {
        True: told.due - start,
        False: read.calendar.elapsed(start, told.due),
    }[limit.unit is Unit.NATURAL]
    assert told.counted + lost == gross
    assert sum((p.length for p in pieces_of(told, counted=False)), NOTHING) == lost


@law
@given(reads, steps, limits, pause_steps)
def test_there_is_one_row_a_day_and_each_holds_its_own_day_only(
    read: Read, first: int, limit: Limit, spans: list
) -> None:
    start = read.midnight + first * STEP
    told = told_of(read, start, limit, spans)
    days = [row.day for row in told.rows]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    for row in told.rows:
        midnight = datetime.combine(row.day, time(), read.calendar.tz).astimezone(UTC)
        assert all(midnight <= p.start < p.end for p in row.pieces)
        last = [p.end.astimezone(read.calendar.tz) - timedelta(seconds=1) for p in row.pieces]
        assert {at.date() for at in last} <= {row.day}


@law
@given(reads, steps, on_the_grid, pause_steps)
def test_the_walker_counts_each_row_alike(
    read: Read, first: int, limit: Limit, spans: list
) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    told = told_of(read, start, limit, spans)
    round_the_clock = Walker(dict.fromkeys(range(7), ALL_DAY), {}, "UTC", STEP)
    walker = {True: round_the_clock, False: read.walker}[limit.unit is Unit.NATURAL]
    tz = read.calendar.tz
    for row in told.rows:
        opens = datetime.combine(row.day, time(), tz).astimezone(UTC)
        closes = datetime.combine(row.day + timedelta(days=1), time(), tz).astimezone(UTC)
        since, until = max(opens, start), min(closes, told.due)
        assert row.counted == walker.elapsed(since, until, pauses)
    ends = {
        Unit.WORKDAYS: lambda: walker.closing(start, int(limit.amount), pauses),
    }.get(limit.unit, lambda: walker.add(start, int(limit.amount) // 30 * STEP, pauses))
    assert told.due == ends()


@law
@given(reads, steps, st.integers(1, 3), pause_steps)
def test_working_days_are_numbered_one_by_one_up_to_the_limit(
    read: Read, first: int, days: int, spans: list
) -> None:
    start = read.midnight + first * STEP
    told = told_of(read, start, Limit(Decimal(days), Unit.WORKDAYS), spans)
    numbers = [row.number for row in told.rows if row.number is not None]
    assert numbers == list(range(1, days + 1))
    assert told.rows[-1].number == days
    assert told.rows[0].number is None


@law
@given(reads, steps, limits, pause_steps, steps, steps)
def test_an_open_pause_ends_the_count_where_it_begins(
    read: Read, first: int, limit: Limit, spans: list, stopped: int, later: int
) -> None:
    start, wall = read.midnight + first * STEP, read.midnight + stopped * STEP
    pauses = [Pause(a, b) for a, b in between(read.midnight, spans)] + [Pause(wall)]
    count, now = Count(read.calendar, start, limit, pauses), wall + later * STEP
    told = account(read.calendar, start, limit, pauses, now)
    assert told.due == count.due()
    assert told.counted == count.used(told.end)
    assert told.end == {True: max(start, wall, now), False: told.due}[told.due is None]


@law
@given(reads, steps, limits)
def test_only_open_days_count_and_closed_days_are_called_closed(
    read: Read, first: int, limit: Limit
) -> None:
    told = told_of(read, read.midnight + first * STEP, limit, [])
    closed = [row for row in told.rows if row.kind in (Kind.REST, Kind.OFF)]
    assert not any(row.pieces for row in closed)
    assert not any(read.calendar.is_working_day(row.day) for row in closed)
