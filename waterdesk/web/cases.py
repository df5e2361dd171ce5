"""/desk/cases/: every case this person may see, newest first, and finding one among them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core import search
from waterdesk.core.flow import flows
from waterdesk.core.lists import Listing
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

PAGE_ROWS = 50

STANDS: list[Choice] = [("open", _("在办")), ("closed", _("已结"))]
EXPLANATIONS: list[Choice] = [(code, text) for code, text in Case.Explanation.choices if code]
WHOSE: list[Choice] = [("me", _("我经办的"))]
LISTING = Listing("cases", rows.COLUMNS, rows.listed, rows.number)


@require_safe
@desk_only
def cases(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    query = request.GET
    visible = Case.objects.visible_to(request.user)
    wanted = search.tidy(query.get("q"))
    if number := search.exact_number(wanted, visible):
        return redirect("case", number)
    found, bounded = narrowed(visible, request.user, query, rules), False
    if wanted:
        found, bounded = search.narrow(found, wanted)
    found = found.select_related("handler")
    if LISTING.asked(request):
        return LISTING.answer(request, found.order_by("-pk"))
    page = paging.by_id(found, query, PAGE_ROWS)
    context = {
        "lines": rows.of_cases(page.rows, rules, request.now),
        "filters": filters(request.user, query, rules),
        "q": wanted,
        "bounded": bounded,
        "is_filtered": bool(wanted or any(query.get(name) for name in FILTERS)),
        "after": paging.link(query, after=page.after, before="") if page.after else "",
        "before": paging.link(query, before=page.before, after="") if page.before else "",
    }
    return render(request, "web/cases.html", context | LISTING.offer(request))


FILTERS = ("kind", "status", "area", "stand", "explanation", "whose")


def narrowed(cases: QuerySet[Case], user: User, query: QueryDict, rules: Policy) -> QuerySet[Case]:
    """The cases that meet every filter in the address; what is no choice is left out."""
    if kind := chosen(query, "kind", kind_choices()):
        cases = cases.filter(kind=kind)
    if status := chosen(query, "status", status_choices(kind)):
        kind, _dot, status = status.partition(".")
        cases = cases.filter(kind=kind, status=status)
        if not is_final(kind, status):
            # True anyhow, and lets the index of open cases serve.
            cases = cases.open()
    if area := chosen(query, "area", area_choices(user, rules)):
        under = areas_under(area, rules)
        cases = cases if under is None else cases.filter(area__in=under)
    match chosen(query, "stand", STANDS):
        case "open":
            cases = cases.open()
        case "closed":
            cases = cases.filter(closed_at__isnull=False)
    if explanation := chosen(query, "explanation", EXPLANATIONS):
        cases = cases.filter(explanation=explanation)
    if chosen(query, "whose", WHOSE):
        cases = cases.filter(handler=user)
    return cases


def kind_choices() -> list[Choice]:
    return [(flow.kind, flow.label) for flow in flows()]


def status_choices(kind: str = "") -> list[Choice]:
    """Statuses as kind.status; with a kind only those of that kind, else each with its kind."""
    return [
        (f"{flow.kind}.{code}", status.label if kind else f"{flow.label} · {status.label}")
        for flow in flows()
        if kind in ("", flow.kind)
        for code, status in flow.statuses.items()
    ]


def is_final(kind: str, status: str) -> bool:
    return next(flow for flow in flows() if flow.kind == kind).statuses[status].final


def filters(user: User, query: QueryDict, rules: Policy) -> list[dict[str, Any]]:
    kind = chosen(query, "kind", kind_choices())
    offered: dict[str, tuple[Any, list[Choice]]] = {
        "kind": (_("类型"), kind_choices()),
        "status": (_("状态"), status_choices(kind)),
        "area": (_("片区"), area_choices(user, rules)),
        "stand": (_("进展"), STANDS),
        "explanation": (_("超时说明"), EXPLANATIONS),
        "whose": (_("经办"), WHOSE),
    }
    return [
        {"name": name, "label": label, "choices": choices, "value": chosen(query, name, choices)}
        for name, (label, choices) in offered.items()
    ]
