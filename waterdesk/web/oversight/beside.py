"""The lists behind the calls, and behind the calls back and answers, of the overview."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tickets.calls import figures as telephone
from tickets.models import Call
from waterdesk.core import policy as policies
from waterdesk.core import wording
from waterdesk.core.after import shares
from waterdesk.core.after.shares import Part
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.core.visibility import sees
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.oversight import asking
from waterdesk.web.oversight.asking import OversightForm
from waterdesk.web.oversight.gathering import of_all_after, of_all_calls

PAGE_ROWS = 50
OF_CALLS = {
    "calls": gettext_lazy("全部来电"),
    "answered_soon": gettext_lazy("20 秒内接通"),
    "missed": gettext_lazy("放弃"),
}
OF_AFTER = {
    Part.WANTED: gettext_lazy("应回访"),
    Part.IN_TIME: gettext_lazy("按时回访"),
    Part.NOT_IN_TIME: gettext_lazy("未按时回访"),
    Part.RATED: gettext_lazy("全部评价"),
    Part.PLEASED: gettext_lazy("满意"),
    Part.BAD: gettext_lazy("不满意"),
}


@require_safe
@desk_only
def calls(request: HttpRequest) -> HttpResponseBase:
    """The calls of the period; numbers are masked, for a figure needs nobody's number."""
    form, rules = asking.read(request)
    template = "web/oversight/calls.html"
    if not form.is_valid():
        return render(request, template, {"form": form}, status=400)
    part = request.GET.get("result", "")
    part = part if part in OF_CALLS else "calls"
    asked = form.asked(rules)
    found = telephone.counted(asked.begins, asked.ends, part, asked.person)
    found = found if of_all_calls(asked) else found.none()
    if CALLS.asked(request):
        return CALLS.answer(request, found.select_related("agent", "case").order_by("-id"))
    page = paging.by_id(found.select_related("agent", "case"), request.GET, PAGE_ROWS)
    context = {
        "count": found.count(),
        "lines": [of_call(call, request.user) for call in page.rows],
        "title": _("来电明细"),
    }
    told = [*asking.said(form, rules, _("来电期间")), (_("结果"), OF_CALLS[part])]
    context |= around(request, form, page, told) | CALLS.offer(request)
    return render(request, template, context)


@require_safe
@desk_only
def after(request: HttpRequest) -> HttpResponseBase:
    """The calls back that were wanted, or the answers that were given."""
    form, rules = asking.read(request)
    template = "web/oversight/after.html"
    if not form.is_valid():
        return render(request, template, {"form": form}, status=400)
    named = request.GET.get("result", "")
    part = Part(named) if named in list(Part) else Part.WANTED
    asked = form.asked(rules)
    kinds = (asked.kind,) if asked.kind else ()
    found = shares.counted(request.user, asked, kinds, rules.utility.days_to_call, part)
    found = found if of_all_after(asked) else found.none()
    if AFTER.asked(request):
        return AFTER.answer(request, found.select_related("case").order_by("-id"))
    page = paging.by_id(found.select_related("case"), request.GET, PAGE_ROWS)
    context = {
        "count": found.count(),
        "lines": [of_after(row, rules) for row in page.rows],
        "title": _("回访与评价明细"),
    }
    days = _("评价期间") if part in shares.OF_ANSWERS else _("办好期间")
    told = [*asking.said(form, rules, days), (_("结果"), OF_AFTER[part])]
    context |= around(request, form, page, told) | AFTER.offer(request)
    return render(request, template, context)


def of_call(call: Call, user: User) -> dict[str, Any]:
    """A case that lies elsewhere is not named."""
    case = call.case if call.case is not None and sees(user, call.case) else None
    return {"call": call, "number": wording.mask_phone(call.number), "case": case}


def of_after(row: Aftercare, rules: Policy) -> dict[str, Any]:
    case = row.case
    return {
        "row": row,
        "case": case,
        "subject": rules.subject(case.kind, case.subject),
        "area": rules.areas[case.area_id].name,
    }


def around(
    request: HttpRequest,
    form: OversightForm,
    page: paging.Page[Call] | paging.Page[Aftercare],
    told: list[tuple[str, Any]],
) -> dict[str, Any]:
    """What stands around a list: what is asked, the pages before and after, the way back."""
    query = request.GET
    return {
        "form": form,
        "said": told,
        "older": paging.link(query, after=page.after, before="") if page.after else "",
        "newer": paging.link(query, before=page.before, after="") if page.before else "",
        "back": f"{reverse('oversight')}?{form.address().urlencode()}",
        "now": request.now,
    }


def _calls(rows: list[Call], request: HttpRequest) -> list[dict[str, Any]]:
    return [of_call(row, request.user) for row in rows]


def _after(rows: list[Aftercare], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policies.current()
    return [of_after(row, rules) for row in rows]


CALLS = Listing(
    "calls-of-a-figure",
    (
        Column(gettext_lazy("来电时间"), lambda told: told["call"].began_at),
        Column(gettext_lazy("号码"), lambda told: told["number"]),
        Column(gettext_lazy("结果"), lambda told: told["call"].get_state_display()),
        Column(gettext_lazy("等待（秒）"), lambda told: told["call"].wait),
        Column(gettext_lazy("坐席"), lambda told: told["call"].agent),
        Column(gettext_lazy("办件"), lambda told: told["case"] and told["case"].number),
    ),
    _calls,
)
AFTER = Listing(
    "answers",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("办好时间"), lambda told: told["row"].done_at),
        Column(gettext_lazy("回访"), lambda told: told["row"].get_call_display()),
        Column(gettext_lazy("回访时间"), lambda told: told["row"].called_at),
        Column(gettext_lazy("评分"), lambda told: told["row"].value),
        Column(gettext_lazy("评价时间"), lambda told: told["row"].rated_at),
    ),
    _after,
)
