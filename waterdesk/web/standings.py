"""/desk/standing/: what services left behind – what ends soon, what is to be looked at again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from applications.catalogue import held
from applications.models import Standing
from applications.standing.showing import Shown, show
from waterdesk.core import policy as policies
from waterdesk.core import wording
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.core.visibility import visible
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

PAGE_ROWS = 50
MOST_COUNTED = 9999
SOON = timedelta(days=30)

IN_FORCE, ENDING, REVIEW, ENDED = "in-force", "ending", "review", "ended"
STANDS: list[Choice] = [
    (IN_FORCE, gettext_lazy("有效")),
    (ENDING, gettext_lazy("30 天内到期")),
    (REVIEW, gettext_lazy("待复核")),
    (ENDED, gettext_lazy("已终止")),
]
FILTERS = ("stand", "kind", "area")


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    rules, today = policies.current(), timezone.localdate(request.now)
    stand = chosen(request.GET, "stand", STANDS)
    narrow = narrowed(request, rules)
    found = stands(narrow, stand, today)
    page = paging.by_id(found.select_related("case__handler"), request.GET, PAGE_ROWS)
    context = {
        "lines": [line(row, rules, today) for row in page.rows],
        "stats": [counted(request, narrow, code, label, today) for code, label in STANDS],
        "filters": filters(request, rules),
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
    }
    offer = LISTING.offer(request, reverse("standing-csv"))
    return render(request, "web/standings.html", context | offer)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list as it is narrowed."""
    rules, today = policies.current(), timezone.localdate(request.now)
    found = stands(narrowed(request, rules), chosen(request.GET, "stand", STANDS), today)
    return LISTING.answer(request, found.order_by("-pk").select_related("case"))


def narrowed(request: HttpRequest, rules: Policy) -> QuerySet[Standing]:
    """Those whose cases this person may see, of the kind and area in the address."""
    everything = Standing.objects.all()
    rows = visible(everything, request.user, phone="case__phone", area="case__area")
    if kind := chosen(request.GET, "kind", kinds()):
        rows = rows.filter(kind=kind)
    if area := chosen(request.GET, "area", area_choices(request.user, rules)):
        under = areas_under(area, rules)
        rows = rows if under is None else rows.filter(case__area__in=under)
    return rows


def stands(rows: QuerySet[Standing], stand: str, today: date) -> QuerySet[Standing]:
    """Those that stand so `today`; "" is all of them."""
    match stand:
        case "in-force":
            return rows.exclude(state=Standing.State.ENDED)
        case "ending":
            soon = rows.exclude(state=Standing.State.ENDED)
            return soon.filter(ends_on__lte=today + SOON)
        case "review":
            return rows.filter(review_on__lte=today)
        case "ended":
            return rows.filter(state=Standing.State.ENDED)
    return rows


def counted(
    request: HttpRequest, rows: QuerySet[Standing], code: str, label: Any, today: date
) -> dict[str, Any]:
    """One figure above the list, which leads to what it counted."""
    count = paging.capped(stands(rows, code, today), MOST_COUNTED)
    return {
        "label": label,
        "number": paging.in_words(count, MOST_COUNTED),
        "url": paging.link(request.GET, stand=code, after="", before=""),
        "tone": "warn" if count and code in (ENDING, REVIEW) else "plain",
    }


def kinds() -> list[Choice]:
    """Everything that some service leaves, each once."""
    leaves = (service.leaves for service in held.services())
    return sorted({each.kind: each.name for each in leaves if each is not None}.items())


def filters(request: HttpRequest, rules: Policy) -> list[dict[str, Any]]:
    user: User = request.user
    offered: dict[str, tuple[str, list[Choice]]] = {
        "stand": (_("状态"), STANDS),
        "kind": (_("种类"), kinds()),
        "area": (_("片区"), area_choices(user, rules)),
    }
    return [
        {
            "name": name,
            "label": label,
            "choices": choices,
            "value": chosen(request.GET, name, choices),
        }
        for name, (label, choices) in offered.items()
    ]


def line(row: Standing, rules: Policy, today: date) -> dict[str, Any]:
    shown: Shown = show(row, today)
    return {
        "row": row,
        "case": row.case,
        "area": rules.areas[row.case.area_id].name,
        "shown": shown,
    }


def _lines(rows: list[Standing], request: HttpRequest) -> list[dict[str, Any]]:
    rules, today = policies.current(), timezone.localdate(request.now)
    return [line(row, rules, today) for row in rows]


def _because(told: dict[str, Any]) -> str:
    row = told["row"]
    return row.get_ended_because_display() if row.ended_because else ""


LISTING = Listing(
    "standing",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("种类"), lambda told: told["row"].name),
        Column(gettext_lazy("姓名"), lambda told: told["case"].name),
        Column(gettext_lazy("联系电话"), lambda told: told["case"].phone, wording.mask_phone),
        Column(gettext_lazy("户号"), lambda told: told["row"].account),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("开始日期"), lambda told: told["row"].begins_on),
        Column(gettext_lazy("有效期至"), lambda told: told["row"].ends_on),
        Column(gettext_lazy("复核日期"), lambda told: told["row"].review_on),
        Column(gettext_lazy("状态"), lambda told: told["shown"].state),
        Column(gettext_lazy("终止日期"), lambda told: told["row"].ended_on),
        Column(gettext_lazy("终止原因"), _because),
    ),
    _lines,
    lambda told: told["case"].number,
)
