"""/desk/search/: cases and addresses that a question means, as a page and as a part of one.

A console asks by POST, so that no number and no address stands in a server's log.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from waterdesk.core import policy, search
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import status_of
from waterdesk.core.models.people import User
from waterdesk.core.places import near, placing, points
from waterdesk.web.access import desk_only

# A door opens on the street it stands at: as far as a tap of a finger may miss. *chosen*
REACH_M = 100
OFFERED = 4
SUGGESTED = 8


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def search_page(request: HttpRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    context = found(request.user, search.tidy(asked.get("q"))) | {"now": request.now}
    return render(request, "web/_found.html" if request.htmx else "web/found.html", context)


def found(user: User, text: str) -> dict[str, Any]:
    """What the page shows: at most five queries."""
    rules = policy.current()
    cases = search.cases(user, text) if text else []
    return {
        "q": text,
        "cases": [
            {
                "case": each.case,
                "subject": rules.subject(each.case.kind, each.case.subject),
                "area": rules.areas[each.case.area_id].name,
                "status": status_of(each.case),
                "why": each.reasons,
            }
            for each in cases
        ],
        "addresses": search.addresses(text) if text else [],
    }


@require_POST
@desk_only
def suggest(request: HttpRequest) -> HttpResponse:
    """Addresses of the book for what is typed so far as an address: one query, none for little."""
    text = search.tidy(request.POST.get("address"))
    return render(request, "web/_addresses.html", {"addresses": search.addresses(text, SUGGESTED)})


@require_POST
@desk_only
def at_point(request: HttpRequest) -> HttpResponse:
    """What is at a point that was picked: its area, and the addresses of the book around it."""
    context: dict[str, Any] = {}
    try:
        point = points.point(request.POST.get("lat"), request.POST.get("lon"))
        if point is None:
            raise Invalid(_("请先在地图上选一个位置。"))
        placed = placing.place("", point)
        context["area"] = placed.area if placed.sure == placing.Sure.INSIDE else None
        context["around"] = near.addresses(point, REACH_M)[:OFFERED]
    except Invalid as refusal:
        context["refusal"] = refusal.message
    return render(request, "web/_at_point.html", context)
