"""/desk/board/: open clocks by due time, the breached ones first.

Every section reads the index of open clocks by state and due time, a page at a time; nothing is
counted past a cap. The page fetches itself anew every half minute with the filters it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core.flow import Label, flows
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

SECTION_ROWS = 25
PAGE_ROWS = 50
MOST_COUNTED = 1000

SECTIONS: Mapping[str, Label] = {
    Clock.State.BREACHED.value: _("已超时"),
    Clock.State.RUNNING.value: _("计时中"),
    Clock.State.PAUSED.value: _("停表中"),
}
ICONS = {
    Clock.State.BREACHED.value: "stop",
    Clock.State.RUNNING.value: "clock",
    Clock.State.PAUSED.value: "pause",
}
LISTING = Listing(
    "board",
    (*rows.COLUMNS, Column(_("计时"), lambda line: line.face.clock.get_state_display())),
    rows.listed_clocks,
    rows.number,
)
# What a promise's code is called where promises of many kinds of case stand together.
PROMISE_WORDS: Mapping[str, Label] = {
    "two-step": _("受理到办好"),
    "respond": _("响应"),
    "arrive": _("到场"),
    "contain": _("止水、防护"),
    "finish": _("修复、处理"),
    "answer": _("答复"),
    "sign_in": _("签收"),
    "callback": _("承诺回电"),
    "review": _("人工核实"),
    "order": _("转办单回复"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One state's clocks; `more` is the query of the rest of them, "" when these are all."""

    state: str
    title: Label
    lines: list[rows.Line]
    count: str
    more: str

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def id(self) -> str:
        return f"section-{self.state}"


@require_safe
@desk_only
def board(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    query = request.GET
    state = query.get("state", "")
    sections = [state] if state in SECTIONS else list(SECTIONS)
    clocks = filtered(request.user, query, rules)
    if LISTING.asked(request):
        shown = clocks.filter(state__in=sections).select_related("case__handler")
        return LISTING.answer(request, shown.order_by("due_at", "id"))
    context = {
        "sections": [
            section(each, clocks, query, rules, request, alone=len(sections) == 1)
            for each in sections
        ],
        "filters": filters(request.user, query, rules),
        "state": state if state in SECTIONS else "",
        "is_filtered": any(query.get(name) for name in ("area", "kind", "promise", "state")),
        "now": request.now,
        "here": paging.link(query),
        "all": paging.link(query, state="", after=""),
        "first": paging.link(query, after="") if query.get("after") else "",
    }
    template = "web/_board.html" if request.htmx else "web/board.html"
    return render(request, template, context | LISTING.offer(request))


def filtered(user: User, query: QueryDict, rules: Policy) -> QuerySet[Clock]:
    """The open clocks this person may see, narrowed by area, kind and promise."""
    clocks = Clock.objects.visible_to(user).open()
    if area := chosen(query, "area", area_choices(user, rules)):
        under = areas_under(area, rules)
        clocks = clocks if under is None else clocks.filter(area__in=under)
    if kind := chosen(query, "kind", kind_choices()):
        clocks = clocks.filter(case__kind=kind)
    if promise := chosen(query, "promise", promise_choices(rules)):
        clocks = clocks.filter(code=promise)
    return clocks


def section(
    state: str,
    clocks: QuerySet[Clock],
    query: QueryDict,
    rules: Policy,
    request: HttpRequest,
    *,
    alone: bool,
) -> Section:
    """One state's clocks: its first lines, or when it stands alone a page of them."""
    wanted = clocks.filter(state=state)
    page = paging.by_due(
        wanted.select_related("case__handler"),
        query if alone else QueryDict(),
        PAGE_ROWS if alone else SECTION_ROWS,
    )
    more = ""
    if page.after:
        more = paging.link(query, state=state, after=page.after if alone else "")
    return Section(
        state,
        SECTIONS[state],
        rows.of_clocks(page.rows, rules, request.now),
        paging.in_words(paging.capped(wanted, MOST_COUNTED), MOST_COUNTED),
        more,
    )


def kind_choices() -> list[Choice]:
    return [(flow.kind, flow.label) for flow in flows()]


def promise_choices(rules: Policy) -> list[Choice]:
    codes = dict.fromkeys(code for _kind, code in rules.promises)
    return [(code, PROMISE_WORDS.get(code, code)) for code in codes]


def filters(user: User, query: QueryDict, rules: Policy) -> list[dict[str, Any]]:
    """The drop-downs above the board, each with what is chosen."""
    offered = {
        "area": (_("片区"), area_choices(user, rules)),
        "kind": (_("类型"), kind_choices()),
        "promise": (_("承诺"), promise_choices(rules)),
    }
    return [
        {"name": name, "label": label, "choices": choices, "value": chosen(query, name, choices)}
        for name, (label, choices) in offered.items()
    ]
