"""The worker's part of delivery."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from notifications.delivery import BATCH, deliver
from notifications.results import delivery as results

# One run does not keep a worker process from other work for longer than this and one batch.
RUN_SECONDS = 20.0


@shared_task(name="notifications.deliver_messages", ignore_result=True)
def deliver_messages() -> int:
    """Every few seconds, and after a nudge. May overlap itself or be skipped: the rows decide."""
    ends = time.monotonic() + RUN_SECONDS
    total = 0
    while True:
        settled = deliver(timezone.now())
        total += settled
        if settled < BATCH or time.monotonic() > ends:
            return total


@shared_task(name="notifications.deliver_results", ignore_result=True)
def deliver_results() -> int:
    """The same for results that leave the desk: goes on until nothing more is due."""
    ends = time.monotonic() + RUN_SECONDS
    total = 0
    while claimed := results.deliver(timezone.now()):
        total += claimed
        if time.monotonic() > ends:
            break
    return total
