"""/desk/oversight/list/: the clocks that one figure of the overview counted, newest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core.breaches import CAUSE
from waterdesk.core.figures import listing as pages
from waterdesk.core.figures import reading
from waterdesk.core.figures.asked import Result
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.figures import ClockFact
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.oversight import asking
from waterdesk.web.oversight.asking import Figure, step_words
from waterdesk.web.oversight.wording import took_seconds

PAGE_ROWS = 50
RESULTS = {
    Result.JUDGED: gettext_lazy("已判定"),
    Result.ON_TIME: gettext_lazy("按时"),
    Result.LATE: gettext_lazy("超时"),
    Result.OPEN_LATE: gettext_lazy("超时且仍未办结"),
    Result.OUTSIDE: gettext_lazy("超时（已认可的外部原因）"),
    Result.DONE: gettext_lazy("已停止"),
}


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponseBase:
    form, rules = asking.read(request)
    if not form.is_valid():
        return render(request, "web/oversight/list.html", {"form": form}, status=400)
    figure = asking.figure(request.GET, form, rules)
    facts = wanted(request.user, figure)
    if LISTING.asked(request):
        return LISTING.answer(request, facts.order_by("-judged_at", "-clock_id"))
    page = pages.page(facts, request.GET.get("after", ""), PAGE_ROWS)
    context = {
        "form": form,
        "said": asking.said(form, rules) + of_figure(request, figure, rules),
        "count": count(request.user, figure),
        "lines": [line(fact, rules) for fact in page.facts],
        "older": paging.link(request.GET, after=page.after) if page.after else "",
        "newer": paging.link(request.GET, after="") if request.GET.get("after") else "",
        "back": f"{reverse('oversight')}?{form.address().urlencode()}",
        "now": request.now,
        **LISTING.offer(request),
    }
    return render(request, "web/oversight/list.html", context)


def wanted(user: User, figure: Figure) -> QuerySet[ClockFact]:
    if figure.asked is None:
        return ClockFact.objects.none()
    found = reading.cases(user, figure.asked, figure.result).select_related("person")
    return found.filter(kind__in=figure.kinds) if figure.kinds else found


def count(user: User, figure: Figure) -> int:
    """As the overview has it, from the same sums: the list is not counted row by row."""
    if figure.asked is None:
        return 0
    kinds = figure.kinds or (figure.asked.kind,)
    tallies = (
        reading.total(user, replace(figure.asked, kind=each), spreads=False) for each in kinds
    )
    return sum(getattr(tally, figure.result) for tally in tallies)


def line(fact: ClockFact, rules: Policy) -> dict[str, Any]:
    """One clock as the list shows it."""
    return {
        "fact": fact,
        "subject": rules.subject(fact.kind, fact.subject),
        "step": step_words(fact.kind, fact.code),
        "area": rules.areas[fact.area_id].name,
        "net": took_seconds(fact.net),
        "gross": took_seconds(fact.gross),
        "cause": rules.reason(CAUSE, fact.cause) if fact.cause else "",
        "result": RESULTS[Result.ON_TIME if fact.on_time else Result.LATE],
    }


def of_figure(request: HttpRequest, figure: Figure, rules: Policy) -> list[tuple[str, Any]]:
    """Which figure the list is of, for its head and for the paper."""
    query, told = request.GET, []
    if figure.asked is None:
        return [(_("数字"), _("没有这样的数字"))]
    if query.get("bucket"):
        days = {"since": figure.asked.since.isoformat(), "until": figure.asked.until.isoformat()}
        told.append((_("其中"), _("%(since)s 至 %(until)s") % days))
    if figure.kinds:
        told.append((_("承诺"), _("工单和事件的全部承诺")))
    elif query.get("of"):
        told.append((_("承诺"), step_words(figure.asked.kind, figure.asked.code)))
    if row := query.get("row"):
        told.append((_("其中"), row_words(request, row, rules)))
    told.append((_("结果"), RESULTS[figure.result]))
    return told


def row_words(request: HttpRequest, row: str, rules: Policy) -> str:
    """What one row of the comparison is called."""
    kind, _colon, code = row.partition(":")
    if area := rules.area_coded(row):
        return _("%(area)s（不含下级片区）") % {"area": area.name}
    if code:
        return rules.subject(kind, code)
    if row.isdecimal() and int(row) in rules.areas and request.GET.get("split") == "team":
        return rules.areas[int(row)].name
    named = dict(asking.people(request.user)) if row.isdecimal() else {}
    channels = dict(ClockFact._meta.get_field("channel").flatchoices)
    if row == asking.NOBODY:
        return _("无人经办")
    return str(named.get(int(row), row) if row.isdecimal() else channels.get(row, row))


def _lines(facts: list[ClockFact], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policies.current()
    return [line(fact, rules) for fact in facts]


LISTING = Listing(
    "clocks",
    (
        Column(gettext_lazy("办件"), lambda told: told["fact"].number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("承诺"), lambda told: told["step"]),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("责任人"), lambda told: told["fact"].person),
        Column(gettext_lazy("起算"), lambda told: told["fact"].started_at),
        Column(gettext_lazy("判定时间"), lambda told: told["fact"].judged_at),
        Column(gettext_lazy("停止"), lambda told: told["fact"].stopped_at),
        Column(gettext_lazy("结果"), lambda told: told["result"]),
        Column(gettext_lazy("净用时（秒）"), lambda told: told["fact"].net),
        Column(gettext_lazy("历时（秒）"), lambda told: told["fact"].gross),
        Column(gettext_lazy("超时原因"), lambda told: told["cause"]),
        Column(gettext_lazy("外部原因"), lambda told: told["fact"].outside),
    ),
    _lines,
)
