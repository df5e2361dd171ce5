"""A week of the roster as a table: its days with their names, its rows, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from waterdesk.core import duty
from waterdesk.core.duty.cover import Gap, asked_for, smallest
from waterdesk.core.flow import Label
from waterdesk.core.models.duty import Shift
from waterdesk.core.policy import Policy
from waterdesk.core.wording import WEEKDAYS
from waterdesk.web.roster.common import DAY, midnight, named
from waterdesk.web.year_view import kind_of


@dataclass(frozen=True, slots=True)
class Head:
    """One day: `kind` is off or make-up by a notice, rest on a free weekday, "" on a workday."""

    day: date
    kind: str
    name: str
    today: bool

    @property
    def label(self) -> str:
        return named(self.day)

    @property
    def weekday(self) -> Label:
        return WEEKDAYS[self.day.weekday()]

    @property
    def is_free(self) -> bool:
        return self.kind in ("off", "rest")


def heads(days: list[date], area_id: int, rules: Policy, now: datetime) -> list[Head]:
    """The days by the work calendar of an area."""
    calendar_id = rules.calendar_of(area_id)
    special, calendar = rules.special_days.get(calendar_id, {}), rules.calendars[calendar_id]
    today, found = timezone.localtime(now).date(), []
    for day in days:
        row, open_ = special.get(day), calendar.is_working_day(day)
        kind = "" if open_ else "rest"
        if row is not None:
            usual = calendar.weekly[day.weekday()]
            kind = kind_of(row, [list(map(str, pair)) for pair in usual])
        found.append(Head(day, kind, row.name if row else "", day == today))
    return found


def rows(
    shifts: Iterable[Shift], vacant: set[int], days: list[Head], rules: Policy, now: datetime
) -> list[dict[str, Any]]:
    """One row an area and role; a shift stands on every day that it touches."""
    found: dict[tuple[str, str], list[Shift]] = {}
    for shift in shifts:
        found.setdefault((shift.area.code, shift.role), []).append(shift)
    return [
        {
            "area": held[0].area,
            "role": held[0].get_role_display(),
            "days": [
                {
                    "head": own,
                    "differs": own.kind != head.kind,
                    "cells": [
                        _cell(each, own.day, each.pk in vacant, now)
                        for each in held
                        if _touches(each, own.day)
                    ],
                }
                for head, own in zip(
                    days, _own_heads(held[0].area_id, days, rules, now), strict=True
                )
            ],
        }
        for _key, held in sorted(found.items())
    ]


def open_hours(
    areas: list[int], shifts: Iterable[Shift], days: list[Head], rules: Policy, now: datetime
) -> list[list[dict[str, Any]]]:
    """For each day the areas nobody is on duty for, and when; of what is past nothing is said.

    All areas when a ladder counts on a roster, else only those that have a shift in this week.
    """
    held = {shift.area_id for shift in shifts}
    if not asked_for(rules):
        small = [each for each in smallest(areas, rules) if held.intersection(rules.above(each))]
        above = {up for each in small for up in rules.above(each)}
        areas = [each for each in areas if each in above]
    since, until = max(midnight(days[0].day), now), midnight(days[-1].day + DAY)
    found = duty.gaps(areas, rules, since, until) if since < until and areas else []
    return [[_open(gap, head, rules) for gap in found if _touches(gap, head.day)] for head in days]


def _open(gap: Gap, head: Head, rules: Policy) -> dict[str, Any]:
    tone = "bad" if head.is_free else "warn"
    return {"area": rules.areas[gap.area_id], "times": _times(gap, head.day), "tone": tone}


def _own_heads(area_id: int, days: list[Head], rules: Policy, now: datetime) -> list[Head]:
    return heads([head.day for head in days], area_id, rules, now)


def _cell(shift: Shift, day: date, is_vacant: bool, now: datetime) -> dict[str, Any]:
    return {
        "times": _times(shift, day),
        "shift": shift,
        "span": duty.span(shift),
        "over": shift.ends_at <= now,
        "vacant": is_vacant,
        "on": not is_vacant
        and shift.starts_at <= now < shift.ends_at
        and day == timezone.localtime(now).date(),
    }


def _times(what: Shift | Gap, day: date) -> str:
    """When it is on one day: what goes over midnight is cut there, as a roster shows it."""
    start, end = timezone.localtime(what.starts_at), timezone.localtime(what.ends_at)
    since = f"{start:%H:%M}" if start.date() == day else "00:00"
    until = f"{end:%H:%M}" if end.date() == day else "24:00"
    return f"{since}–{until}"


def _touches(what: Shift | Gap, day: date) -> bool:
    return what.starts_at < midnight(day + DAY) and what.ends_at > midnight(day)
