"""/desk/projects/found/: how many demands were found before they were asked, and which."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.projects import found
from applications.projects.pages.guard import for_readers
from waterdesk.core.errors import NotFound
from waterdesk.core.policy import current

SHOWN = 200


@require_safe
@for_readers
def figures(request: HttpRequest) -> HttpResponse:
    months = found.months(request.user, timezone.localdate(request.now))
    asked, foreseen = sum(m.all for m in months), sum(m.found for m in months)
    context = {
        "months": months,
        "asked": asked,
        "foreseen": foreseen,
        "share": foreseen * 100 // asked if asked else None,
    }
    return render(request, "projects/found.html", context)


@require_safe
@for_readers
def of_month(request: HttpRequest, year: int, month: int, which: str) -> HttpResponse:
    """The applications behind one figure: all, or those that were found."""
    if not (1 <= month <= 12 and 2000 <= year <= 2100 and which in ("all", "found")):
        raise NotFound
    first = date(year, month, 1)
    rows = found.of_month(request.user, first, foreseen=which == "found")
    rules = current()
    context = {
        "first": first,
        "only_found": which == "found",
        "count": rows.order_by().count(),
        "lines": [
            {"case": case, "area": rules.areas[case.area_id].name, "project": _project(case)}
            for case in rows.select_related("found_as")[:SHOWN]
        ],
        "shown": SHOWN,
    }
    return render(request, "projects/found_month.html", context)


def _project(case: object) -> object | None:
    return getattr(case, "found_as", None)
