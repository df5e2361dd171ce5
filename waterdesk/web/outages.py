"""Outages as customers meet them: on the first page, where they apply, beside their case."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from tickets.outages import covering, public
from tickets.outages.covering import Covered
from waterdesk.core import policy
from waterdesk.core.models.cases import Case
from waterdesk.core.places import points

# The places of so many of the newest cases are looked at. *chosen*
CASES = 20


def here(request: HttpRequest) -> list[Covered]:
    """The outages that cover a signed-in customer's own places, each once."""
    user, at = getattr(request, "user", None), request.now
    if user is None or not user.is_authenticated or user.is_desk:
        return []
    known = public.known(at)
    if not (known.now or known.coming):
        return []
    found: dict[int, Covered] = {}
    standing = covering.standing(at)
    places = Case.objects.visible_to(user).order_by("-id").values_list("lat", "lon", "area_id")
    for lat, lon, area_id in dict.fromkeys(places[:CASES]):
        point = None if lat is None else points.Point(lat, lon)
        for each in covering.among(standing, point, policy.current().areas[area_id], at):
            found.setdefault(each.outage.pk, each)
    return list(found.values())


def of_case(case: Case, at: datetime) -> list[Covered]:
    """The outages that a case lies in."""
    known = public.known(at)
    if not (known.now or known.coming):
        return []
    return covering.covering(points.of_row(case), policy.current().areas[case.area_id], at)


def under_way(at: datetime) -> int:
    """How many there are now, anywhere."""
    return len(public.known(at).now)
