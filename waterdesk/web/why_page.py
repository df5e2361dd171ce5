"""Why one clock is due when it is: a part of the case page and of the tracking page.

Fetched when somebody asks; without scripts it is a page of its own.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waterdesk.core import explaining
from waterdesk.core import policy as policies
from waterdesk.core.errors import NotFound
from waterdesk.core.grants import looked_up
from waterdesk.core.models.cases import Case
from waterdesk.web.access import desk_only, find
from waterdesk.web.why import Why

UNKNOWN = _("没有找到该计时。")


@require_safe
@desk_only
def case(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _page(request, find(request, number), pk, staff=True)


@require_safe
def track(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """For whoever may look at the case: promised limits alone, without the staff's words."""
    found = looked_up(request, number)
    if found is None:
        raise NotFound
    return _page(request, found, pk, staff=False)


def _page(request: HttpRequest, found: Case, pk: int, *, staff: bool) -> HttpResponse:
    rows = found.clocks.select_related("promise", "calendar")
    clock = (rows if staff else rows.filter(public=True)).filter(pk=pk).first()
    if clock is None:
        raise NotFound(UNKNOWN)
    pauses = found.pauses.select_related("author")
    told = explaining.explain(clock, pauses, policies.current(), request.now, staff=staff)
    context = {
        "case": found,
        "why": Why(told, request.now),
        "staff": staff,
        "back_url": reverse("case" if staff else "track", args=[found.number]),
    }
    name = "web/_why.html" if request.htmx else "web/why.html"
    return render(request, name, context)
