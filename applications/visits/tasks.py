"""What the worker does for appointments. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from applications.visits.keeping import keep
from applications.visits.reminding import remind


@shared_task(name="applications.remind_of_visits")
def remind_of_visits() -> int:
    """Every ten minutes. Returns how many customers were reminded of an appointment."""
    return remind(timezone.now())


@shared_task(name="applications.keep_appointments", ignore_result=True)
def keep_appointments() -> int:
    """Every ten minutes. Returns how many appointments got somebody else who is on duty then."""
    return keep(timezone.now())
