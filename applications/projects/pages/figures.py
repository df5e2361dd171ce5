"""/desk/projects/found/: how many demands were found before they were asked, and which."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from applications.models import Application
from applications.projects import found
from applications.projects.pages.guard import for_readers
from waterdesk.core.errors import NotFound
from waterdesk.core.lists import Column, Listing
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
    rows = rows.select_related("found_as")
    if LISTING.asked(request):
        return LISTING.answer(request, rows)
    context = {
        "first": first,
        "only_found": which == "found",
        "count": rows.order_by().count(),
        "lines": _lines(rows[:SHOWN], request),
        "shown": SHOWN,
    }
    return render(request, "projects/found_month.html", context | LISTING.offer(request))


def _lines(cases: Iterable[Application], request: HttpRequest) -> list[dict[str, Any]]:
    rules = current()
    return [
        {
            "case": case,
            "area": rules.areas[case.area_id].name,
            "project": getattr(case, "found_as", None),
        }
        for case in cases
    ]


LISTING = Listing(
    "projects-found",
    (
        Column(_("办件"), lambda told: told["case"].number),
        Column(_("客户"), lambda told: told["case"].name),
        Column(_("登记时间"), lambda told: told["case"].opened_at),
        Column(_("片区"), lambda told: told["area"]),
        Column(_("项目编号"), lambda told: getattr(told["project"], "code", "")),
        Column(_("前置项目"), lambda told: getattr(told["project"], "name", "")),
    ),
    _lines,
)
