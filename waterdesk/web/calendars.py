"""/desk/calendars/: the year as a picture, and the yearly notice: upload, preview, confirm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from waterdesk.core import notice_files, notices, policy
from waterdesk.core.errors import DeskError
from waterdesk.core.models.calendars import WorkCalendar
from waterdesk.core.readings import Difference
from waterdesk.web import year_view
from waterdesk.web.access import admin_only

# So many of the clocks that move are shown one by one; all are counted.
SHOWN = 100
KINDS = {
    "new": (gettext_lazy("新增"), "good"),
    "changed": (gettext_lazy("变更"), "warn"),
    "gone": (gettext_lazy("撤销"), "warn"),
    "conflict": (gettext_lazy("冲突"), "bad"),
    "same": (gettext_lazy("不变"), "plain"),
}


class NoticeForm(forms.Form):
    """A notice for one calendar. What is in the file, `notice_files` judges."""

    calendar = forms.ChoiceField(label=gettext_lazy("工作日历"))
    file = forms.FileField(
        label=gettext_lazy("通知文件"),
        help_text=gettext_lazy("JSON 或 iCal（.ics）文件，UTF-8 编码。先预览，确认后才生效。"),
        widget=forms.FileInput(attrs={"accept": ".json,.ics,application/json,text/calendar"}),
        error_messages={"empty": gettext_lazy("文件是空的。")},
    )
    source = forms.CharField(
        label=gettext_lazy("出处"),
        help_text=gettext_lazy("如文号；留空则用文件中写明的出处。"),
        max_length=notice_files.SOURCE_LENGTH,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = WorkCalendar.objects.filter(published_until__isnull=False).order_by("code")
        self.fields["calendar"].choices = [(row.code, row.name) for row in rows]


@dataclass(slots=True)
class Moved:
    """The clocks a plan would move: how many, the first of them, and how many become certain."""

    count: int = 0
    certain: int = 0
    faults: list[str] = field(default_factory=list)
    shown: list[Difference] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_only
def calendars(request: HttpRequest) -> HttpResponse:
    """The picture with the form; a file that is sent is answered with its preview."""
    if request.method != "POST":
        code = request.GET.get("calendar", "")
        return _year(request, NoticeForm(initial={"calendar": code}), code)
    form = NoticeForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            content = said["file"].read(notice_files.MOST_BYTES + 1)
            notice = notice_files.read(content, source=said["source"])
            return _preview(request, notices.plan(notice, said["calendar"]))
        except DeskError as refusal:
            _refuse(form, refusal)
    return _year(request, form, request.POST.get("calendar", ""), status=400)


@require_POST
@admin_only
def apply(request: HttpRequest) -> HttpResponse:
    """Put into force what the preview showed; sent twice, the second finds nothing to do."""
    code = request.POST.get("calendar", "")
    try:
        notice = notice_files.read(request.POST.get("notice", "").encode())
        planned = notices.plan(notice, code)
    except DeskError as refusal:
        form = NoticeForm(request.POST, request.FILES)
        form.full_clean()
        _refuse(form, refusal)
        return _year(request, form, code, status=refusal.status)
    try:
        done = notices.apply(
            notice,
            code,
            request.now,
            override="override" in request.POST,
            seen=request.POST.get("seen", ""),
        )
    except DeskError as refusal:
        return _preview(request, planned, refusal)
    words = ngettext(
        "已载入 %(year)d 年放假安排，%(days)d 天有变化，%(moved)d 个计时的到期时间已调整。",
        "已载入 %(year)d 年放假安排，%(days)d 天有变化，%(moved)d 个计时的到期时间已调整。",
        done.clocks.moved,
    )
    facts = {"year": notice.year, "days": done.days, "moved": done.clocks.moved}
    messages.success(request, words % facts)
    return redirect(_address(code, notice.year))


def _year(request: HttpRequest, form: NoticeForm, code: str, status: int = 200) -> HttpResponse:
    rules, today = policy.current(), timezone.localdate(request.now)
    rows = list(WorkCalendar.objects.order_by("code"))
    row = next((each for each in rows if each.code == code), rows[0] if rows else None)
    context: dict[str, Any] = {
        "form": form,
        "unpublished": year_view.unpublished(rules, request.now),
        "row": row,
    }
    if row is not None:
        year = _wanted_year(request.GET.get("year", ""), today.year)
        days = list(row.days.filter(date__year=year))
        context |= {
            "year": year,
            "months": year_view.year_of(row, year, days, today),
            "stretches": year_view.stretches(row, days),
            "before": _address(row.code, year - 1),
            "after": _address(row.code, year + 1),
            "tabs": [
                {"label": each.name, "url": _address(each.code, year), "active": each is row}
                for each in rows
            ],
        }
    return render(request, "web/calendars.html", context, status=status)


def _preview(
    request: HttpRequest, planned: notices.Plan, refusal: DeskError | None = None
) -> HttpResponse:
    moved = Moved()
    for found in notices.moves(planned):
        if found.fault:
            moved.faults.append(f"{found.clock.case.number}: {found.fault}")
        if found.moved:
            moved.count += 1
            moved.shown += [found] if len(moved.shown) < SHOWN else []
        moved.certain += found.stored["provisional"] and not found.replayed["provisional"]
    changes = [
        {"change": change, "label": KINDS[change.kind][0], "tone": KINDS[change.kind][1]}
        for change in planned.changes
    ]
    context = {
        "plan": planned,
        "changes": changes,
        "moved": moved,
        "refusal": refusal,
        "override_error": refusal.fields.get("override") if refusal else "",
        "override": "override" in request.POST,
        "now": request.now,
        "cancel": _address(planned.calendar.code, planned.notice.year),
    }
    status = refusal.status if refusal else 200
    return render(request, "web/notice_preview.html", context, status=status)


def _refuse(form: NoticeForm, refusal: DeskError) -> None:
    """The refusal at the fields it names, or at the file."""
    for name, message in (refusal.fields or {"file": refusal.message}).items():
        form.add_error(name if name in form.fields else None, message)


def _wanted_year(text: str, this_year: int) -> int:
    """The year asked for, if anybody could mean it; else this one."""
    return (
        int(text)
        if text.isascii() and text.isdigit() and 2000 <= int(text[:9]) <= 2100
        else this_year
    )


def _address(code: str, year: int) -> str:
    return f"{reverse('calendars')}?{urlencode({'calendar': code, 'year': year})}"
