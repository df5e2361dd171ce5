"""/desk/four-zeros/list/: the cases that one figure of the four zeros counted, also as CSV."""

from __future__ import annotations

from collections.abc import Iterable
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

from applications.burdens import figures
from applications.burdens.figures import WITHOUT, Result
from applications.burdens.rules import Card
from applications.models import KIND, Application
from waterdesk.core import policy as policies
from waterdesk.core.errors import Invalid
from waterdesk.core.lists import Column, Listing
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.four_zeros import card
from waterdesk.web.four_zeros.card import Told
from waterdesk.web.four_zeros.page import RESULTS, EndedForm, narrowed, read, said

PAGE_ROWS = 50


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    form, rules = read(request)
    if not form.is_valid():
        return render(request, "web/four_zero_list.html", {"form": form}, status=400)
    found = wanted(request, form, rules)
    page = paging.by_id(found.select_related("handler"), request.GET, PAGE_ROWS)
    context = {
        "form": form,
        "said": said(form, rules) + of_figure(request, rules),
        "count": found.order_by().count(),
        "lines": lines(page.rows, rules),
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
        "back": f"{reverse('four-zeros')}?{form.address().urlencode()}",
    }
    offer = LISTING.offer(request, reverse("four-zero-csv"))
    return render(request, "web/four_zero_list.html", context | offer)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list, each burden with its reason and who decided it."""
    form, rules = read(request)
    if not form.is_valid():
        raise Invalid(_("请选择正确的期间。"))
    cases = wanted(request, form, rules).order_by("-pk").select_related("handler")
    days = f"{form.cleaned_data['since']:%Y%m%d}-{form.cleaned_data['until']:%Y%m%d}"
    return LISTING.answer(request, cases, days)


def wanted(request: HttpRequest, form: EndedForm, rules: Policy) -> QuerySet[Application]:
    cases = Application.objects.visible_to(request.user)
    return figures.narrow(figures.ended(cases, form.asked(rules)), narrowed(request.GET, rules))


def lines(cases: Iterable[Application], rules: Policy) -> list[dict[str, Any]]:
    """Cases as the list shows them: two queries for the burdens of all."""
    cases = list(cases)
    told = card.of_many(cases, rules)
    return [line(case, told.get(case.pk, []), rules) for case in cases]


def line(case: Application, told: list[Told], rules: Policy) -> dict[str, Any]:
    counted = Card(
        case.burden_trips, case.burden_documents, case.burden_approvals, case.burden_fees
    )
    carried = case.status not in WITHOUT
    result = Result.APART if not carried else Result.MET if counted.zero else Result.MISSED
    return {
        "case": case,
        "subject": rules.subject(KIND, case.subject),
        "area": rules.areas[case.area_id].name,
        "counted": card.counts(counted),
        "told": told,
        "met": result is Result.MET,
        "result": RESULTS[result],
    }


def of_figure(request: HttpRequest, rules: Policy) -> list[tuple[str, Any]]:
    """Which figure the list is of, for its head and for the paper."""
    which = narrowed(request.GET, rules)
    told: list[tuple[str, Any]] = []
    if which.area is not None:
        alone = _("%(area)s（不含下级片区）") % {"area": rules.areas[which.area].name}
        told.append((_("片区"), alone))
    if which.service:
        told.append((_("服务"), rules.subject(KIND, which.service)))
    if which.month is not None:
        told.append((_("月份"), f"{which.month:%Y-%m}"))
    if which.result:
        told.append((_("结果"), RESULTS[Result(which.result)]))
    return told


def _lines(cases: list[Application], request: HttpRequest) -> list[dict[str, Any]]:
    return lines(cases, policies.current())


LISTING = Listing(
    "four-zeros",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("服务"), lambda told: told["subject"]),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("登记时间"), lambda told: told["case"].opened_at),
        Column(gettext_lazy("办结时间"), lambda told: told["case"].ended_at),
        Column(gettext_lazy("结果"), lambda told: told["result"]),
        Column(gettext_lazy("跑腿"), lambda told: told["case"].burden_trips),
        Column(gettext_lazy("资料"), lambda told: told["case"].burden_documents),
        Column(gettext_lazy("审批"), lambda told: told["case"].burden_approvals),
        Column(gettext_lazy("费用"), lambda told: told["case"].burden_fees),
        Column(gettext_lazy("负担明细"), lambda told: _in_one_cell(told["told"])),
        Column(gettext_lazy("处理人"), lambda told: told["case"].handler),
    ),
    _lines,
)


def _in_one_cell(told: Iterable[Told]) -> str:
    return _("；").join(_in_a_cell(each) for each in told)


def _in_a_cell(told: Told) -> str:
    """One burden on one line: what, why, who and when, and whether it was struck."""
    parts = {
        "kind": told.label,
        "why": " ".join(part for part in (told.reason, told.what) if part),
        "by": told.by,
        "at": f"{timezone.localtime(told.burden.at):%Y-%m-%d %H:%M}",
        "struck": told.struck_reason,
        "struck_by": told.struck_by,
    }
    if told.burden.struck:
        return _("%(kind)s：%(why)s，%(by)s，%(at)s（已更正：%(struck)s，%(struck_by)s）") % parts
    return _("%(kind)s：%(why)s，%(by)s，%(at)s") % parts
