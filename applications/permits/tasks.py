"""What the worker does for permits. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from applications.permits.reminding import remind


@shared_task(name="applications.remind_of_permits")
def remind_of_permits() -> int:
    """Every ten minutes. Tells the leads once of each filing; returns the messages made."""
    return remind(timezone.now())
