"""Incidents on the hotline beside whoever asks: what is worked on where the caller lives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tickets.console.covering import Line, Where
from tickets.incidents import sorts
from tickets.incidents.near import OPEN, SHOWN, WITHIN
from tickets.models import Incident
from waterdesk.core import policy
from waterdesk.core.flow import status_of
from waterdesk.core.places import ground

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


def lines(where: Where, user: User, now: datetime) -> list[Line]:
    """The open incidents of the same area, the newest first. One query at most.

    None for a fault that may be the same one: the form itself offers to join it.
    """
    area = where.area or (ground.current().area_at(where.point) if where.point else None)
    if area is None or sorts.of(where.subject) is not None:
        return []
    rows = Incident.objects.visible_to(user).filter(status__in=OPEN, area=area.pk)
    rows = rows.filter(opened_at__gte=now - WITHIN).order_by("-pk")[:SHOWN]
    rules = policy.current()
    return [
        Line(
            rules.subject(row.kind, row.subject),
            _("%(stage)s，%(address)s")
            % {"stage": status_of(row).label, "address": row.address or area.name},
            url=reverse("case", args=[row.number]),
        )
        for row in rows
    ]
