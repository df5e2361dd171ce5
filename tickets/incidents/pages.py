"""/desk/incidents/: the incidents that are worked on, and those that are over."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tickets.desk_views import STAFF_LOGIN
from tickets.incidents.near import OPEN
from tickets.models import Incident
from waterdesk.core import policy
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.flow import status_of
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.clocks import Clock

PAGE_ROWS = 30
TABS = {"": _("抢修中"), "over": _("已结束")}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Open ones, the next due first to see; of those that are over the newest. By pages."""
    if not request.user.is_authenticated:
        return redirect(f"{STAFF_LOGIN}?next={reverse('incidents')}")
    if not request.user.is_desk:
        raise NotAllowed
    tab = "over" if request.GET.get("show") == "over" else ""
    rows = Incident.objects.visible_to(request.user).select_related("handler")
    rows = rows.exclude(status__in=OPEN) if tab else rows.filter(status__in=OPEN)
    if LISTING.asked(request):
        return LISTING.answer(request, rows.order_by("-pk"))
    if after := request.GET.get("after", ""):
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise Invalid
        rows = rows.filter(pk__lt=int(after))
    page = list(rows.order_by("-pk")[: PAGE_ROWS + 1])
    context = {
        "tabs": [
            {"label": label, "url": f"?show={name}", "active": name == tab, "count": 0}
            for name, label in TABS.items()
        ],
        "lines": _lines(page[:PAGE_ROWS]),
        "older": f"?show={tab}&after={page[PAGE_ROWS - 1].pk}" if len(page) > PAGE_ROWS else "",
        "newer": f"?show={tab}" if after else "",
        "over": bool(tab),
        "now": request.now,
    }
    return render(request, "tickets/incidents/list.html", context | LISTING.offer(request))


def _of_file(rows: list[Incident], request: HttpRequest) -> list[dict[str, Any]]:
    return _lines(rows)


LISTING = Listing(
    "incidents",
    (
        Column(_("事件"), lambda told: told["case"].number),
        Column(_("事项"), lambda told: told["subject"]),
        Column(_("状态"), lambda told: told["status"].label),
        Column(_("片区"), lambda told: told["area"].name),
        Column(_("地址"), lambda told: told["case"].address),
        Column(_("来电"), lambda told: told["callers"]),
        Column(_("承诺"), lambda told: getattr(told["clock"], "name", None)),
        Column(_("到期"), lambda told: getattr(told["clock"], "due_at", None)),
        Column(_("处理人"), lambda told: told["case"].handler),
        Column(_("首次来电"), lambda told: told["case"].first_call_at),
        Column(_("办结时间"), lambda told: told["case"].closed_at),
    ),
    _of_file,
)


def _lines(page: list[Incident]) -> list[dict[str, Any]]:
    """Two queries, whatever the number of callers."""
    rules, keys = policy.current(), [incident.pk for incident in page]
    counts = dict(
        Incident.objects.filter(pk__in=keys)
        .annotate(callers=Count("joined", filter=Q(joined__left_at__isnull=True)))
        .values_list("pk", "callers")
    )
    clocks: dict[int, Clock] = {}
    for clock in Clock.objects.open().filter(case__in=keys).order_by("due_at"):
        clocks.setdefault(clock.case_id, clock)
    return [
        {
            "case": incident,
            "subject": rules.subject(incident.kind, incident.subject),
            "area": rules.areas[incident.area_id],
            "status": status_of(incident),
            "callers": counts[incident.pk],
            "clock": clocks.get(incident.pk),
        }
        for incident in page
    ]
