"""临期提醒: before an authority's limit ends, the lead of the case is told, once a filing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications.models import Permit
from notifications import outbox
from waterdesk.core import policy
from waterdesk.core.audiences import Directory

KEY = "permit.due"
BATCH = 200


def remind(now: datetime) -> int:
    """Tell the leads of what is due soon; returns how many messages were made.

    The rows decide: it may run at any time, twice at once, or not at all. One that is answered
    meanwhile is told nobody of.
    """
    told = 0
    while (made := _remind_some(now)) is not None:
        told += made
    return told


@transaction.atomic
def _remind_some(now: datetime) -> int | None:
    """One batch; None when nothing was due."""
    due = Permit.objects.filter(remind_at__lte=now, state=Permit.State.FILED).order_by("remind_at")
    rows = list(
        due.select_related("case").select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    if not rows:
        return None
    directory = Directory(policy.current(), [each.case for each in rows])
    notices = [_notice(each, person) for each in rows for person in _leads(each, directory)]
    for each in rows:
        each.remind_at = None
    Permit.objects.bulk_update(rows, ["remind_at"])
    return outbox.queue(notices, now)


def _leads(permit: Permit, directory: Directory) -> list[int]:
    people = directory.in_charge(permit.case.area_id)[1]
    return [person.user_id for person in people if person.user_id]


def _notice(permit: Permit, user_id: int) -> outbox.Notice:
    return outbox.Notice(
        key=KEY,
        occurrence=f"permit:{permit.pk}:{permit.filed_at:%Y%m%dT%H%M%S}",
        user_id=user_id,
        phone="",
        context={
            "number": permit.case.number,
            "name": permit.name,
            "authority": permit.authority,
            "filed": permit.number,
            "due": f"{timezone.localtime(permit.due_at):%Y-%m-%d %H:%M}",
            "link": f"{settings.SITE_URL}/desk/cases/{permit.case.number}/",
        },
    )
