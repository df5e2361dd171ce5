"""What a pattern asks for: which days, and whose turn it is. No query, nothing is written."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from waterdesk.core.models.rota import Pattern

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy
    from waterdesk.sla.calendar import Calendar

DAY = timedelta(days=1)
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Wanted:
    """One shift that a pattern asks for."""

    day: date
    user_id: int
    starts_at: datetime
    ends_at: datetime


def wanted(pattern: Pattern, policy: Policy) -> list[Wanted]:
    """The shifts of a pattern by the work calendar of its area as it is known now, by day."""
    calendar = policy.calendars[policy.calendar_of(pattern.area_id)]
    return [
        Wanted(day, pattern.people[turn % len(pattern.people)], *hours(pattern, day))
        for day, turn in _turns(pattern, calendar)
    ]


def hours(pattern: Pattern, day: date) -> tuple[datetime, datetime]:
    """From when until when the shift of a day goes; not later than it starts is the next day."""
    ends_on = day if pattern.ends > pattern.starts else day + DAY
    return _at(day, pattern.starts), _at(ends_on, pattern.ends)


def all_days(pattern: Pattern) -> list[date]:
    """Every date from the first to the last day of a pattern, or until it was withdrawn."""
    last = pattern.last
    if pattern.withdrawn_from is not None:
        last = min(last, pattern.withdrawn_from - DAY)
    return [pattern.first + n * DAY for n in range((last - pattern.first).days + 1)]


def digest(pattern: Pattern) -> str:
    """The same for patterns that say the same."""
    said: list[Any] = [
        pattern.area_id, pattern.people, str(pattern.starts), str(pattern.ends), pattern.on,
        sorted(pattern.weekdays), pattern.every, str(pattern.first), str(pattern.last),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _turns(pattern: Pattern, calendar: Calendar) -> Iterator[tuple[date, int]]:
    """The days of a pattern, each with how many of its kind came before."""
    on = Pattern.On(pattern.on)
    passed: dict[bool, int] = defaultdict(int)
    for day in all_days(pattern):
        if (day - pattern.first).days % pattern.every:
            continue
        if pattern.weekdays and day.weekday() not in pattern.weekdays:
            continue
        working = on != Pattern.On.ALL and calendar.is_working_day(day)
        if on == (Pattern.On.OFF if working else Pattern.On.WORKING):
            continue
        yield day, passed[working]
        passed[working] += 1


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
