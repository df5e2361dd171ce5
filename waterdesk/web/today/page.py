"""/desk/oversight/today/: what a supervisor or a lead looks at first, each with one thing to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from waterdesk.core import policy as policies
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.flow import flow_of, flows
from waterdesk.core.models.cases import Case
from waterdesk.web import move_forms, moving, paging, rows
from waterdesk.web.access import desk_only, find
from waterdesk.web.move_forms import MoveForm, Refused
from waterdesk.web.paging import Page
from waterdesk.web.today import acting
from waterdesk.web.today.acting import ACTIONS, Doing
from waterdesk.web.today.lists import BY_CODE, LISTS, Listing, case_id_of

# A list is taken in at a glance, its page is worked through. *chosen*
SHORT_ROWS, PAGE_ROWS = 5, 50
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list: why it is here, and what may be done."""

    line: rows.Line
    why: str
    doing: Doing


@dataclass(frozen=True, slots=True)
class Shown:
    """One list as a page shows it; `older` leads on."""

    listing: Listing
    count: str
    rows: list[Row]
    older: str = ""

    @property
    def url(self) -> str:
        return reverse("today-list", args=[self.listing.code])

    @property
    def tone(self) -> str:
        return self.listing.tone if self.rows else "plain"


@require_safe
@desk_only
def today(request: HttpRequest) -> HttpResponse:
    """Every list, its first rows. The number of queries does not follow how many there are."""
    _guard(request)
    lists = _shown(request, LISTS, QueryDict(), SHORT_ROWS)
    # What presses stands on the left, and first on a phone.
    context = {"lists": lists, "columns": (lists[:3], lists[3:]), "now": request.now}
    return render(request, "web/today/today.html", context)


@require_safe
@desk_only
def listed(request: HttpRequest, code: str) -> HttpResponse:
    """One list to its end, a page at a time."""
    _guard(request)
    listing = BY_CODE.get(code)
    if listing is None:
        raise NotFound
    shown = _shown(request, [listing], request.GET, PAGE_ROWS)[0]
    context = {
        "shown": shown,
        "newer": paging.link(request.GET, after="") if request.GET.get("after") else "",
        "now": request.now,
    }
    return render(request, "web/today/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One of the moves of these pages on one case: its form, and back to where it was begun."""
    _guard(request)
    if action not in ACTIONS:
        raise NotFound
    case, refused = find(request, number), None
    code = request.GET.get("from", "")
    code = code if code in BY_CODE else ""
    if request.method == "POST":
        refused = moving.make(request, case, action)
        if refused is None:
            return redirect(f"{reverse('today')}#{code}" if code else reverse("today"))
        case = find(request, number)
    rules = policies.current()
    form = _form_of(request, case, action, code, refused)
    context: dict[str, Any] = {
        "line": rows.of_cases([case], rules, request.now)[0],
        "form": form,
        "move": flow_of(case).by_action.get(action),
        "refusal": refused.error.message if refused and not (form and form.open) else "",
        "typed": refused.typed() if refused and not form else [],
        "back": f"{reverse('today')}#{code}",
        "now": request.now,
    }
    return render(request, "web/today/act.html", context, status=refused.status if refused else 200)


def _form_of(
    request: HttpRequest, case: Case, action: str, code: str, refused: Refused | None
) -> MoveForm | None:
    """The form of this move, None when it is not to be made here any more."""
    rules = policies.current()
    forms = move_forms.for_case(request.user, case, rules, url_name="today-act", refused=refused)
    form = next((each for each in forms if each.move.action == action), None)
    if form is not None:
        form.url = acting.address(case, action, code)
        form.primary = True
    return form


def _guard(request: HttpRequest) -> None:
    if request.user.role not in JUDGES:
        raise NotAllowed


def _shown(
    request: HttpRequest, listings: Iterable[Listing], query: QueryDict, size: int
) -> list[Shown]:
    """The lists with their rows; the cases of all of them are read together."""
    user, now, rules = request.user, request.now, policies.current()
    pages: list[tuple[Listing, Page[Any], str]] = []
    for listing in listings:
        found = listing.rows(user, now)
        page = paging.by_rank(
            found, query, size, listing.key, listing.read, descending=listing.descending
        )
        count = paging.in_words(paging.capped(found, MOST_COUNTED), MOST_COUNTED)
        pages.append((listing, page, count))
    lines = _lines({case_id_of(row) for _l, page, _c in pages for row in page.rows}, request)
    return [
        Shown(
            listing,
            count,
            [
                Row(
                    line := lines[case_id_of(row)],
                    listing.says(row, rules, now),
                    acting.of_case(line.case, listing.code, listing.actions, user, rules, now),
                )
                for row in page.rows
            ],
            paging.link(query, after=page.after) if page.after else "",
        )
        for listing, page, count in pages
    ]


def _lines(case_ids: set[int], request: HttpRequest) -> dict[int, rows.Line]:
    """The cases as their own kinds know them, by id: one query a kind, and two for their clocks."""
    cases: list[Case] = []
    for flow in flows():
        mine = flow.model_class()._default_manager.filter(pk__in=case_ids)
        cases += mine.select_related("handler").prefetch_related(*flow.gathers)
    lines = rows.of_cases(cases, policies.current(), request.now)
    return {line.case.pk: line for line in lines}
