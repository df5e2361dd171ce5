"""/desk/orders/: orders by what is to be done with them, and what was answered as a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tickets.models import Order, OrderSource, Ticket
from waterdesk.core import policy as policies
from waterdesk.core.flow import DISPATCH, Label
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models import Case
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only
from waterdesk.web.filters import chosen

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

PAGE_ROWS = 50
# What nobody has signed, what is to be answered, and what went back to its source.
_OPEN = Q(answered_at=None, returned_at=None)
TABS: dict[str, tuple[Label, Q]] = {
    "waiting": (gettext_lazy("待签收"), _OPEN & Q(signed_at=None)),
    "signed": (gettext_lazy("待回复"), _OPEN & Q(signed_at__isnull=False)),
    "answered": (gettext_lazy("已回复"), Q(answered_at__isnull=False)),
    "returned": (gettext_lazy("已退单"), Q(returned_at__isnull=False)),
}
TONES = {"waiting": "warn", "signed": "busy", "answered": "good", "returned": "plain"}


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    query, rules = request.GET, policies.current()
    tab = query.get("show", "")
    tab = tab if tab in TABS else "waiting"
    visible = _visible(request.user)
    found = _narrowed(visible, query).filter(TABS[tab][1])
    page = paging.by_id(found, query, PAGE_ROWS)
    tickets = Ticket.objects.select_related("handler").in_bulk([row.case_id for row in page.rows])
    lines = rows.of_cases([tickets[row.case_id] for row in page.rows], rules, request.now)
    sources = _sources()
    context = {
        "tabs": [
            {
                "label": label,
                "url": paging.link(query, show=name, after="", before=""),
                "active": name == tab,
                "count": visible.filter(which).count() if name in ("waiting", "signed") else 0,
            }
            for name, (label, which) in TABS.items()
        ],
        "lines": [
            {
                "order": row,
                "line": line,
                "source": dict(sources).get(row.source, row.source),
                "reason": rules.reason("return", row.reason) if row.reason else "",
            }
            for row, line in zip(page.rows, lines, strict=True)
        ],
        "filters": [
            {
                "name": "source",
                "label": _("来源"),
                "choices": sources,
                "value": chosen(query, "source", sources),
            }
        ],
        "tab": tab,
        "after": paging.link(query, after=page.after, before="") if page.after else "",
        "before": paging.link(query, before=page.before, after="") if page.before else "",
        "may_import": request.user.role in DISPATCH,
        "now": request.now,
    }
    offer = LISTING.offer(request, reverse("orders-csv"), show=tab)
    return render(request, "web/orders/list.html", context | offer)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, whole: to be handed back to whoever ordered."""
    query = request.GET
    tab = query.get("show", "")
    which = TABS[tab if tab in TABS else "answered"][1]
    found = _narrowed(_visible(request.user), query).filter(which).order_by("pk")
    return LISTING.answer(request, found.select_related("case"))


def _lines(found: list[Order], request: HttpRequest) -> list[dict[str, Any]]:
    rules, sources = policies.current(), dict(_sources())
    return [
        {
            "order": row,
            "source": sources.get(row.source, row.source),
            "reason": rules.reason("return", row.reason) if row.reason else "",
        }
        for row in found
    ]


LISTING = Listing(
    "orders",
    (
        Column(gettext_lazy("来源"), lambda told: told["source"]),
        Column(gettext_lazy("来源单号"), lambda told: told["order"].number),
        Column(gettext_lazy("本单位工单号"), lambda told: told["order"].case.number),
        Column(gettext_lazy("标题"), lambda told: told["order"].title),
        Column(gettext_lazy("办理时限"), lambda told: told["order"].get_term_display()),
        Column(gettext_lazy("转来时间"), lambda told: told["order"].received_at),
        Column(gettext_lazy("签收时间"), lambda told: told["order"].signed_at),
        Column(gettext_lazy("回复时间"), lambda told: told["order"].answered_at),
        Column(gettext_lazy("回复内容"), lambda told: told["order"].answer),
        Column(gettext_lazy("退单时间"), lambda told: told["order"].returned_at),
        Column(gettext_lazy("退单原因"), lambda told: told["reason"]),
    ),
    _lines,
)


def _visible(user: User) -> QuerySet[Order]:
    """The orders whose tickets this person may see."""
    return Order.objects.filter(case__in=Case.objects.visible_to(user).values("pk"))


def _narrowed(found: QuerySet[Order], query: Mapping[str, Any]) -> QuerySet[Order]:
    source = query.get("source", "")
    return found.filter(source=source) if source in dict(_sources()) else found


def _sources() -> list[tuple[str, str]]:
    return list(OrderSource.objects.values_list("code", "name"))
