"""/desk/breaches/list/: the clocks that one figure of the page of breaches counted, also as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import causes, wording
from waterdesk.core import policy as policies
from waterdesk.core.breaches import CAUSE
from waterdesk.core.causes import NO_CAUSE, Group, Result, Standing
from waterdesk.core.errors import Invalid
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.clocks import Clock
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.breaches import GROUPS, RESULTS, STANDINGS, DueForm, narrowed, read, said

PAGE_ROWS = 50


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    form, rules = read(request)
    if not form.is_valid():
        return render(request, "web/breach_list.html", {"form": form}, status=400)
    found = wanted(request, form, rules)
    page = paging.by_due(found.select_related("case__handler"), request.GET, PAGE_ROWS)
    context = {
        "form": form,
        "said": said(form, rules) + of_figure(request, rules),
        "count": found.order_by().count(),
        "lines": [line(clock, rules, request.now) for clock in page.rows],
        "older": paging.link(request.GET, after=page.after) if page.after else "",
        "newer": paging.link(request.GET, after="") if request.GET.get("after") else "",
        "back": f"{reverse('breaches')}?{form.address().urlencode()}",
    }
    offer = LISTING.offer(request, reverse("breach-csv"))
    return render(request, "web/breach_list.html", context | offer)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list of the figure."""
    form, rules = read(request)
    if not form.is_valid():
        raise Invalid(_("请选择正确的期间。"))
    clocks = wanted(request, form, rules).order_by("due_at", "id").select_related("case__handler")
    days = f"{form.cleaned_data['since']:%Y%m%d}-{form.cleaned_data['until']:%Y%m%d}"
    return LISTING.answer(request, clocks, days)


def wanted(request: HttpRequest, form: DueForm, rules: Policy) -> QuerySet[Clock]:
    clocks = Clock.objects.visible_to(request.user)
    found = causes.decided(clocks, form.asked(rules), request.now)
    return causes.narrow(found, narrowed(request.GET, rules), rules, request.now)


def line(clock: Clock, rules: Policy, now: datetime) -> dict[str, Any]:
    """One clock as the list shows it; `by` is wall time past the limit, "" when it was kept."""
    case, late = clock.case, causes.is_late(clock, now)
    outside = clock.cause in causes.outside_of(rules)
    explained = causes.standing(clock.cause, clock.cause_accepted, case.explanation)
    result = RESULTS[Result.LATE] if late else RESULTS[Result.KEPT]
    return {
        "clock": clock,
        "case": case,
        "subject": rules.subject(case.kind, case.subject),
        "area": rules.areas[clock.area_id].name,
        "late": late,
        "result": result,
        "by": wording.duration((clock.stopped_at or now) - clock.due_at) if late else "",
        "cause": rules.reason(CAUSE, clock.cause) if late else "",
        "group": GROUPS[Group.OUTSIDE] if late and outside else "",
        "standing": STANDINGS[explained] if late else "",
        "accepted": explained == Standing.ACCEPTED,
    }


def of_figure(request: HttpRequest, rules: Policy) -> list[tuple[str, Any]]:
    """Which figure the list is of, for its head and for the paper."""
    which = narrowed(request.GET, rules)
    told: list[tuple[str, Any]] = []
    if which.area is not None:
        alone = _("%(area)s（不含下级片区）") % {"area": rules.areas[which.area].name}
        told.append((_("片区"), alone))
    if which.result:
        told.append((_("结果"), RESULTS[Result(which.result)]))
    if which.group:
        told.append((_("原因类别"), GROUPS[Group(which.group)]))
    if which.cause == NO_CAUSE:
        told.append((_("原因"), GROUPS[Group.NONE]))
    elif which.cause:
        told.append((_("原因"), rules.reason(CAUSE, which.cause)))
    if which.standing:
        told.append((_("超时说明"), STANDINGS[Standing(which.standing)]))
    return told


def _lines(clocks: list[Clock], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policies.current()
    return [line(clock, rules, request.now) for clock in clocks]


LISTING = Listing(
    "breaches",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("承诺"), lambda told: told["clock"].name),
        Column(gettext_lazy("起算"), lambda told: told["clock"].started_at),
        Column(gettext_lazy("到期"), lambda told: told["clock"].due_at),
        Column(gettext_lazy("停止"), lambda told: told["clock"].stopped_at),
        Column(gettext_lazy("结果"), lambda told: told["result"]),
        Column(gettext_lazy("超时时长"), lambda told: told["by"]),
        Column(gettext_lazy("超时原因"), lambda told: told["cause"]),
        Column(gettext_lazy("原因类别"), lambda told: told["group"]),
        Column(gettext_lazy("超时说明"), lambda told: told["standing"]),
        Column(gettext_lazy("处理人"), lambda told: told["case"].handler),
        Column(gettext_lazy("联系电话"), lambda told: told["case"].phone, wording.mask_phone),
    ),
    _lines,
    lambda told: told["case"].number,
)
