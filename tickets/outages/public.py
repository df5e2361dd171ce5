"""/outages/: what everybody may know, as a page, as points of a map and as JSON.

The rows are held in the process and read anew when an outage or the utility's data changed, or the
minute did: a whole city asks at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tickets.models import Outage, OutageChange
from tickets.outages import covering, extents, looking
from waterdesk.core import policy
from waterdesk.core.models.people import Area
from waterdesk.core.places import ground

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Known:
    """What may be known at one minute: under way, then to come."""

    minute: datetime
    revision: int
    change: int
    now: tuple[Outage, ...]
    coming: tuple[Outage, ...]


_held: Known | None = None


def known(at: datetime) -> Known:
    """One query while nothing has changed within the minute."""
    global _held
    minute = at.replace(second=0, microsecond=0)
    change = OutageChange.objects.aggregate(newest=Max("pk"))["newest"] or 0
    revision = policy.current().revision
    if _held is None or (_held.minute, _held.revision, _held.change) != (minute, revision, change):
        rows = list(Outage.objects.public(at).prefetch_related("areas").order_by("starts_at", "pk"))
        now = tuple(row for row in rows if covering.is_now(row, at))
        coming = tuple(row for row in rows if not covering.is_now(row, at))
        _held = Known(minute, revision, change, now, coming)
    return _held


def forget() -> None:
    """Drop what is held; the next `known()` reads the rows."""
    global _held
    _held = None


def of_area(rows: tuple[Outage, ...], code: str) -> list[Outage]:
    """Those that touch an area or one below it; all for "" and for a code there is not."""
    area = policy.current().area_coded(code) if code else None
    if area is None:
        return list(rows)
    return [row for row in rows if _touches(row, area)]


def _touches(outage: Outage, area: Area) -> bool:
    here, there = extents.under([area]), extents.under(outage.areas.all())
    return here is None or there is None or bool(here & there)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    code, rules, found = request.GET.get("area", ""), policy.current(), known(request.now)
    branches = sorted(rules.areas.values(), key=lambda area: area.code)
    context = {
        "groups": [
            [looking.line(row, request.now) for row in of_area(rows, code)]
            for rows in (found.now, found.coming)
        ],
        "area": code if rules.area_coded(code) else "",
        "areas": [(area.code, area.name) for area in branches if area.parent_id is not None],
        "now": request.now,
        **looking.map_frame(),
    }
    return render(request, "tickets/outages/public.html", context)


@require_safe
@cache_control(public=True, max_age=SECONDS)
def areas(_request: HttpRequest) -> HttpResponse:
    """The utility's areas, below the outages on the map."""
    return JsonResponse(ground.current().as_geojson())


@require_safe
@cache_control(public=True, max_age=SECONDS)
def as_map(request: HttpRequest) -> HttpResponse:
    found, code = known(request.now), request.GET.get("area", "")
    rows = of_area((*found.now, *found.coming), code)
    return looking.features(rows, request.now)
