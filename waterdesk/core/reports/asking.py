"""Which periods there are, who may ask for a report of one, and its row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from waterdesk.core import periods, policy
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Invalid, NotAllowed, NotFound
from waterdesk.core.models.people import Area
from waterdesk.core.models.reports import Kind, Report
from waterdesk.core.periods import Period

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

WEEK = timedelta(days=7)
# Before this no desk has anything; a year ago must still be a day.
EARLIEST = date(2000, 1, 1)
UNFINISHED = Q(made_at=None, failed_at=None)


def period_of(kind: str, day: date) -> Period:
    """The month or the week, Monday to Sunday, that this day is in."""
    if kind == Kind.MONTH:
        return periods.month(day)
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + WEEK - timedelta(days=1))


def before(kind: str, period: Period) -> Period:
    """The period that ended as this one began."""
    return period_of(kind, period.since - timedelta(days=1))


def year_before(kind: str, period: Period) -> Period:
    """去年同期: the same month, or the week 52 weeks ago."""
    if kind == Kind.MONTH:
        return periods.month(period.since.replace(year=period.since.year - 1))
    return period_of(kind, period.since - 52 * WEEK)


def last(kind: str, today: date) -> Period:
    """The newest period that is over."""
    return before(kind, period_of(kind, today))


def may_read(user: User) -> None:
    if not (user.is_authenticated and user.is_desk and user.role in JUDGES):
        raise NotAllowed


def areas_of(user: User, rules: Policy) -> list[Area]:
    """The areas whose reports somebody may ask for: the own one and those below, by their code."""
    below = rules.below(user.area_id) if user.area_id is not None else None
    if user.area_id is None and not user.is_superuser:
        return []
    found = rules.areas.values()
    return sorted((a for a in found if below is None or a.pk in below), key=lambda area: area.code)


def ask(kind: str, day: date, area: str, *, by: User, at: datetime) -> Report:
    """Have the report of this day's period made; one that is on its way already is given back.

    Asked again after it is made, it is a new version. Raises NotAllowed, NotFound for an area that
    this person does not see, Invalid for a period that is not over.
    """
    may_read(by)
    known = {each.code: each for each in areas_of(by, policy.current())}
    if area not in known:
        raise NotFound(_("没有这个片区。"))
    return begin(kind, period_of(kind, day), known[area], by=by, at=at)


def begin(kind: str, period: Period, area: Area, *, by: User | None, at: datetime) -> Report:
    """The row of a report, in a transaction of its own; two at once get the same one."""
    if period.until >= timezone.localdate(at):
        raise Invalid(fields={"day": _("这段时间还没有结束，结束后才能生成报告。")})
    if period.since < EARLIEST:
        raise Invalid(fields={"day": _("没有这么早的数据。")})
    below = policy.current().below(area.pk)
    with transaction.atomic():
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        same = Report.objects.filter(kind=kind, since=period.since, area=area)
        if standing := same.filter(UNFINISHED).first():
            return standing
        newest = same.aggregate(newest=Max("version"))["newest"] or 0
        return Report.objects.create(
            kind=kind,
            since=period.since,
            until=period.until,
            area=area,
            areas=None if below is None else sorted(below),
            version=newest + 1,
            by=by,
            at=at,
        )


def found(pk: int, user: User) -> Report:
    """The report of this number; NotFound for what this person may not see."""
    may_read(user)
    rows = Report.objects.visible_to(user).select_related("by", "area")
    report = rows.filter(pk=pk).first()
    if report is None:
        raise NotFound(_("没有找到这份报告。"))
    return report


def period(report: Report) -> Period:
    """What it counts: its days, and its areas as they were when it was asked for."""
    areas = None if report.areas is None else frozenset(report.areas)
    return Period(report.since, report.until, areas)
