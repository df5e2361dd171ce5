"""A year of a work calendar as a picture: twelve small months, and its special days in words."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from waterdesk.core import notices, policy, wording
from waterdesk.core.models.calendars import CalendarDay, WorkCalendar

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Cell:
    """One date: `kind` is off, make-up, hours (other hours than its weekday), rest, or open."""

    date: date
    kind: str
    name: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month, weeks from Monday, None filling up; `certain` when its schedule is published."""

    label: str
    weeks: list[list[Cell | None]]
    certain: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row with one name, one set of hours and one source."""

    first: date
    last: date
    name: str
    kind: str
    hours: str
    source: str


def year_of(row: WorkCalendar, year: int, days: Iterable[CalendarDay], today: date) -> list[Month]:
    """The twelve months of a year; `days` are the calendar's special days in it."""
    special = {day.date: day for day in days}
    sheets = months.Calendar(firstweekday=months.MONDAY)
    until = row.published_until
    found = []
    for number in range(1, 13):
        weeks = [
            [_cell(row, day, special, today) if day.month == number else None for day in week]
            for week in sheets.monthdatescalendar(year, number)
        ]
        last = date(year, number, months.monthrange(year, number)[1])
        certain = until is None or last <= until
        found.append(Month(str(wording.MONTHS[number - 1]), weeks, certain))
    return found


def _cell(row: WorkCalendar, day: date, special: Mapping[date, CalendarDay], today: date) -> Cell:
    usual = row.weekly.get(policy.DAYS[day.weekday()], [])
    differs = special.get(day)
    if differs is None:
        return Cell(day, "open" if usual else "rest", today=day == today)
    return Cell(day, kind_of(differs, usual), differs.name, today=day == today)


def kind_of(day: CalendarDay, usual: list[list[str]]) -> str:
    if not day.windows:
        return "off"
    return "hours" if usual else "make-up"


def stretches(row: WorkCalendar, days: Iterable[CalendarDay]) -> list[Stretch]:
    """The special days in order, those that follow each other and are alike as one."""
    found: list[Stretch] = []
    for day in sorted(days, key=lambda each: each.date):
        kind = kind_of(day, row.weekly.get(policy.DAYS[day.date.weekday()], []))
        hours = "  ".join("–".join(pair) for pair in day.windows)
        last = found[-1] if found else None
        alike = last is not None and (last.name, last.kind, last.hours, last.source) == (
            day.name, kind, hours, day.source,
        )  # fmt: skip
        if last is not None and alike and day.date - last.last == timedelta(days=1):
            found[-1] = Stretch(last.first, day.date, day.name, kind, hours, day.source)
        else:
            found.append(Stretch(day.date, day.date, day.name, kind, hours, day.source))
    return found


def unpublished(rules: Policy, now: datetime) -> list[dict[str, Any]]:
    """Calendars whose schedule should be known by now and is not: name, code, year, until."""
    missing = notices.overdue(rules, timezone.localdate(now))
    if not missing:
        return []
    return [
        {
            "name": row.name,
            "code": row.code,
            "year": row.published_until.year + 1,
            "until": row.published_until,
        }
        for row in WorkCalendar.objects.filter(pk__in=missing).order_by("code")
    ]
