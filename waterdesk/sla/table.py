"""Opening time as prefix sums: the table behind a calendar.

Instants and amounts are timedeltas here; an instant is its distance from EPOCH. A timedelta is an
exact integer of microseconds, and a table in the type that callers bring needs no conversion: that
made a single call three times quicker than integers did.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import accumulate
from operator import itemgetter

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
DAY = 86_400  # seconds of wall time

# Offsets are sampled this often. No zone has changed its offset twice within six days since 1900.
STEP = 5 * DAY
# Windows are laid out this far beyond the table's years: a day at the edge is whole in any zone.
SLACK = 2 * DAY

Window = tuple[int, int, int]
"""(from, until) in seconds, and what holds then: a day, an offset."""
Windows = tuple[tuple[int, int], ...]
"""One day's opening: (open, close) in seconds since local midnight, in order, not touching."""


@dataclass(frozen=True, slots=True)
class Table:
    """The opening windows of the years `first`..`last`. The first may be empty: it is the edge."""

    first: int
    last: int
    floor: timedelta
    """The table knows the instants from here …"""
    ceiling: timedelta
    """… until here."""
    opens: tuple[timedelta, ...]
    """When each window opens."""
    earned: tuple[timedelta, ...]
    """Opening time counted up to the close of each window."""
    lead: tuple[timedelta, ...]
    """Within one window: the instant less the opening time counted by then."""
    days: tuple[int, ...]
    """Ordinals of the working days: those with any opening time."""
    closings: tuple[datetime, ...]
    """The last closing of each of them."""

    def counted(self, instant: timedelta) -> timedelta:
        """Return the opening time between the table's beginning and `instant`."""
        i = bisect_right(self.opens, instant) - 1
        counted = instant - self.lead[i]
        return counted if counted < self.earned[i] else self.earned[i]

    def reached(self, counted: timedelta) -> timedelta:
        """Return the earliest instant by which `counted` (more than zero) has been counted."""
        return counted + self.lead[bisect_left(self.earned, counted)]


NOTHING = Table(0, -1, timedelta(), timedelta(), (), (), (), (), ())
"""Knows no instant at all: what a calendar starts from."""


def build(first: int, last: int, windows_on: Callable[[int], Windows], zone: tzinfo) -> Table:
    """Lay out the years `first`..`last`, asking `windows_on` for each day by its ordinal.

    An instant is open when the wall clock in `zone` then stands in a window of its date: an hour
    that the wall clock shows twice counts twice, one that it skips does not count.
    """
    new_year, next_new_year = date(first, 1, 1).toordinal(), date(last + 1, 1, 1).toordinal()
    floor, ceiling = _midnight(new_year), _midnight(next_new_year)
    wall = [
        (_midnight(day) + opens, _midnight(day) + closes, day)
        for day in range(new_year - 3, next_new_year + 3)
        for opens, closes in windows_on(day)
    ]
    opens, closes, closings = [floor - SLACK], [floor - SLACK], {}
    for opened, closed, day in _real(wall, _stretches(zone, floor - SLACK, ceiling + SLACK)):
        if opened == closes[-1]:  # 24:00 goes on as 00:00
            closes[-1] = closed
        else:
            opens.append(opened)
            closes.append(closed)
        closings[day] = closed
    earned = list(accumulate(c - o for o, c in zip(opens, closes, strict=True)))
    days = sorted(day for day in closings if new_year <= day < next_new_year)
    return Table(
        first=first,
        last=last,
        floor=timedelta(seconds=floor),
        ceiling=timedelta(seconds=ceiling),
        opens=tuple(timedelta(0, o) for o in opens),
        earned=tuple(timedelta(0, e) for e in earned),
        lead=tuple(timedelta(0, c - e) for c, e in zip(closes, earned, strict=True)),
        days=tuple(days),
        closings=tuple(EPOCH + timedelta(0, closings[day]) for day in days),
    )


def _midnight(day: int) -> int:
    """Return the beginning of the day with this ordinal, in seconds of wall time since EPOCH."""
    return (day - EPOCH_DAY) * DAY


def _real(wall: list[Window], stretches: Iterable[Window]) -> Iterator[Window]:
    """Yield windows of wall time (from, until, day) in UTC, cut where the offset changes."""
    for since, until, offset in stretches:
        low, high = since + offset, until + offset
        for i in range(bisect_right(wall, low, key=itemgetter(1)), len(wall)):
            opens, closes, day = wall[i]
            if opens >= high:
                break
            yield max(opens, low) - offset, min(closes, high) - offset, day


def _stretches(zone: tzinfo, since: int, until: int) -> Iterator[Window]:
    """Yield (from, until, offset): stretches of UTC seconds in which `zone` keeps one offset."""
    offset = _offset(zone, since)
    for low in range(since, until, STEP):
        high = min(low + STEP, until)
        later = _offset(zone, high)
        if later != offset:
            change = bisect_left(range(low, high), True, key=lambda s: _offset(zone, s) == later)
            yield since, low + change, offset
            since, offset = low + change, later
    yield since, until, offset


def _offset(zone: tzinfo, second: int) -> int:
    local = (EPOCH + timedelta(seconds=second)).astimezone(zone)
    return local.utcoffset() // timedelta(seconds=1)
