"""What the worker does for the hotline. The rows decide what is due; a tick only looks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tickets.calls import taking
from tickets.dispatch import lapsing
from tickets.incidents import telling
from tickets.outages import reminding
from tickets.outages import telling as outages


@shared_task(name="tickets.end_lost_calls")
def end_lost_calls() -> int:
    """Every minute. Ends the calls of which no end was told within the limit; returns how many."""
    return taking.end_lost(timezone.now())


@shared_task(name="tickets.lapse_sendings")
def lapse_sendings() -> int:
    """Every quarter of a minute. Goes on with what nobody accepted in time; returns how many."""
    return lapsing.lapse(timezone.now())


@shared_task(name="tickets.tell_progress")
def tell_progress() -> int:
    """Every few seconds. Tells the callers how far their incident has come; returns how many."""
    return telling.tell(timezone.now())


@shared_task(name="tickets.tell_outages")
def tell_outages() -> int:
    """Every few seconds. Goes on with what is still to be told of outages; returns the messages."""
    return outages.tell(timezone.now())


@shared_task(name="tickets.remind_of_outages")
def remind_of_outages() -> int:
    """Every minute. The rows say when staff are reminded of an outage; returns the messages."""
    return reminding.remind(timezone.now())
