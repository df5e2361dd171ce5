"""What the worker does for contracts. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from applications.contracts.reminding import remind


@shared_task(name="applications.remind_unsigned")
def remind_unsigned() -> int:
    """Every ten minutes. Returns how many customers were reminded of an unsigned contract."""
    return remind(timezone.now())
