"""预约提醒: the customer is told the evening before; the rows decide what is due."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from applications.models import KIND, Application, Job
from applications.visits.rows import spoken
from applications.visits.windows import WAITS
from notifications import outbox
from waterdesk.core import policy

KEY = "visit.reminder.customer"
BATCH = 200


def remind(now: datetime) -> int:
    """Tell whoever has an appointment tomorrow; returns how many messages were made.

    One that is noticed when the window has begun is not told any more. Twice at once tells once.
    """
    told = 0
    while (batch := _remind_some(now)) is not None:
        told += batch
    return told


@transaction.atomic
def _remind_some(now: datetime) -> int | None:
    """How many of the next batch were told; None when nothing is due."""
    due = Job.objects.filter(remind_at__lte=now).order_by("remind_at")
    rows = list(
        due.select_related("case").select_for_update(skip_locked=True, of=("self",))[:BATCH]
    )
    if not rows:
        return None
    cases = Application.objects.select_related("handler").in_bulk([job.case_id for job in rows])
    wanted = [job for job in rows if job.state in WAITS and job.window_from > now]
    outbox.queue([_notice(job, cases[job.case_id]) for job in wanted], now)
    Job.objects.filter(pk__in=[job.pk for job in rows]).update(remind_at=None)
    return len(wanted)


def _notice(job: Job, case: Application) -> outbox.Notice:
    rules = policy.current()
    handler = case.handler
    context = {
        "name": case.name,
        "number": case.number,
        "service": rules.subject(KIND, case.subject),
        "address": case.address,
        "job": job.name,
        "window": spoken(job.window_from, job.window_to),
        "handler_phone": (handler.phone if handler else "") or rules.utility.hotline,
        "hotline": rules.utility.hotline,
        "utility": rules.utility.name,
        "link": f"{settings.SITE_URL}/track/{case.number}/",
    }
    return outbox.Notice(
        key=KEY,
        occurrence=f"visit:{job.pk}:{job.window_from.isoformat()}",
        user_id=None,
        phone=case.phone,
        context=context,
        case=case.number,
        expires=job.window_to,
    )
