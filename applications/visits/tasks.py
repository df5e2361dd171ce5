"""What the worker does for appointments. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from applications.visits.reminding import remind


@shared_task(name="applications.remind_of_visits")
def remind_of_visits() -> int:
    """Every ten minutes. Returns how many customers were reminded of an appointment."""
    return remind(timezone.now())
