"""Reminding staff: to announce in time, to say when it begins, and above all when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox
from tickets.models import Outage
from tickets.outages import notice
from waterdesk.core import policy, wording
from waterdesk.core.audiences import Directory, Person

# All *chosen*: how long before the end, how often after it, how long before the last hour of
# announcing; and how many are worked off at once.
BEFORE_END, AGAIN = timedelta(minutes=30), timedelta(hours=1)
BEFORE_NOTICE = timedelta(hours=2)
AT_ONCE = 100


def next_look(outage: Outage, after: datetime) -> datetime | None:
    """When staff are to be reminded next, later than `after`; None when nothing is owed."""
    ends = outage.ends_at
    if outage.state == Outage.State.PLANNED and outage.kind == Outage.Kind.PLANNED:
        moments = [notice.latest(outage) - BEFORE_NOTICE]
    elif outage.state == Outage.State.ANNOUNCED:
        moments = [outage.starts_at, ends]
    elif outage.state == Outage.State.BEGUN:
        late = max(0, int((after - ends) / AGAIN) + 1) if after >= ends else 0
        moments = [ends - BEFORE_END, ends, ends + late * AGAIN]
    else:
        moments = []
    return next((moment for moment in moments if moment > after), None)


@transaction.atomic
def remind(now: datetime) -> int:
    """Tell of what is due; returns the messages made. Repeated, or twice at once, each once."""
    rows = Outage.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    due = list(rows.filter(next_at__lte=now).select_related("created_by")[:AT_ONCE])
    directory = Directory(policy.current())
    made = 0
    for outage in due:
        made += outbox.queue(_notices(outage, directory, now), now)
        outage.next_at = next_look(outage, now)
        outage.save(update_fields=["next_at"])
    return made


def _notices(outage: Outage, directory: Directory, now: datetime) -> Iterator[outbox.Notice]:
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "number": outage.number,
            "what": what_is_owed(outage, now),
            "area": _("、").join(sorted(area.name for area in outage.areas.all())),
            "until": wording.when(outage.ends_at, now),
            "link": f"{settings.SITE_URL}/desk/outages/{outage.pk}/",
            "utility": directory.policy.utility.name,
        }
    for person in _people(outage, directory):
        yield outbox.Notice(
            key="outage.due",
            occurrence=f"outage-due:{outage.pk}:{outage.next_at:%Y%m%dT%H%M%S}",
            user_id=person.user_id,
            phone=person.phone,
            context=context,
        )


def what_is_owed(outage: Outage, now: datetime) -> str:
    """What staff have to do, as one sentence; "" when nothing is late or soon."""
    if outage.state == Outage.State.PLANNED and outage.kind == Outage.Kind.PLANNED:
        latest = notice.latest(outage)
        if latest - BEFORE_NOTICE <= now <= latest:
            return _("最迟 %(latest)s 公告，尚未公告。") % {"latest": wording.when(latest, now)}
    if outage.state == Outage.State.ANNOUNCED and outage.starts_at <= now:
        return _("公告的停水时间已到，请登记是否已停水。")
    if outage.state == Outage.State.BEGUN and outage.ends_at <= now:
        return _("已过公告的恢复时间，请登记恢复供水，或告知新的时间。")
    if outage.state == Outage.State.BEGUN and outage.ends_at - BEFORE_END <= now:
        return _("临近公告的恢复时间，不能按时恢复的请告知新的时间。")
    return ""


def _people(outage: Outage, directory: Directory) -> list[Person]:
    """Who put it down, and the leads of its areas, each once."""
    by = outage.created_by
    found = [Person(by.pk, by.phone)] if by.is_active else []
    for area in outage.areas.all():
        found += directory.in_charge(area.pk)[1]
    return list(dict.fromkeys(found))
