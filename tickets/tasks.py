"""What the worker does for the hotline. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tickets.calls import taking
from tickets.outages import reminding, telling


@shared_task(name="tickets.end_lost_calls")
def end_lost_calls() -> int:
    """Every minute. Ends the calls of which no end was told within the limit; returns how many."""
    return taking.end_lost(timezone.now())


@shared_task(name="tickets.tell_outages")
def tell_outages() -> int:
    """Every few seconds. Goes on with what is still to be told of outages; returns the messages."""
    return telling.tell(timezone.now())


@shared_task(name="tickets.remind_of_outages")
def remind_of_outages() -> int:
    """Every minute. The rows say when staff are reminded of an outage; returns the messages."""
    return reminding.remind(timezone.now())
