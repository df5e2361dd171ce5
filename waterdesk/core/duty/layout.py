"""A pattern against the roster as it is: what laying it out would add, and what it cannot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from waterdesk.core.duty import cover, rules
from waterdesk.core.duty.days import Wanted, all_days, hours
from waterdesk.core.errors import Message
from waterdesk.core.models.duty import Shift
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Leave, Pattern

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Row:
    """One day of a preview: `state` is new, same (laid out already), past, or clash, and why."""

    wanted: Wanted
    user: User | None
    state: str
    why: Message = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A pattern against the roster as it is: what would be added, and the days left open."""

    rows: tuple[Row, ...]
    open_days: tuple[date, ...]

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if row.state == "new"]

    @property
    def clashes(self) -> list[Row]:
        return [row for row in self.rows if row.state == "clash"]

    @property
    def seen(self) -> str:
        """A digest of what would be done, to tell whether a preview still holds."""
        said = [(str(r.wanted.day), r.wanted.user_id, r.state, str(r.why)) for r in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()


def layout_of(
    pattern: Pattern,
    days: list[Wanted],
    people: dict[int, User],
    stands: Pattern | None,
    at: datetime,
    policy: Policy,
) -> Layout:
    """Each wanted day against the shifts and the leave there are; three queries and the gaps'."""
    if not days:
        return Layout((), ())
    first, last = days[0].starts_at, max(each.ends_at for each in days)
    taken = Shift.objects.touching(first, last).filter(user__in=people).select_related("area")
    away = Leave.objects.filter(user__in=people, starts_at__lt=last, ends_at__gt=first)
    busy: dict[int, list[Shift | Leave]] = {}
    for each in [*away, *taken]:
        busy.setdefault(each.user_id, []).append(each)
    laid = set(stands.shifts.values_list("day", flat=True)) if stands else set()
    rows = tuple(_row(each, people.get(each.user_id), busy, laid, at) for each in days)
    return Layout(rows, _open_days(pattern, rows, at, policy))


def _row(
    day: Wanted,
    user: User | None,
    busy: dict[int, list[Shift | Leave]],
    laid: set[date | None],
    at: datetime,
) -> Row:
    if day.day in laid:
        return Row(day, user, "same")
    if day.ends_at <= at:
        return Row(day, user, "past")
    if user is None or not rules.is_watcher(user):
        return Row(day, user, "clash", _("此人不能值班。"))
    for other in busy.get(user.pk, ()):
        if other.starts_at < day.ends_at and other.ends_at > day.starts_at:
            said = {"time": rules.span(other)}
            if isinstance(other, Leave):
                return Row(day, user, "clash", _("请假 %(time)s") % said)
            said["area"] = str(other.area)
            return Row(day, user, "clash", _("%(area)s已有班次 %(time)s") % said)
    return Row(day, user, "new")


def _open_days(
    pattern: Pattern, rows: tuple[Row, ...], at: datetime, policy: Policy
) -> tuple[date, ...]:
    """The days of the period in whose hours somebody is missing even after the layout."""
    days = [(day, *hours(pattern, day)) for day in all_days(pattern)]
    days = [(day, start, end) for day, start, end in days if end > at]
    if not days:
        return ()
    manned = cover.spans_by_area(days[0][1], days[-1][2])
    there = [span for up in policy.above(pattern.area_id) for span in manned[up]]
    there += [(r.wanted.starts_at, r.wanted.ends_at) for r in rows if r.state == "new"]
    open_ = cover.holes(there, max(days[0][1], at), days[-1][2])
    return tuple(day for day, start, end in days if any(s < end and e > start for s, e in open_))
