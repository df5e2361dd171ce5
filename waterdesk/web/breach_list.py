"""/desk/breaches/list/: the clocks that one figure of the page of breaches counted, also as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
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

from waterdesk.core import causes, wording
from waterdesk.core.breaches import CAUSE
from waterdesk.core.causes import NO_CAUSE, Group, Result, Standing
from waterdesk.core.errors import Invalid
from waterdesk.core.models.clocks import Clock
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.breaches import GROUPS, RESULTS, STANDINGS, DueForm, narrowed, read, said
from waterdesk.web.csv_lines import lines

PAGE_ROWS = 50
CHUNK = 2_000


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
        "csv": f"{reverse('breach-csv')}{paging.link(request.GET, after='')}",
        "back": f"{reverse('breaches')}?{form.address().urlencode()}",
    }
    return render(request, "web/breach_list.html", context)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list, streamed: memory does not follow its length. Phones are masked."""
    form, rules = read(request)
    if not form.is_valid():
        raise Invalid(_("请选择正确的期间。"))
    clocks = wanted(request, form, rules).order_by("due_at", "id").select_related("case__handler")
    rows = table(clocks, rules, request.now, get_language())
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    days = f"{form.cleaned_data['since']:%Y%m%d}-{form.cleaned_data['until']:%Y%m%d}"
    answer["Content-Disposition"] = f'attachment; filename="breaches-{days}.csv"'
    return answer


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


def table(
    clocks: QuerySet[Clock], rules: Policy, now: datetime, language: str | None
) -> Iterator[str]:
    """The lines of the file, the first with the mark by which a spreadsheet knows UTF-8."""
    # The rows are made after the view has returned, when the page's language is no longer set.
    with override(language):
        head = _head()
    yield from lines(head, _rows(clocks, rules, now, language))


def _rows(
    clocks: QuerySet[Clock], rules: Policy, now: datetime, language: str | None
) -> Iterator[list[str]]:
    for clock in clocks.iterator(chunk_size=CHUNK):
        with override(language):
            row = _cells(clock, rules, now)
        yield row


def _head() -> list[str]:
    return [
        _("办件"), _("事项"), _("片区"), _("承诺"), _("起算"), _("到期"), _("停止"), _("结果"),
        _("超时时长"), _("超时原因"), _("原因类别"), _("超时说明"), _("处理人"), _("联系电话"),
    ]  # fmt: skip


def _cells(clock: Clock, rules: Policy, now: datetime) -> list[str]:
    told, case = line(clock, rules, now), clock.case
    instants = [clock.started_at, clock.due_at, clock.stopped_at]
    return [
        case.number,
        told["subject"],
        told["area"],
        clock.name,
        *(f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "" for at in instants),
        str(told["result"]),
        told["by"],
        told["cause"],
        str(told["group"]),
        str(told["standing"]),
        str(case.handler or ""),
        wording.mask_phone(case.phone),
    ]
