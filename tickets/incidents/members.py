"""Who belongs to an incident: its own tickets, and those of the incidents merged into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tickets.models.incidents import Incident, Joined

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tickets.models import Ticket

# Whoever merges more incidents into each other than this in a row has made a mistake. *chosen*
DEEPEST = 20


def tree(incident: Incident) -> list[int]:
    """The keys of the incident and of everything merged into it, however deep."""
    found, level = [incident.pk], [incident.pk]
    while level:
        rows = Incident.objects.filter(into__in=level)
        level = [pk for pk in rows.values_list("pk", flat=True) if pk not in found]
        found += level
    return found


def of(incident: Incident) -> QuerySet[Joined]:
    """What is joined now, the first caller first."""
    rows = Joined.objects.filter(incident__in=tree(incident), left_at__isnull=True)
    return rows.order_by("pk")


def joining_of(ticket: Ticket) -> Joined | None:
    """How this ticket belongs to an incident now; None when it does not. One query."""
    rows = Joined.objects.filter(case=ticket, left_at__isnull=True)
    return rows.select_related("incident").first()


def incident_of(ticket: Ticket) -> Incident | None:
    """The incident that is worked on for this ticket."""
    row = joining_of(ticket)
    return root(row.incident) if row else None


def root(incident: Incident) -> Incident:
    """What an incident was merged into in the end; itself when it was not."""
    for _step in range(DEEPEST):
        if incident.into_id is None:
            break
        incident = Incident.objects.get(pk=incident.into_id)
    return incident
