"""/desk/permits/: the permits of one's areas by authority and state, the late ones; also as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.models import Permit
from applications.permits.kinds import authorities
from waterdesk.core import policy, wording
from waterdesk.core.errors import Invalid
from waterdesk.core.policy import Policy
from waterdesk.web import csv_lines, paging
from waterdesk.web.access import desk_only
from waterdesk.web.permits.card import TONES, late_by

PAGE_ROWS = 50
CHUNK = 500
OPEN = "open"
LATE = "late"
# Of these every permit has a limit: the earliest stands first. Of others the newest does.
BY_DUE = (Permit.State.FILED.value,)


class NarrowForm(forms.Form):
    """Which permits: of which authority, in what state, late or not."""

    authority = forms.ChoiceField(label=gettext_lazy("审批部门"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    late = forms.ChoiceField(label=gettext_lazy("超期"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("全部"))]
        known = [(each, each) for each in authorities()]
        self.fields["authority"].choices = everything + known
        self.fields["state"].choices = [*everything, (OPEN, _("未办完")), *Permit.State.choices]
        self.fields["late"].choices = [*everything, (LATE, _("只看超期未答复"))]

    def narrow(self, rows: QuerySet[Permit], now: datetime) -> QuerySet[Permit]:
        given = self.cleaned_data
        if given["authority"]:
            rows = rows.filter(authority=given["authority"])
        if given["state"] == OPEN:
            rows = rows.exclude(state__in=[Permit.State.GRANTED, Permit.State.VOID])
        elif given["state"]:
            rows = rows.filter(state=given["state"])
        return rows.late(now) if given["late"] else rows

    @property
    def by_due(self) -> bool:
        return bool(self.cleaned_data["late"]) or self.cleaned_data["state"] in BY_DUE


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    form = NarrowForm(request.GET)
    if not form.is_valid():
        return render(request, "web/permits.html", {"form": form}, status=400)
    rules, mine = policy.current(), Permit.objects.visible_to(request.user)
    rows = form.narrow(mine, request.now).select_related("case__handler")
    pages = paging.by_due if form.by_due else paging.by_id
    page = pages(rows, request.GET, PAGE_ROWS)
    before = {"before": page.before, "after": ""} if page.before else None
    if form.by_due and request.GET.get("after"):
        before = {"after": ""}
    context = {
        "form": form,
        "lines": [line(permit, rules, request.now) for permit in page.rows],
        "late": paging.in_words(paging.capped(mine.late(request.now), 99), 99),
        "late_url": f"{reverse('permits')}?late={LATE}",
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, **before) if before else "",
        "csv": f"{reverse('permits-csv')}{paging.link(request.GET, after='', before='')}",
        "narrowed": any(form.cleaned_data.values()),
    }
    return render(request, "web/permits.html", context)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list, streamed: memory does not follow its length."""
    form = NarrowForm(request.GET)
    if not form.is_valid():
        raise Invalid(_("请从列表中选择。"))
    mine = Permit.objects.visible_to(request.user)
    rows = form.narrow(mine, request.now).select_related("case__handler").order_by("-pk")
    lines = table(rows, policy.current(), request.now, get_language())
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    today = timezone.localdate(request.now)
    answer["Content-Disposition"] = f'attachment; filename="permits-{today:%Y%m%d}.csv"'
    return answer


def line(permit: Permit, rules: Policy, now: datetime) -> dict[str, Any]:
    """One permit as the list shows it; `age` is since it was filed, or wanted, until answered."""
    since = permit.filed_at or permit.wanted_at
    return {
        "permit": permit,
        "case": permit.case,
        "area": rules.areas[permit.case.area_id].name,
        "tone": TONES[Permit.State(permit.state)],
        "age": wording.duration(now - since) if permit.is_open else "",
        "late_by": late_by(permit, now),
    }


def table(
    rows: QuerySet[Permit], rules: Policy, now: datetime, language: str | None
) -> Iterator[str]:
    """The lines of the file, the first with the mark by which a spreadsheet knows UTF-8."""
    # The rows are made after the view has returned, when the page's language is no longer set.
    with override(language):
        head = _head()
    yield from csv_lines.lines(head, _cells_of(rows, rules, now, language))


def _cells_of(
    rows: QuerySet[Permit], rules: Policy, now: datetime, language: str | None
) -> Iterator[list[str]]:
    for permit in rows.iterator(chunk_size=CHUNK):
        with override(language):
            cells = _cells(line(permit, rules, now))
        yield cells


def _head() -> list[str]:
    return [
        _("办件"), _("许可"), _("审批部门"), _("状态"), _("受理号"), _("申报时间"), _("审批到期"),
        _("答复时间"), _("批准文号"), _("办理天数"), _("超期时长"), _("道路保护期至"), _("片区"),
        _("地址"), _("处理人"),
    ]  # fmt: skip


def _cells(told: dict[str, Any]) -> list[str]:
    permit, case = told["permit"], told["case"]
    return [
        case.number,
        permit.name,
        permit.authority,
        str(permit.get_state_display()),
        permit.number,
        *(_instant(at) for at in (permit.filed_at, permit.due_at, permit.answered_at)),
        permit.document,
        told["age"],
        told["late_by"],
        f"{permit.protected_until or ''}",
        told["area"],
        case.address,
        str(case.handler or ""),
    ]


def _instant(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
