"""The referee: counts opening time by looking at the wall clock, step after step.

Deliberately naive. It shares no line with the arithmetic it judges, and is right wherever starts,
windows and pauses lie on the grid of its step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Windows = Sequence[tuple[int, int]]
Pauses = Sequence[tuple[datetime, datetime]]

PATIENCE = 20_000
"""Steps after which the walker gives up."""


@dataclass
class Walker:
    """A calendar as the walker reads it, and the length of its step."""

    weekly: Mapping[int, Windows]
    days: Mapping[date, Windows] = field(default_factory=dict)
    tz: str = "Asia/Shanghai"
    step: timedelta = timedelta(minutes=1)

    def is_open(self, instant: datetime) -> bool:
        local = instant.astimezone(ZoneInfo(self.tz))
        windows = self.days.get(local.date(), self.weekly.get(local.weekday(), ()))
        second = local.hour * 3600 + local.minute * 60 + local.second
        return any(opens <= second < closes for opens, closes in windows)

    def counts(self, instant: datetime, pauses: Pauses) -> bool:
        return self.is_open(instant) and not any(p <= instant < r for p, r in pauses)

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
        now, counted = start.astimezone(UTC), timedelta()
        while now < end:
            counted += self.step * self.counts(now, pauses)
            now += self.step
        return counted

    def add(self, start: datetime, amount: timedelta, pauses: Pauses = ()) -> datetime:
        now = start.astimezone(UTC)
        for _ in range(PATIENCE):
            if amount <= timedelta():
                return now
            amount -= self.step * self.counts(now, pauses)
            now += self.step
        raise AssertionError("the walker is tired")

    def closing(self, start: datetime, days: int, pauses: Pauses = ()) -> datetime:
        """The civil count: walk on, and note each date's last open step once the date is over."""
        zone = ZoneInfo(self.tz)
        now = start.astimezone(UTC)
        today, last_open, left = now.astimezone(zone).date(), None, days
        for _ in range(PATIENCE):
            day = now.astimezone(zone).date()
            if day > today:
                if last_open and self.counts(last_open, pauses):
                    left -= 1
                    if not left:
                        return last_open + self.step
                today, last_open = day, None
            if self.is_open(now) and day > start.astimezone(zone).date():
                last_open = now
            now += self.step
        raise AssertionError("the walker is tired")
