"""/desk/cases/: every case this person may see, newest first, and finding one among them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waterdesk.core import inputs, numbering
from waterdesk.core import policy as policies
from waterdesk.core.flow import flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

PAGE_ROWS = 50
# Names and addresses are not indexed: they are looked for among this many newest cases. *chosen*
TEXT_SEARCHED = 20_000
SEARCH_LENGTH = 60

STANDS: list[Choice] = [("open", _("在办")), ("closed", _("已结"))]
EXPLANATIONS: list[Choice] = [(code, text) for code, text in Case.Explanation.choices if code]
WHOSE: list[Choice] = [("me", _("我经办的"))]


@require_safe
@desk_only
def cases(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    query = request.GET
    visible = Case.objects.visible_to(request.user)
    wanted = inputs.text(query.get("q", "")[:SEARCH_LENGTH], SEARCH_LENGTH)
    if number := exact_number(wanted, visible):
        return redirect("case", number)
    found, bounded = search(narrowed(visible, request.user, query, rules), wanted)
    page = paging.by_id(found.select_related("handler"), query, PAGE_ROWS)
    context = {
        "lines": rows.of_cases(page.rows, rules, request.now),
        "filters": filters(request.user, query, rules),
        "q": wanted,
        "bounded": TEXT_SEARCHED if bounded else 0,
        "is_filtered": bool(wanted or any(query.get(name) for name in FILTERS)),
        "after": paging.link(query, after=page.after, before="") if page.after else "",
        "before": paging.link(query, before=page.before, after="") if page.before else "",
    }
    return render(request, "web/cases.html", context)


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


def search(cases: QuerySet[Case], wanted: str) -> tuple[QuerySet[Case], bool]:
    """Cases by number (its beginning), phone (all digits), else name or address.

    The second value says that only the newest TEXT_SEARCHED cases were looked through.
    """
    if not wanted:
        return cases, False
    number = tidy_number(wanted)
    if re.fullmatch(r"[A-Z]\d+", number):
        return cases.filter(number__startswith=number), False
    digits = inputs.digits(wanted)
    if re.fullmatch(r"\d{5,}", digits):
        return cases.filter(phone=digits), False
    # Two steps, because a bound inside one statement does not keep the database from reading all.
    last = cases.order_by("-pk").values_list("pk", flat=True)[TEXT_SEARCHED - 1 : TEXT_SEARCHED]
    text = Q(name__icontains=wanted) | Q(address__icontains=wanted)
    return cases.filter(text, pk__gte=next(iter(last), 0)), True


def exact_number(wanted: str, visible: QuerySet[Case]) -> str:
    """The number of the one case that is meant, with or without its letter; "" if none is."""
    number = tidy_number(wanted)
    tries = [number] if number[:1].isalpha() else [flow.prefix + number for flow in flows()]
    tries = [each for each in tries if numbering.looks_right(each)]
    if not tries:
        return ""
    return visible.filter(number__in=tries).values_list("number", flat=True).first() or ""


def tidy_number(text: str) -> str:
    """A case number as typed or read out: width, case, blanks and hyphens make no difference."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


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
