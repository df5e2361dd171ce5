"""/desk/four-zeros/list/: the cases that one figure of the four zeros counted, also as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.burdens import figures
from applications.burdens.figures import WITHOUT, Result
from applications.burdens.rules import Card
from applications.models import KIND, Application
from waterdesk.core.errors import Invalid
from waterdesk.core.policy import Policy
from waterdesk.web import csv_lines, paging
from waterdesk.web.access import desk_only
from waterdesk.web.four_zeros import card
from waterdesk.web.four_zeros.card import Told
from waterdesk.web.four_zeros.page import RESULTS, EndedForm, narrowed, read, said

PAGE_ROWS = 50
CHUNK = 500


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
        "csv": f"{reverse('four-zero-csv')}{paging.link(request.GET, after='', before='')}",
        "back": f"{reverse('four-zeros')}?{form.address().urlencode()}",
    }
    return render(request, "web/four_zero_list.html", context)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list, streamed, each burden with its reason and who decided it."""
    form, rules = read(request)
    if not form.is_valid():
        raise Invalid(_("请选择正确的期间。"))
    cases = wanted(request, form, rules).order_by("-pk").select_related("handler")
    rows = table(cases, rules, get_language())
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    days = f"{form.cleaned_data['since']:%Y%m%d}-{form.cleaned_data['until']:%Y%m%d}"
    answer["Content-Disposition"] = f'attachment; filename="four-zeros-{days}.csv"'
    return answer


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


def table(cases: QuerySet[Application], rules: Policy, language: str | None) -> Iterator[str]:
    """The lines of the file, the first with the mark by which a spreadsheet knows UTF-8."""
    # The rows are made after the view has returned, when the page's language is no longer set.
    with override(language):
        head = _head()
    yield from csv_lines.lines(head, _rows(cases, rules, language))


def _rows(cases: QuerySet[Application], rules: Policy, language: str | None) -> Iterator[list[str]]:
    for some in _in_chunks(cases):
        with override(language):
            cells = [_cells(row) for row in lines(some, rules)]
        yield from cells


def _in_chunks(cases: QuerySet[Application]) -> Iterator[list[Application]]:
    """Read once from beginning to end, so many at a time; memory does not follow the length."""
    some: list[Application] = []
    for case in cases.iterator(chunk_size=CHUNK):
        some.append(case)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


def _head() -> list[str]:
    return [
        _("办件"), _("服务"), _("片区"), _("登记时间"), _("办结时间"), _("结果"),
        _("跑腿"), _("资料"), _("审批"), _("费用"), _("负担明细"), _("处理人"),
    ]  # fmt: skip


def _cells(told: dict[str, Any]) -> list[str]:
    case = told["case"]
    return [
        case.number,
        told["subject"],
        told["area"],
        *(f"{timezone.localtime(at):%Y-%m-%d %H:%M}" for at in (case.opened_at, case.ended_at)),
        str(told["result"]),
        str(case.burden_trips),
        str(case.burden_documents),
        str(case.burden_approvals),
        str(case.burden_fees),
        str(_("；")).join(_in_a_cell(each) for each in told["told"]),
        str(case.handler or ""),
    ]


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
