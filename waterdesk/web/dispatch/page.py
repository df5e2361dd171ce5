"""/desk/dispatch/: what waits in each grid, who went, who is on duty; one tap sends somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tickets.dispatch import board
from tickets.dispatch.board import COLUMNS, Crews, Grid, Person
from tickets.flow import KIND
from tickets.models import REPAIR, SUBTYPES
from waterdesk.core import door, duty
from waterdesk.core import policy as policies
from waterdesk.core.errors import Conflict, DeskError
from waterdesk.core.flow import DISPATCH
from waterdesk.core.models.cases import Case
from waterdesk.core.policy import Policy
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only, find
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

FILTERS = ("area", "subtype", "column")


@dataclass(frozen=True, slots=True)
class Card:
    """One case on the board; `people` who can be sent, "" of `action` when nobody may be."""

    line: rows.Line
    people: list[Person]
    action: str
    late: bool

    @property
    def ticket(self) -> Any:
        return self.line.case


@require_safe
@desk_only
def dispatch_board(request: HttpRequest) -> HttpResponse:
    rules, query, user = policies.current(), request.GET, request.user
    area = chosen(query, "area", area_choices(user, rules))
    found, crews = board.grids(
        _narrowed(user, query, area, rules), _areas(user, area, rules), rules, request.now
    )
    column = chosen(query, "column", list(COLUMNS.items()))
    shown = [column] if column else list(COLUMNS)
    cards = _cards(found, crews, request, rules)
    context = {
        "grids": [
            {
                "grid": grid,
                "columns": [
                    {
                        "code": code,
                        "label": COLUMNS[code],
                        "count": grid.counts[code],
                        "cards": [cards[ticket.pk] for ticket in grid.tickets[code]],
                    }
                    for code in shown
                ],
                "figures": [(COLUMNS[code], grid.counts[code], code) for code in COLUMNS],
            }
            for grid in found
        ],
        "totals": [
            (label, sum(grid.counts[code] for grid in found), code)
            for code, label in COLUMNS.items()
        ],
        "filters": _filters(user, query, rules),
        "is_filtered": any(query.get(name) for name in FILTERS),
        "may_send": user.role in DISPATCH,
        "by_rule": rules.utility.dispatch_by_rule,
        "here": paging.link(query),
        "now": request.now,
    }
    template = "web/_dispatch.html" if request.htmx else "web/dispatch.html"
    return render(request, template, context)


@require_POST
@desk_only
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send the chosen person. Of two at once one wins; the other is told who has it now."""
    case = find(request, number)
    seen = request.POST.get("seen", "")
    try:
        done = door.move(
            number,
            "dispatch" if case.status == "logged" else "reassign",
            actor=request.user,
            at=request.now,
            changes={"handler": request.POST.get("handler", "")},
            seen=int(seen) if seen.isascii() and seen.isdigit() else -1,
        )
    except Conflict as refusal:
        messages.error(request, _who_has_it(number) or str(refusal.message))
    except DeskError as refusal:
        messages.error(request, f"{number} {refusal.message}")
    else:
        said = {"number": number, "who": done.handler}
        messages.success(request, _("%(number)s 已派给%(who)s。") % said)
    return redirect(reverse("dispatch") + _back(request.POST.get("back", "")))


def _who_has_it(number: str) -> str:
    """What to tell somebody who was too late; "" where nobody has it."""
    now = Case.objects.select_related("handler").filter(number=number).first()
    if now is None or now.handler is None:
        return ""
    said = {"number": number, "who": now.handler}
    return _("%(number)s 刚被他人更新，现由%(who)s处理；您的派单没有执行。") % said


def _back(query: str) -> str:
    """The board's own filters out of what was sent, and nothing else."""
    given = QueryDict(query.removeprefix("?"))
    return paging.link(QueryDict(), **{name: given.get(name, "") for name in FILTERS})


def _narrowed(user: Any, query: QueryDict, area: str, rules: Policy) -> Any:
    found = board.under_way(user)
    under = areas_under(area, rules) if area else None
    if under is not None:
        found = [each.filter(area__in=under) for each in found]
    if subtype := chosen(query, "subtype", _subtypes(rules)):
        found = [each.filter(subtype=subtype) for each in found]
    return found


def _areas(user: Any, area: str, rules: Policy) -> list[int]:
    mine = duty.areas_of(user, rules)
    under = areas_under(area, rules) if area else None
    return [each for each in mine if under is None or each in under]


def _cards(found: list[Grid], crews: Crews, request: HttpRequest, rules: Policy) -> dict[int, Card]:
    """Every shown ticket with its clock and, for who may send, whom to send."""
    tickets = [each for grid in found for column in grid.tickets.values() for each in column]
    may = request.user.role in DISPATCH
    return {
        line.case.pk: Card(
            line,
            people=list(crews.for_ticket(line.case)) if may else [],
            action=_("派单") if line.case.status == "logged" else _("改派"),
            late=line.case.accept_by is not None and line.case.accept_by <= request.now,
        )
        for line in rows.of_cases(tickets, rules, request.now)
    }


def _subtypes(rules: Policy) -> list[Choice]:
    return [(code, rules.subject(KIND, f"{REPAIR}.{code}")) for code in SUBTYPES]


def _filters(user: Any, query: QueryDict, rules: Policy) -> list[dict[str, Any]]:
    offered = {
        "area": (gettext_lazy("片区"), area_choices(user, rules)),
        "subtype": (gettext_lazy("报修类型"), _subtypes(rules)),
        "column": (gettext_lazy("进度"), list(COLUMNS.items())),
    }
    return [
        {"name": name, "label": label, "choices": choices, "value": chosen(query, name, choices)}
        for name, (label, choices) in offered.items()
    ]
