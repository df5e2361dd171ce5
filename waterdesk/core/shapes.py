"""The replay of clocks that no pause holds now, by shape: most of a million have few shapes.

What the calendar, the limit and the rungs not passed yet have in common is reckoned once; what is
left for each clock is two steps along its calendar. core.clocks says the same of every clock, and
a law holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from waterdesk.core import ladders
from waterdesk.core.clocks import limit_of
from waterdesk.core.policy import Policy
from waterdesk.sla.calendar import ROUND_THE_CLOCK, Calendar
from waterdesk.sla.clock import Pause, Unit, percent
from waterdesk.sla.meter import Meter

Figures = tuple[str, datetime, bool, datetime | None, int | None, datetime | None]
"""state, due_at, provisional, next_at, next_level, breached_at"""
Key = tuple[int, str, int, int, int, int]
"""calendar, unit, hundredths of the amount and of what was granted, ladder, passed rungs"""

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Shape:
    """`limit` is None for whole working days, whose time depends on the hour they start."""

    calendar: Calendar
    limit: timedelta | None
    days: int
    shares: tuple[int, ...]
    minutes: tuple[int, ...]
    certain_until: datetime | None
    next: tuple[timedelta, int] | None

    def figures(self, started: datetime, fell: datetime | None) -> Figures:
        """The figures of an open clock of this shape that no pause stopped; raises CalendarError.

        `fell` is when it passed 100 %, if it did.
        """
        calendar = self.calendar
        if self.limit is None:
            due = calendar.closing(started, self.days)
            following = _following(calendar.elapsed(started, due), self.shares, self.minutes)
        else:
            due, following = calendar.add(started, self.limit), self.next
        next_at = calendar.add(started, following[0]) if following else None
        return self._said(due, next_at, following, fell)

    def paused(self, started: datetime, fell: datetime | None, pauses: Iterable[Pause]) -> Figures:
        """The same of one that these pauses stopped, all of which have ended."""
        meter = Meter(self.calendar, started, pauses)
        if self.limit is None:
            due = meter.closing(self.days)
            following = _following(meter.unstopped(due), self.shares, self.minutes)
        else:
            due, following = meter.reach(self.limit), self.next
        next_at = meter.reach(following[0]) if following else None
        return self._said(due, next_at, following, fell)

    def _said(
        self,
        due: datetime,
        next_at: datetime | None,
        following: tuple[timedelta, int] | None,
        fell: datetime | None,
    ) -> Figures:
        return (
            "running" if fell is None else "breached",
            due,
            self.certain_until is not None and due >= self.certain_until,
            next_at,
            following[1] if following else None,
            fell,
        )


class Shapes:
    """The shapes that were met so far, under one set of rules."""

    def __init__(self, rules: Policy) -> None:
        self.rules = rules
        self.known: dict[Key, Shape] = {}

    def learn(self, key: Key, ladder: Iterable[Mapping[str, Any]]) -> None:
        """Know the shape of this key from now on; `ladder` is what its number stands for."""
        calendar_id, unit, hundredths, granted, _, passed = key
        if calendar_id not in self.rules.calendars:
            return  # whoever looks closely is told
        calendar = ROUND_THE_CLOCK if unit == Unit.NATURAL else self.rules.calendars[calendar_id]
        promised = limit_of(Decimal(hundredths).scaleb(-2), Decimal(granted).scaleb(-2), unit)
        ahead = [
            ladders.level_of(rung) for place, rung in enumerate(ladder) if not passed >> place & 1
        ]
        shares = tuple(level for level in ahead if ladders.minutes_of(level) is None)
        minutes = tuple(level for level in ahead if level not in shares)
        limit = None
        if promised.unit is not Unit.WORKDAYS:
            limit = promised.time(calendar.standard_day)
        self.known[key] = Shape(
            calendar,
            limit,
            int(promised.amount),
            shares,
            minutes,
            None if unit == Unit.NATURAL else self.rules.certain_until[calendar_id],
            None if limit is None else _following(limit, shares, minutes),
        )


def _following(
    limit: timedelta, shares: tuple[int, ...], minutes: tuple[int, ...]
) -> tuple[timedelta, int] | None:
    """The rung that falls next: how much is counted by then, and its level."""
    # A larger share falls later, so that only the first one counts.
    amounts = [(percent(limit, level), level) for level in shares[:1]]
    for level in minutes:
        amount = limit + timedelta(minutes=ladders.minutes_of(level) or 0)
        if amount >= NOTHING:
            amounts.append((amount, level))
            break
    return min(amounts, default=None)
