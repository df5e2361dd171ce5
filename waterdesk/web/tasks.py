"""What the worker does for the pages: reports, and what is cleared away each night.

Nothing that is cleared away belongs to a case or its record.
"""

from __future__ import annotations

import time

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from waterdesk.core.reports import files, subscribing, working
from waterdesk.web.reports import making

# Who came in and who was turned away is kept for at least six months (网络安全法 第二十一条).
LOG_DAYS = 200
# What a worker left of a file that it did not finish: by then it is dead.
PART_SECONDS = 24 * 3600


@shared_task(name="web.tidy")
def tidy() -> None:
    """Remove expired sessions and old sign-in logs. Running it twice, or never, does no harm."""
    call_command("clearsessions")
    call_command("axes_reset_logs", age=LOG_DAYS, verbosity=0)
    files.tidy(time.time() - PART_SECONDS)


@shared_task(name="web.make_reports")
def make_reports() -> int:
    """Nudged, and every minute. Begins what is due and makes what waits; the rows decide."""
    now = timezone.now()
    subscribing.begin_due(now)
    return working.work(now, making.make)


@shared_task(name="web.recount_reports")
def recount_reports() -> int:
    """Each night. Says which reports are counted otherwise by now; their files stay."""
    return working.recount(timezone.now(), making.differing)
