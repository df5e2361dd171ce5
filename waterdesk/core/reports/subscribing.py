"""Who wants which reports, the reports that are due for them, and telling them: a link, no file."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone, translation

from notifications import outbox
from waterdesk.core import policy
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import NotFound
from waterdesk.core.models.people import User
from waterdesk.core.models.reports import Kind, Report, Subscription
from waterdesk.core.reports import asking

if TYPE_CHECKING:
    from waterdesk.core.models.people import Area
    from waterdesk.core.policy import Policy

# From what time of the day a report is made by itself. *chosen*: after the checks of the night,
# and before anybody is at work.
FROM = time(6)


def subscribe(kind: str, area: str, *, by: User, at: datetime) -> Subscription:
    """Want this kind of report of an area; a second time changes nothing. Raises as `ask` does."""
    asking.may_read(by)
    known = {each.code: each for each in asking.areas_of(by, policy.current())}
    if area not in known:
        raise NotFound
    rows = Subscription.objects
    return rows.get_or_create(user=by, kind=kind, area=known[area], defaults={"at": at})[0]


def unsubscribe(pk: int, *, by: User) -> None:
    """Want it no more; one that is gone already stays gone."""
    Subscription.objects.filter(pk=pk, user=by).delete()


def begin_due(now: datetime) -> int:
    """Begin what subscribers want of the newest period that is over; returns how many are new.

    Whoever runs it, however often, begins each once: a period that has a report is left alone.
    """
    today = timezone.localtime(now)
    if today.time() < FROM:
        return 0
    rules, begun = policy.current(), 0
    for kind, area in sorted(_wanted(rules)):
        period = asking.last(kind, today.date())
        if not Report.objects.filter(kind=kind, since=period.since, area=area).exists():
            asking.begin(kind, period, rules.areas[area], by=None, at=now)
            begun += 1
    return begun


def _wanted(rules: Policy) -> set[tuple[str, int]]:
    rows = Subscription.objects.select_related("user")
    return {(row.kind, row.area_id) for row in rows if _may(row.user, row.area_id, rules)}


def _may(user: User, area_id: int, rules: Policy) -> bool:
    """Whether somebody may read it still: people move on."""
    if not user.is_active or user.role not in JUDGES or area_id not in rules.areas:
        return False
    return area_id in {area.pk for area in asking.areas_of(user, rules)}


def tell(report: Report, now: datetime) -> int:
    """Tell subscribers, and whoever asked, where the report lies; returns the messages made."""
    rules = policy.current()
    rows = Subscription.objects.filter(kind=report.kind, area=report.area_id).select_related("user")
    people = {row.user_id: row.user for row in rows} if report.version == 1 else {}
    if report.by_id is not None:
        people |= User.objects.in_bulk([report.by_id])
    told = [person for person in people.values() if _may(person, report.area_id, rules)]
    context = _said(report, rules.areas[report.area_id], rules)
    return outbox.queue(
        [
            outbox.Notice(
                key="report.ready",
                occurrence=f"report:{report.pk}",
                user_id=person.pk,
                phone=person.phone,
                context=context,
            )
            for person in told
        ],
        now,
    )


def _said(report: Report, area: Area, rules: Policy) -> dict[str, str]:
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "area": area.name,
            "kind": str(Kind(report.kind).label),
            "since": f"{report.since:%Y-%m-%d}",
            "until": f"{report.until:%Y-%m-%d}",
            "link": f"{settings.SITE_URL}/desk/oversight/reports/{report.pk}/",
            "utility": rules.utility.name,
        }
