"""/desk/oversight/reports/: ask for a report, follow it, check its hash, download, subscribe."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from notifications import nudge
from waterdesk.core import policy as policies
from waterdesk.core.errors import DeskError, NotFound
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.people import User
from waterdesk.core.models.reports import Kind, Report, Subscription
from waterdesk.core.reports import asking, files, subscribing
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.filters import area_choices
from waterdesk.web.reports import making, words
from waterdesk.web.tasks import make_reports
from waterdesk.web.what_if import DAY

State = Report.State
PAGE_ROWS = 20
# So many figures that differ are shown; their number is that of all.
SHOWN = 50
TONES = {
    State.WAITING: "plain",
    State.MAKING: "busy",
    State.READY: "good",
    State.FAILED: "bad",
}
TYPES = {
    files.PDF: "application/pdf",
    files.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class WantedForm(forms.Form):
    """A kind of report and an area, as one subscribes to."""

    kind = forms.ChoiceField(label=gettext_lazy("报告"), choices=Kind.choices)
    area = forms.ChoiceField(label=gettext_lazy("片区"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = area_choices(user, policies.current())


class AskForm(WantedForm):
    """And the period, by any of its days."""

    day = forms.DateField(label=gettext_lazy("期间（其中任意一天）"), widget=DAY)
    field_order = ("kind", "day", "area")


@require_safe
@desk_only
def reports(request: HttpRequest) -> HttpResponseBase:
    """The form and the reports one may see; for htmx the reports alone."""
    if LISTING.asked(request):
        asking.may_read(request.user)
        return LISTING.answer(request, _rows(request).order_by("-id"))
    return _page(request, AskForm(user=request.user, initial=_usual(request)))


@require_POST
@desk_only
def ask(request: HttpRequest) -> HttpResponse:
    """Have a report made; sent twice while it is on its way, it is one."""
    form = AskForm(request.POST, user=request.user)
    asking.may_read(request.user)
    if form.is_valid():
        given = form.cleaned_data
        try:
            report = asking.ask(
                given["kind"], given["day"], given["area"], by=request.user, at=request.now
            )
        except DeskError as refusal:
            for name, message in (refusal.fields or {None: refusal.message}).items():
                form.add_error(name, message)
        else:
            nudge.nudge(make_reports)
            return redirect("report", report.pk)
    return _page(request, form)


def _usual(request: HttpRequest) -> dict[str, Any]:
    last = asking.last(Kind.MONTH, timezone.localdate(request.now))
    return {"kind": Kind.MONTH.value, "day": last.since}


def _rows(request: HttpRequest) -> QuerySet[Report]:
    return Report.objects.visible_to(request.user).select_related("by", "area").defer("figures")


def _page(request: HttpRequest, form: AskForm) -> HttpResponse:
    asking.may_read(request.user)
    page = paging.by_id(_rows(request), request.GET, PAGE_ROWS)
    context = {
        "form": form,
        "lines": [_line(report) for report in page.rows],
        "is_moving": any(report.is_moving for report in page.rows),
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
        "here": request.get_full_path(),
    }
    if request.htmx:
        return render(request, "web/reports/_list.html", context)
    mine = Subscription.objects.filter(user=request.user).select_related("area")
    context |= {
        "subscriptions": mine.order_by("kind", "area__code"),
        "wanted": WantedForm(user=request.user, auto_id="wanted_%s"),
        **LISTING.offer(request, reverse("reports")),
    }
    status = 400 if form.errors else 200
    return render(request, "web/reports/list.html", context, status=status)


def _line(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "title": words.TITLES[report.kind],
        "span": words.short(report),
        "tone": TONES[report.state],
    }


@require_safe
@desk_only
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a report is, its files with their hash, and what is counted otherwise today."""
    row = asking.found(pk, request.user)
    context = _line(row) | {"files": _files(row), "number": words.number(row)}
    if row.state == State.READY:
        differing = making.differences(row)
        context |= {"differing": differing[:SHOWN], "differ_count": len(differing)}
    same = Report.objects.filter(kind=row.kind, since=row.since, area=row.area)
    context["versions"] = same.exclude(pk=row.pk).order_by("-version").defer("figures")
    template = "web/reports/_report.html" if request.htmx else "web/reports/report.html"
    return render(request, template, context)


def _files(row: Report) -> list[dict[str, Any]]:
    if row.state != State.READY:
        return []
    return [
        {"ending": files.PDF, "label": "PDF", "digest": row.pdf, "size": row.pdf_size},
        {"ending": files.XLSX, "label": "Excel", "digest": row.xlsx, "size": row.xlsx_size},
    ]


@require_safe
@desk_only
def file(request: HttpRequest, pk: int, ending: str) -> FileResponse:
    """One of its files, if it still is what was made; what is not made yet is not there."""
    row = asking.found(pk, request.user)
    digest = {files.PDF: row.pdf, files.XLSX: row.xlsx}.get(ending, "")
    if not digest:
        raise NotFound(_("这份报告还没有生成。"))
    answer = FileResponse(
        files.opened(digest, ending),
        as_attachment=True,
        filename=f"{words.number(row)}.{ending}",
        content_type=TYPES[ending],
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@desk_only
def subscribe(request: HttpRequest) -> HttpResponse:
    form = WantedForm(request.POST, user=request.user)
    asking.may_read(request.user)
    if form.is_valid():
        given = form.cleaned_data
        subscribing.subscribe(given["kind"], given["area"], by=request.user, at=request.now)
        messages.success(request, _("已订阅，报告生成后发消息告知。"))
    else:
        messages.error(request, _("填写的内容有误，请检查后重试。"))
    return redirect("reports")


@require_POST
@desk_only
def unsubscribe(request: HttpRequest, pk: int) -> HttpResponse:
    asking.may_read(request.user)
    subscribing.unsubscribe(pk, by=request.user)
    messages.success(request, _("已取消订阅。"))
    return redirect("reports")


LISTING = Listing(
    "reports",
    (
        Column(gettext_lazy("报告"), lambda row: words.TITLES[row.kind]),
        Column(gettext_lazy("编号"), words.number),
        Column(gettext_lazy("起日"), lambda row: row.since),
        Column(gettext_lazy("止日"), lambda row: row.until),
        Column(gettext_lazy("片区"), lambda row: row.area),
        Column(gettext_lazy("版本"), lambda row: row.version),
        Column(gettext_lazy("状态"), lambda row: row.get_state_display()),
        Column(gettext_lazy("生成时间"), lambda row: row.made_at),
        Column(gettext_lazy("PDF 的 SHA-256"), lambda row: row.pdf),
        Column(gettext_lazy("Excel 的 SHA-256"), lambda row: row.xlsx),
        Column(gettext_lazy("与今天不同的数字"), lambda row: row.differs),
    ),
)
