"""A holiday notice for one work calendar: what it would change, and putting it into force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from waterdesk.core import calendar_check, policy
from waterdesk.core.calendar_check import NeverOpens
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.models.calendars import CalendarDay, WorkCalendar
from waterdesk.core.readings import Difference, Scope
from waterdesk.core.recompute import Outcome, differences, recompute
from waterdesk.sla.calendar import Calendar

if TYPE_CHECKING:
    from waterdesk.core.notice_files import Day, Notice
    from waterdesk.core.policy import Policy

# From this day of the year on, next year's notice is expected (domain: October to December).
EXPECTED = (11, 1)

Windows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one day: new, changed, conflict, gone, or same.

    A conflict is a day of the notice's own year that somebody else's source says otherwise of.
    """

    kind: str
    date: date
    name: str
    windows: Windows
    before: CalendarDay | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A notice against the days of a calendar as they are."""

    calendar: WorkCalendar
    notice: Notice
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> list[Change]:
        return [change for change in self.changes if change.kind == "conflict"]

    @property
    def differs(self) -> bool:
        """Whether anything is left to do; nothing is when the notice is in force already."""
        return any(change.kind != "same" for change in self.changes)

    @property
    def published_until(self) -> date:
        """Where the published schedule ends afterwards; it never goes back."""
        return max(self.calendar.published_until or date.min, date(self.notice.year, 12, 31))

    @property
    def scope(self) -> Scope:
        """The clocks that this plan can move at all: few, when next year's days are loaded.

        Days that stand already count too: whoever applied them may have been cut short.
        """
        first = min(change.date for change in self.changes)
        start = datetime.combine(first, time.min, ZoneInfo(self.calendar.tz))
        return Scope(calendar_id=self.calendar.pk, first=start)

    @property
    def seen(self) -> str:
        """A digest of everything that would be done, to tell whether a preview still holds."""
        said = [(c.kind, str(c.date), c.name, c.windows) for c in self.changes]
        text = repr((self.calendar.code, self.notice.source, str(self.published_until), said))
        return hashlib.sha256(text.encode()).hexdigest()

    def rules(self, rules: Policy) -> Policy:
        """These rules as if the notice were in force already."""
        pk = self.calendar.pk
        before: Calendar = rules.calendars[pk]
        days: dict[date, object] = dict(before.days)
        for change in self.changes:
            days.pop(change.date, None)
            if change.kind != "gone":
                days[change.date] = policy.read_windows(change.windows)
        weekly = dict(enumerate(before.weekly))
        after = Calendar(weekly, days, tz=before.tz)
        return replace(
            rules,
            calendars={**rules.calendars, pk: after},
            published_until={**rules.published_until, pk: self.published_until},
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """What putting a notice into force did: days written or taken away, and the clocks."""

    days: int
    clocks: Outcome


def plan(notice: Notice, code: str) -> Plan:
    """What this notice would change in the calendar of this code; nothing is written.

    Raises NotFound for a calendar there is not, Invalid for one that follows no notices, and for
    a year whose predecessor is not published yet.
    """
    return _plan(notice, _calendar(code))


def moves(planned: Plan) -> Iterator[Difference]:
    """The open clocks that the plan would change, as they are and as they would be."""
    policy.look_again()
    rules = planned.rules(policy.current())
    return differences(rules, planned.scope)


def apply(
    notice: Notice, code: str, now: datetime, *, override: bool = False, seen: str = ""
) -> Applied:
    """Write the days, move `published_until` on, and replay the clocks in batches.

    The days are one transaction. A run that is killed after it is finished by `recompute`; doing
    it again writes nothing. `override` lets the notice win over conflicting days. `seen` is the
    digest of the plan a person agreed to. Raises Conflict when another one stands now, and what
    `plan` does.
    """
    with transaction.atomic():
        planned = _plan(notice, _calendar(code, lock=True))
        if seen and seen != planned.seen and planned.differs:
            raise Conflict(_("预览之后日历已被他人修改，请重新核对。"))
        if planned.conflicts and not override:
            days = _("、").join(str(change.date) for change in planned.conflicts)
            raise Invalid(
                _("与日历中另有出处的日期冲突：%(days)s。") % {"days": days},
                fields={"override": _("请确认以本通知为准，或先修改日历。")},
            )
        written = _write(planned)
        calendar = planned.calendar
        calendar.published_until = planned.published_until
        calendar.save(update_fields=["published_until"])
    return Applied(written, recompute(now, planned.scope))


def overdue(rules: Policy, today: date) -> list[int]:
    """The calendars that lack what should be published by `today`: this year, or from 1 November
    on the next one; by id, those that some area works by."""
    wanted = today.year + 1 if (today.month, today.day) >= EXPECTED else today.year
    used = {area.calendar_id for area in rules.areas.values()}
    return [
        pk
        for pk, until in rules.published_until.items()
        if pk in used and until is not None and until < date(wanted, 12, 31)
    ]


def _calendar(code: str, *, lock: bool = False) -> WorkCalendar:
    rows = WorkCalendar.objects.select_for_update(no_key=True) if lock else WorkCalendar.objects
    calendar = rows.filter(code=code).first()
    if calendar is None:
        raise NotFound(_("没有这份工作日历。"))
    return calendar


def _plan(notice: Notice, calendar: WorkCalendar) -> Plan:
    until = calendar.published_until
    if until is None:
        raise _refused(_("这份日历与放假安排无关，不能载入通知。"))
    if notice.year > until.year + 1:
        raise _refused(_("请先载入 %(year)d 年的通知。") % {"year": until.year + 1})
    stands: Mapping[date, CalendarDay] = {
        day.date: day
        for day in calendar.days.filter(
            date__range=(date(notice.year - 1, 12, 1), date(notice.year, 12, 31))
        )
    }
    usual = calendar.weekly.get("mon") or next(filter(None, calendar.weekly.values()), [])
    if not usual and any(day.windows is None for day in notice.days):
        raise _refused(
            _("日历“%(name)s”没有每周时段，通知须写明调休上班日的时段。") % {"name": calendar.name}
        )
    changes = [_change(day, notice, usual, stands.get(day.date)) for day in notice.days]
    named = {day.date for day in notice.days}
    changes += [
        Change("gone", row.date, row.name, row.windows, row)
        for row in stands.values()
        if row.date not in named and row.source == notice.source
    ]
    planned = Plan(calendar, notice, tuple(sorted(changes, key=lambda change: change.date)))
    _check_opens(planned)
    return planned


def _check_opens(planned: Plan) -> None:
    """Refuse a notice after which the calendar would open no more."""
    row = planned.calendar
    days = dict(row.days.values_list("date", "windows"))
    for change in planned.changes:
        days.pop(change.date, None)
        if change.kind != "gone":
            days[change.date] = change.windows
    try:
        calendar_check.check(row.weekly, days, row.tz, timezone.now())
    except NeverOpens as fault:
        never = _("载入后日历“%(name)s”今后没有任何开放时段。") % {"name": row.name}
        raise _refused(never) from fault


def _change(day: Day, notice: Notice, usual: Windows, row: CalendarDay | None) -> Change:
    windows = usual if day.windows is None else [list(pair) for pair in day.windows]
    if row is None:
        kind = "new"
    elif row.windows == windows:
        kind = "same"
    elif row.source != notice.source and day.date.year == notice.year:
        kind = "conflict"
    else:
        # A notice may change the December before its year, and itself when it is issued anew.
        kind = "changed"
    return Change(kind, day.date, day.name, windows, row)


def _write(planned: Plan) -> int:
    """Write the days of the plan; returns how many are other than before."""
    calendar, source = planned.calendar, planned.notice.source
    gone = [change.date for change in planned.changes if change.kind == "gone"]
    CalendarDay.objects.filter(calendar=calendar, date__in=gone).delete()
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                calendar=calendar, date=c.date, windows=c.windows, name=c.name, source=source
            )
            for c in planned.changes
            if c.kind not in ("gone", "same")
        ],
        update_conflicts=True,
        unique_fields=["calendar", "date"],
        update_fields=["windows", "name", "source"],
    )
    return sum(change.kind != "same" for change in planned.changes)


def _refused(message: str) -> Invalid:
    return Invalid(message, fields={"file": message})
