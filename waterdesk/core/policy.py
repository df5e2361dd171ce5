"""Configuration rows turned into values that are held in memory, and which promise applies.

`current()` is what everything asks. Each process keeps one Policy and reads the rows again when
the utility's revision has moved on; it looks at the revision at most once in POLICY_MAX_AGE.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from waterdesk.core.models.calendars import CalendarDay, WorkCalendar
from waterdesk.core.models.config import Utility
from waterdesk.core.models.people import Area
from waterdesk.core.models.promises import Promise, Reason, Subject
from waterdesk.sla.calendar import Calendar

_Windows = tuple[tuple[int, int], ...]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Policy:
    """All configuration at one revision. Its rows are shared: never change them."""

    utility: Utility
    areas: Mapping[int, Area]
    calendars: Mapping[int, Calendar]
    published_until: Mapping[int, date | None]
    special_days: Mapping[int, Mapping[date, CalendarDay]]
    promises: Mapping[tuple[str, str], tuple[Promise, ...]]
    reasons: Mapping[tuple[str, str], Reason]
    subjects: Mapping[tuple[str, str], Subject]

    @property
    def revision(self) -> int:
        return self.utility.revision

    @cached_property
    def certain_until(self) -> dict[int, datetime | None]:
        """By calendar: the midnight up to which a published schedule covers the days; None: all."""
        return {
            pk: None if until is None else _midnight_after(until)
            for pk, until in self.published_until.items()
        }

    @cached_property
    def _children(self) -> dict[int | None, list[int]]:
        found: dict[int | None, list[int]] = {}
        for area in self.areas.values():
            found.setdefault(area.parent_id, []).append(area.pk)
        return found

    def below(self, area_id: int) -> frozenset[int] | None:
        """The ids of an area and all areas under it; None when that is every area there is."""
        return self._below[area_id] if area_id in self._below else frozenset({area_id})

    @cached_property
    def _below(self) -> dict[int, frozenset[int] | None]:
        found: dict[int, frozenset[int] | None] = {}
        for area_id in self.areas:
            seen, todo = {area_id}, [area_id]
            while todo:
                fresh = self._children.get(todo.pop(), [])
                seen.update(fresh)
                todo.extend(fresh)
            found[area_id] = None if len(seen) == len(self.areas) else frozenset(seen)
        return found

    def above(self, area_id: int | None) -> list[int]:
        """The ids of an area and everything over it, the area itself first."""
        chain = []
        while area_id is not None:
            chain.append(area_id)
            area_id = self.areas[area_id].parent_id
        return chain

    def calendar_of(self, area_id: int) -> int:
        """The id of the calendar an area works by: its own, or the nearest one above.

        Raises LookupError when no area on the way up has one: a fault of configuration.
        """
        for each in self.above(area_id):
            calendar_id = self.areas[each].calendar_id
            if calendar_id is not None:
                return calendar_id
        raise LookupError(f"no calendar for area {area_id}")

    def locate(self, address: str) -> Area | None:
        """The area an address lies in, or None when it names no place that is known.

        The deepest area named wins; of two equally deep ones the one whose own branch is named
        as well (the same street name may lie in two districts), then the longer name.
        """
        named = {
            area.pk: max(len(place) for place in (area.name, *area.places) if place in address)
            for area in self.areas.values()
            if any(place in address for place in (area.name, *area.places) if place)
        }
        if not named:
            return None

        def weight(area_id: int) -> tuple[int, int, int]:
            way_up = self.above(area_id)
            return len(way_up), sum(each in named for each in way_up), named[area_id]

        return self.areas[max(named, key=weight)]

    def company_of(self, area_id: int) -> str:
        """The name of the company that serves an area: the nearest one over it.

        What lies under no company but the one over everything has the utility's own name.
        """
        for each in self.above(area_id):
            area = self.areas[each]
            if area.level == Area.Level.COMPANY and area.parent_id is not None:
                return area.name
        return self.utility.name

    def area_coded(self, code: str) -> Area | None:
        return next((area for area in self.areas.values() if area.code == code), None)

    @property
    def root(self) -> Area:
        """The company that stands over everything (the first, where there are several)."""
        return self.areas[self._children[None][0]]

    def promise(
        self, kind: str, code: str, facts: Mapping[str, Any], at: datetime
    ) -> Promise | None:
        """The row in effect at `at` whose conditions all hold; the most specific one wins.

        What is promised to an area is promised to all areas below it; the nearest one wins.
        """
        if home := self.area_coded(facts.get("area", "")):
            facts = {**facts, "area": tuple(self.areas[each].code for each in self.above(home.pk))}
        fitting = [
            row
            for row in self.promises.get((kind, code), ())
            if row.effective_from <= at
            and (row.effective_until is None or at < row.effective_until)
            and holds(row.conditions, facts)
        ]
        return max(
            fitting,
            key=lambda row: (
                specificity(row.conditions, self._depth),
                row.effective_from,
                row.version,
            ),
            default=None,
        )

    def _depth(self, code: str) -> int:
        area = self.area_coded(code)
        return len(self.above(area.pk)) if area else 0

    def reason(self, use: str, code: str) -> str:
        row = self.reasons.get((use, code))
        return row.label if row else code

    def subject(self, kind: str, code: str) -> str:
        """What a case is about, in words; the code itself when the row is gone."""
        row = self.subjects.get((kind, code))
        return row.name if row else code


def specificity(conditions: Mapping[str, Any], depth: Callable[[str], int]) -> tuple[int, int]:
    """How much a row says: first how many conditions it has, then how deep its area lies."""
    areas = conditions.get("area", [])
    named = areas if isinstance(areas, list) else [areas]
    return len(conditions), min(map(depth, named), default=0)


def holds(conditions: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether every condition is met: equal, one of a list, or below/at least (_lt, _gte).

    A fact that is a tuple is several at once, an area and those above it: one of them will do.
    """
    for key, wanted in conditions.items():
        if key.endswith("_lt"):
            value = facts.get(key[:-3])
            met = value is not None and value < wanted
        elif key.endswith("_gte"):
            value = facts.get(key[:-4])
            met = value is not None and value >= wanted
        else:
            value = facts.get(key)
            several = value if isinstance(value, tuple) else (value,)
            met = any(
                each in wanted if isinstance(wanted, list) else each == wanted for each in several
            )
        if not met:
            return False
    return True


_held: Policy | None = None
_looked = 0.0


def current() -> Policy:
    """The configuration in force, at most POLICY_MAX_AGE seconds behind another process's edit."""
    global _held, _looked
    now = time.monotonic()
    if _held is not None and now - _looked < settings.POLICY_MAX_AGE:
        return _held
    utility = Utility.objects.get_or_create(pk=1)[0]
    if _held is None or _held.revision != utility.revision:
        _held = _read(utility)
    _looked = now
    return _held


def look_again() -> None:
    """Have the next `current()` of this process look at the revision, however lately it did.

    Unlike `forget` it is for a process at work: other threads never find nothing held.
    """
    global _looked
    _looked = float("-inf")


def forget() -> None:
    """Drop what is held; the next `current()` reads the rows."""
    global _held
    _held = None


def _read(utility: Utility) -> Policy:
    promises: dict[tuple[str, str], list[Promise]] = {}
    for row in Promise.objects.select_related("ladder"):
        promises.setdefault((row.kind, row.code), []).append(row)
    special: dict[int, dict[date, CalendarDay]] = {}
    for day in CalendarDay.objects.all():
        special.setdefault(day.calendar_id, {})[day.date] = day
    calendars = list(WorkCalendar.objects.all())
    return Policy(
        utility=utility,
        areas=Area.objects.in_bulk(),
        calendars={c.pk: _calendar(c, special.get(c.pk, {})) for c in calendars},
        published_until={c.pk: c.published_until for c in calendars},
        special_days=special,
        promises={key: tuple(rows) for key, rows in promises.items()},
        reasons={(r.use, r.code): r for r in Reason.objects.all()},
        subjects={(s.kind, s.code): s for s in Subject.objects.all()},
    )


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


def read_windows(rows: Iterable[Iterable[str]]) -> list[tuple[int, int]]:
    """Windows as rows keep them, [["08:30", "12:00"], …], in seconds since midnight."""
    return [(_second(opens), _second(closes)) for opens, closes in rows]


def _second(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _calendar(row: WorkCalendar, special: Mapping[date, CalendarDay]) -> Calendar:
    weekly = tuple(tuple(read_windows(row.weekly.get(day, []))) for day in DAYS)
    days = sorted((on, tuple(read_windows(day.windows))) for on, day in special.items())
    return _of_these_hours(weekly, tuple(days), row.tz)


@lru_cache(maxsize=64)
def _of_these_hours(
    weekly: tuple[_Windows, ...], days: tuple[tuple[date, _Windows], ...], tz: str
) -> Calendar:
    """The same hours are the same calendar: the years it laid out serve the next revision, too."""
    return Calendar(dict(enumerate(weekly)), dict(days), tz=tz)


def calendar(weekly: Mapping[str, Any], days: Mapping[date, Any], tz: str) -> Calendar:
    """The calendar of a row's `weekly` windows. Raises CalendarError, a ValueError, for no windows.

    What is not windows at all raises as reading it does: AttributeError, TypeError, ValueError.
    """
    week = {place: read_windows(weekly.get(day, [])) for place, day in enumerate(DAYS)}
    return Calendar(week, days, tz=tz)
