"""Outages for the tests, put down and announced the way the desk does."""

from __future__ import annotations

from typing import Any

from tests.core.places.ground import square
from tests.factories import DAY, HOUR, MONDAY_0900, staff
from tickets.models import Outage
from tickets.outages import doing
from waterdesk.core.models import Area

# Around IN_EAST_1, inside the grid.
DRAWN = square("east-1", 124.015, 28.005)["geometry"]


def facts(**over: Any) -> dict[str, Any]:
    """A planned outage of six hours on Wednesday, told of on Monday."""
    return {
        "kind": "planned",
        "geometry": None,
        "starts_at": MONDAY_0900 + 2 * DAY,
        "ends_at": MONDAY_0900 + 2 * DAY + 6 * HOUR,
        "reason": "主管改造",
        "points": [],
        "contact": "",
        "contact_phone": "",
        "case": None,
    } | over


def put_down(*areas: str, by: Any = None, at: Any = MONDAY_0900, **over: Any) -> Outage:
    """In the eastern grid, unless told otherwise."""
    chosen = Area.objects.filter(code__in=areas or ("east-1",))
    return doing.create(facts(**over), chosen, by=by or staff("agent"), at=at)


def announced(*areas: str, at: Any = MONDAY_0900, by: Any = None, **over: Any) -> Outage:
    outage = put_down(*areas, at=at, by=by, **over)
    return doing.announce(outage.pk, by=by or staff("agent"), at=at)


def sudden(*areas: str, at: Any = MONDAY_0900, **over: Any) -> Outage:
    """A burst: the water is gone now and back in four hours."""
    given = {"kind": "sudden", "starts_at": at, "ends_at": at + 4 * HOUR, "reason": "爆管"}
    return announced(*areas, at=at, **given | over)
