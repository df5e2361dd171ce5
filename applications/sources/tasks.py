"""What the worker does for applications whose facts are to be fetched."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from applications.sources.fetching import fetch_next

# One run does not keep a worker process from other work for longer than this and one application.
RUN_SECONDS = 20.0


@shared_task(name="applications.fetch_facts", ignore_result=True)
def fetch_facts() -> int:
    """Every half minute, and after a nudge. May overlap itself or be skipped: the rows decide."""
    ends, done = time.monotonic() + RUN_SECONDS, 0
    while time.monotonic() < ends and fetch_next(timezone.now()):
        done += 1
    return done
