"""What the worker does for projects. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from applications.projects.reminding import remind


@shared_task(name="applications.remind_of_projects")
def remind_of_projects() -> int:
    """Every ten minutes. Tells of each reminder once; returns the messages made."""
    return remind(timezone.now())
