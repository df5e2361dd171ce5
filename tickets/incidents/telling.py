"""What a stage of an incident means to its callers: a message each, and at the end their finish.

The rows decide what is still to be told. A message is one occurrence of one stage to one number, so
that whoever crashes in between, or does it at the same time, tells nobody twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from notifications import outbox
from notifications.outbox import Notice
from tickets.incidents import members
from tickets.incidents.joining import JOINED, REPAIRED
from tickets.models.incidents import Incident, Joined, Progress
from waterdesk.core import door, policy
from waterdesk.core.door import Doing
from waterdesk.core.errors import DeskError
from waterdesk.core.models.cases import Case

log = logging.getLogger(__name__)

BATCH = 200
KEY = "incident.stage.customer"


def tell(now: datetime, batch: int = BATCH) -> int:
    """Tell the callers of every incident that came further; returns the messages that are new.

    A transaction a batch. Repeating it, or two at once, tells nobody twice and finishes nothing
    twice; an incident that cannot be told of is logged and does not hold up the others.
    """
    told = 0
    for progress in Progress.objects.filter(told_at__isnull=True).select_related("case__handler"):
        told += _tell(progress, now, batch)
    return told


def _tell(progress: Progress, now: datetime, batch: int) -> int:
    incident = members.root(progress.case)
    told, after, done = 0, 0, True
    rows = members.of(incident).filter(seen__lt=progress.pk).select_related("case")
    while found := list(rows.filter(pk__gt=after)[:batch]):
        after = found[-1].pk
        with transaction.atomic():
            told += outbox.queue(_notices(progress, incident, found, now), now)
        if progress.stage == "restored":
            # Each of them, also when one before it is still to be tried again.
            done = sum(_repaired(row.case.number, now) for row in found) == len(found) and done
    if done:
        Progress.objects.filter(pk=progress.pk, told_at__isnull=True).update(told_at=now)
    return told


def _repaired(number: str, now: datetime) -> bool:
    """Finish one joined ticket, in a transaction of its own; False when it is to be tried again."""
    try:
        door.by_desk(number, _to_repair, at=now)
    except DeskError:
        log.exception("%s cannot be finished with its incident", number)
        return False
    return True


def _to_repair(ticket: Case) -> Doing | None:
    """Decided with the ticket locked: it may have been split off, or finished, in between."""
    incident = members.incident_of(ticket) if ticket.status == JOINED else None
    if incident is None or incident.status not in ("restored", "closed"):
        return None
    return Doing(REPAIRED, {"incident": incident.number})


def _notices(
    progress: Progress, incident: Incident, rows: list[Joined], now: datetime
) -> Iterator[Notice]:
    rules = policy.current()
    handler = incident.handler
    with translation.override(settings.LANGUAGE_CODE):
        stage = str(stage_name(progress.stage))
    shared = {
        "incident": incident.number,
        "stage": stage,
        "handler": str(handler or ""),
        "handler_phone": (handler.phone if handler else "") or rules.utility.hotline,
        "result": incident.result,
        "hotline": rules.utility.hotline,
        "utility": rules.company_of(incident.area_id),
    }
    for row in rows:
        ticket = row.case
        yield Notice(
            key=KEY,
            occurrence=f"{incident.number}:stage:{progress.pk}",
            user_id=None,
            phone=ticket.phone,
            context=shared
            | {
                "name": ticket.name,
                "number": ticket.number,
                "category": rules.subject(ticket.kind, ticket.subject),
                "link": f"{settings.SITE_URL}/track/{ticket.number}/",
            },
            case=ticket.number,
            variant=progress.stage,
        )


def stage_name(stage: str) -> object:
    from tickets.incidents.flow import STATUSES

    return STATUSES[stage].label
