"""One promise running on one case: its limit, what is used of it, and when each level is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from .calendar import ROUND_THE_CLOCK, Calendar
from .errors import ClockError
from .meter import Meter, Pause, utc

__all__ = ["Count", "Limit", "Pause", "Share", "Unit", "unpaused"]

Share = int | float | Decimal | Fraction
"""A part of a limit: 1 is all of it, Decimal("1.5") half as much again."""

MOST = 1_000_000_000
"""No limit is larger, in any unit: its time still fits a timedelta."""


class Unit(StrEnum):
    """What the amount of a limit counts."""

    MINUTES = "minutes"
    """Working minutes."""
    DAYS = "days"
    """Working days as working time, each worth the calendar's standard day; fractions too."""
    WORKDAYS = "workdays"
    """Whole working days by civil count: from the day after the start to the last one's closing."""
    NATURAL = "natural"
    """Minutes around the clock, whatever the calendar."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take. Raises ClockError unless positive, and whole in workdays."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in set(Unit):
            raise ClockError(f"{self.unit!r} is not a unit: {', '.join(Unit)}")
        object.__setattr__(self, "unit", Unit(self.unit))
        amount = Decimal(self.amount)
        object.__setattr__(self, "amount", amount)
        if not (amount.is_finite() and 0 < amount <= MOST):
            raise ClockError(f"a limit is more than 0 and at most {MOST}, not {amount}")
        if self.unit is Unit.WORKDAYS and amount % 1:
            raise ClockError(f"working days by civil count are whole, not {amount}")

    def time(self, standard_day: timedelta) -> timedelta:
        """Return the counted time of this limit, to the nearest microsecond.

        Whole working days have none of their own: it depends on the hour they start.
        """
        return part(standard_day if self.unit is Unit.DAYS else timedelta(minutes=1), self.amount)


class Count:
    """One limit counted from one start: replayed whenever asked, never counted up.

    While a pause without an end stands, what lies beyond it has no instant (None). Passing `now`
    answers as if that pause ended at `now`: a provisional answer.
    """

    def __init__(
        self, calendar: Calendar, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()
    ) -> None:
        """Take pauses in any order; they may overlap. Raises ClockError for a naive `start`."""
        self._calendar = ROUND_THE_CLOCK if limit.unit is Unit.NATURAL else calendar
        self._start = start
        self._promised = limit
        self._pauses = tuple(pauses)
        self._meter = Meter(self._calendar, start, self._pauses)

    @cached_property
    def limit(self) -> timedelta:
        """The counted time of the limit.

        For whole working days, what is counted between the start and the due time; while a pause
        without an end stands, as if it had never begun, so that it moves no level before it.
        """
        if self._promised.unit is Unit.WORKDAYS:
            return self._meter.unstopped(self._meter.closing(int(self._promised.amount)))
        return self._promised.time(self._calendar.standard_day)

    def due(self, now: datetime | None = None) -> datetime | None:
        """Return when the limit ends (UTC): `at(1)`.

        Whole working days end at the closing of the n-th working day after the start's date, not
        counting a day on which a pause holds just before closing. So a pause never makes the due
        time earlier, splitting one changes nothing, and the due time never falls in a pause.
        """
        return self.at(1, now)

    def at(self, share: Share, now: datetime | None = None) -> datetime | None:
        """Return when `share` of the limit has been counted (UTC), before or after the due time.

        Raises ClockError for a negative share.
        """
        if share < 0:
            raise ClockError(f"a level is a share of the limit from 0 on, not {share}")
        count = self._as_of(now)
        return count._meter.reach(part(count.limit, share))

    def beside(self, offset: timedelta) -> datetime | None:
        """Return when the limit and `offset` more have been counted (UTC); before it if negative.

        None when that lies before the start, or beyond a pause without an end.
        """
        amount = self.limit + offset
        return None if amount < timedelta() else self._meter.reach(amount)

    def used(self, now: datetime) -> timedelta:
        """Return the counted time from the start to `now`."""
        return self._meter.used(now)

    def remaining(self, now: datetime) -> timedelta:
        """Return the counted time from `now` to the due time; negative after it."""
        return self._as_of(now).limit - self.used(now)

    def paused(self, now: datetime) -> bool:
        """Say whether the count stands still at `now` because of a pause."""
        return self._meter.paused(now)

    def counts_from(self) -> datetime | None:
        """Return the first counted instant (UTC): not the start if that is closed or paused."""
        return self._meter.counts_from()

    def _as_of(self, now: datetime | None) -> Count:
        """Return this count with a pause without an end ended at `now`, if that is given."""
        if now is None or all(pause.end for pause in self._pauses):
            return self
        now = utc(now)
        ended = (Pause(p.start, p.end or max(p.start, now)) for p in self._pauses)
        return Count(self._calendar, self._start, self._promised, ended)


def unpaused(calendar: Calendar, limit: Limit) -> Callable[[datetime], datetime]:
    """What `Count(calendar, start, limit).due()` answers for a start, prepared for very many."""
    if limit.unit is Unit.WORKDAYS:
        days = int(limit.amount)
        return lambda start: calendar.closing(start, days)
    counted_by = ROUND_THE_CLOCK if limit.unit is Unit.NATURAL else calendar
    amount = limit.time(calendar.standard_day)
    return lambda start: counted_by.add(start, amount)


def part(whole: timedelta, share: Share) -> timedelta:
    """Return `share` of `whole`, to the nearest microsecond, without floating point in between."""
    return timedelta(microseconds=round((whole // timedelta.resolution) * Fraction(share)))


def percent(whole: timedelta, hundredths: int) -> timedelta:
    """The same as `part` for whole per cent, several times as quick: for many clocks at once."""
    whole_part, rest = divmod((whole // timedelta.resolution) * hundredths, 100)
    up = rest > 50 or (rest == 50 and whole_part % 2 == 1)
    return timedelta(microseconds=whole_part + up)
