"""The incidents that are worked on, as the map draws them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tickets.incidents.near import OPEN
from tickets.models import Incident
from waterdesk.core import policy

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# A city has a few at once; more would be no map.
MOST = 500


def features(user: User, now: datetime) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of those with a position that this person may see."""
    rules = policy.current()
    rows = Incident.objects.visible_to(user).filter(status__in=OPEN, lat__isnull=False)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
                "properties": {
                    "name": f"{rules.subject(row.kind, row.subject)} {row.number}",
                    "url": reverse("case", args=[row.number]),
                    "letter": "S",
                    "tone": "bad" if row.handler_id is None else "warn",
                },
            }
            for row in rows.order_by("-pk")[:MOST]
        ],
    }
