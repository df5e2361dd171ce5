"""Counted time: the opening time since a start, less the pauses.

A clock is never counted up: everything is replayed from the start, the pauses and the calendar, so
a late correction gives the same answer as if it had been known at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice

from .calendar import Calendar
from .errors import ClockError
from .table import EPOCH


@dataclass(frozen=True, slots=True)
class Pause:
    """An interval that does not count: from `start` up to `end`, or still open when that is None.

    Kept in UTC. One that ends where it starts is allowed and changes nothing. Raises ClockError if
    it ends before it starts, or for a time without a time zone.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        if self.end is not None:
            object.__setattr__(self, "end", utc(self.end))
            if self.end < self.start:
                raise ClockError(f"the pause from {self.start} ends before, at {self.end}")


class Meter:
    """What one start and its pauses leave of a calendar's opening time."""

    __slots__ = ("_calendar", "_pauses", "_start", "_stopped")

    def __init__(self, calendar: Calendar, start: datetime, pauses: Iterable[Pause] = ()) -> None:
        """Take pauses in any order; they may overlap. Raises ClockError for a naive `start`."""
        self._calendar = calendar
        self._start = utc(start)
        self._pauses, self._stopped = _merged(self._start, pauses)

    def used(self, now: datetime) -> timedelta:
        """Return the counted time from the start to `now`; none before the start."""
        now = utc(now)
        return self.unstopped(min(now, self._stopped) if self._stopped else now)

    def unstopped(self, now: datetime) -> timedelta:
        """Return the same as if a pause without an end had never begun. `now` is in UTC."""
        if now <= self._start:
            return timedelta()
        used = self._calendar.elapsed(self._start, now)
        for paused, resumed in self._pauses:
            if paused >= now:
                break
            used -= self._calendar.elapsed(paused, min(resumed, now))
        return used

    def reach(self, amount: timedelta) -> datetime | None:
        """Return the earliest UTC instant by which `amount` has been counted.

        None if that lies beyond a pause without an end. Raises CalendarError as Calendar.add does.
        """
        instant = self._start
        for paused, resumed in self._pauses:
            counted = self._calendar.elapsed(instant, paused)
            if amount <= counted:
                return self._calendar.add(instant, amount)
            amount -= counted
            instant = resumed
        if self._stopped and amount > self._calendar.elapsed(instant, self._stopped):
            return None
        return self._calendar.add(instant, amount)

    def closing(self, days: int) -> datetime:
        """Return the closing of the n-th working day after the start's date (UTC).

        A day does not count when a pause holds just before it closes. A pause without an end is
        taken as never begun.
        """
        closings = (self._calendar.closing(self._start, n) for n in count(1))
        counted = (at for at in closings if not any(p < at <= r for p, r in self._pauses))
        return next(islice(counted, days - 1, None))

    def paused(self, now: datetime) -> bool:
        """Say whether a pause holds at `now`: where it starts it does, where it ends not."""
        now = utc(now)
        if self._stopped and self._stopped <= now:
            return True
        return any(paused <= now < resumed for paused, resumed in self._pauses)

    def counts_from(self) -> datetime | None:
        """Return the first counted instant: the start, or later if it is closed or paused then.

        None if a pause without an end comes first.
        """
        first = self.reach(timedelta.resolution)
        return first and first - timedelta.resolution


def _merged(
    start: datetime, pauses: Iterable[Pause]
) -> tuple[list[tuple[datetime, datetime]], datetime | None]:
    """Return the pauses after `start`, apart and in order, and since when an endless one holds."""
    merged: list[tuple[datetime, datetime]] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        begin, end = max(pause.start, start), pause.end
        if end is not None and end <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            begin, before = merged.pop()
            end = end and max(end, before)
        if end is None:
            return merged, begin
        merged.append((begin, end))
    return merged, None


def utc(instant: datetime) -> datetime:
    """Return the same instant in UTC. Raises ClockError if it has no time zone.

    Everything is compared in UTC: datetimes of one zone compare by wall time, which repeats itself.
    """
    try:
        return EPOCH + (instant - EPOCH)
    except TypeError:
        raise ClockError(f"a time without a time zone cannot be counted: {instant}") from None
    except OverflowError:
        raise ClockError(f"{instant} has no counterpart in UTC") from None
