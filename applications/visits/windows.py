"""Which windows there are for a case, and which of them still have room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Job, VisitWindow
from waterdesk.core.errors import Conflict, Invalid, Message
from waterdesk.core.policy import DAYS, Policy
from waterdesk.sla.calendar import Calendar

WAITS = (Job.State.WAITING.value, Job.State.READY.value)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Slot:
    """One window of one day; `left` is how many more can be booked for it in the case's grid."""

    starts: datetime
    ends: datetime
    left: int

    @property
    def hours(self) -> str:
        return "–".join(f"{timezone.localtime(each):%H:%M}" for each in (self.starts, self.ends))

    @property
    def code(self) -> str:
        return f"{self.starts.isoformat()}/{self.ends.isoformat()}"


def rows_for(area_id: int, policy: Policy) -> list[VisitWindow]:
    """The windows of the nearest area on the way up that has any."""
    way_up = policy.above(area_id)
    rows = list(VisitWindow.objects.filter(active=True, area__in=way_up).order_by("starts"))
    nearest = next((each for each in way_up if any(row.area_id == each for row in rows)), None)
    return [row for row in rows if row.area_id == nearest]


def offered(case: Application, policy: Policy, at: datetime) -> list[Slot]:
    """What can be booked for the case at `at`, full ones with it, in order; two queries."""
    rows = rows_for(case.area_id, policy)
    calendar = policy.calendars[policy.calendar_of(case.area_id)]
    found = sorted(
        (span, row)
        for row in rows
        for span in _spans(row, calendar.tz, at)
        if _refused(row, span, calendar, at) is None
    )
    if not found:
        return []
    taken = booked(case, found[0][0][0], found[-1][0][1])
    return [Slot(*span, left=max(0, row.capacity - _at(span, taken))) for span, row in found]


def booked(case: Application, since: datetime, until: datetime, but: str = "") -> list[Span]:
    """The appointments in the case's grid that touch these times, without that of its job `but`."""
    rows = Job.objects.filter(
        state__in=WAITS,
        window_from__lt=until,
        # Nobody waits longer than a day; it gives the index both ends.
        window_from__gt=since - timedelta(days=1),
        window_to__gt=since,
        case__area=case.area_id,
    )
    if but:
        rows = rows.exclude(case=case.pk, code=but)
    return list(rows.values_list("window_from", "window_to"))


def claim(case: Application, code: str, span: Span, policy: Policy, at: datetime) -> None:
    """Hold the window for this job, or say why it cannot be had: Invalid, or Conflict where full.

    Of two at once the second waits here until the first has committed. Call it in the door.
    """
    row = _row(case, span, policy)
    calendar = policy.calendars[policy.calendar_of(case.area_id)]
    if wrong := _refused(row, span, calendar, at):
        raise Invalid(wrong, fields={"window_from": wrong})
    assert row is not None
    # Locked after the case, as everything that hangs on one.
    locked = VisitWindow.objects.select_for_update(no_key=True).get(pk=row.pk)
    if _at(span, booked(case, *span, but=code)) >= locked.capacity:
        raise Conflict(_("这个时段已约满，请选择其他时段。"))


def change_hours(case: Application, job: Job, policy: Policy) -> int:
    """Until how many hours before its appointment a customer may change it."""
    if job.window_from is None or job.window_to is None:
        return 0
    row = _row(case, (job.window_from, job.window_to), policy)
    return row.change_hours if row is not None else 0


def _row(case: Application, span: Span, policy: Policy) -> VisitWindow | None:
    tz = policy.calendars[policy.calendar_of(case.area_id)].tz
    day = span[0].astimezone(tz).date()
    return next((row for row in rows_for(case.area_id, policy) if _on(row, day, tz) == span), None)


def _spans(row: VisitWindow, tz: ZoneInfo, at: datetime) -> Iterator[Span]:
    today = at.astimezone(tz).date()
    for ahead in range(row.days_ahead + 1):
        if span := _on(row, today + timedelta(days=ahead), tz):
            yield span


def _on(row: VisitWindow, day: date, tz: ZoneInfo) -> Span | None:
    """The window on this day, or None where it is not offered on such a weekday."""
    if DAYS[day.weekday()] not in row.days:
        return None
    starts, ends = (
        timezone.make_aware(datetime.combine(day, time), tz) for time in (row.starts, row.ends)
    )
    return starts, ends


def _refused(
    row: VisitWindow | None, span: Span, calendar: Calendar, at: datetime
) -> Message | None:
    """Why these times cannot be booked at `at`, be there room or not; None when they can."""
    starts, ends = span
    if starts <= at:
        return _("这个时间已经过了，请选择以后的时段。")
    if row is None:
        return _("没有这个预约时段，请从列表中选择。")
    if calendar.elapsed(starts, ends) != ends - starts:
        return _("这一天或这个时段不上班，请选择其他时段。")
    if starts < at + timedelta(minutes=row.notice_minutes):
        return _("请至少提前 %(minutes)d 分钟预约。") % {"minutes": row.notice_minutes}
    day, today = (each.astimezone(calendar.tz).date() for each in (starts, at))
    if (day - today).days > row.days_ahead:
        return _("最多提前 %(days)d 天预约。") % {"days": row.days_ahead}
    return None


def _at(span: Span, taken: Iterable[Span]) -> int:
    return sum(starts < span[1] and span[0] < ends for starts, ends in taken)
