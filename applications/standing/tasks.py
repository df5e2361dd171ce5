"""What the worker does for what services left. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from applications.standing.reviewing import review_due
from applications.standing.ticking import tick


@shared_task(name="applications.tend_standings", ignore_result=True)
def tend_standings() -> int:
    """Every ten minutes; may overlap itself or be skipped. Returns how many it has changed."""
    now = timezone.now()
    return tick(now) + review_due(now)
