"""/desk/outages/: the list, writing one, one of them with its telling, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.knowledge.access import readers
from tickets.models import Outage, OutageCall
from tickets.outages import access, doing, looking, printing, sensitive
from tickets.outages.forms import (
    AnnounceForm,
    CalledForm,
    CancelForm,
    MoveEndForm,
    OutageForm,
    PlainForm,
    initial_of,
)
from waterdesk.core.errors import DeskError, NotAllowed, NotFound
from waterdesk.core.lists import Column, Listing

MOST_ROWS = 100
Act = Callable[[HttpRequest, Outage, dict[str, Any]], Outage]


def _announce(request: HttpRequest, outage: Outage, given: dict[str, Any]) -> Outage:
    return doing.announce(
        outage.pk, by=request.user, at=request.now, override=given["override"].strip()
    )


def _begin(request: HttpRequest, outage: Outage, _given: dict[str, Any]) -> Outage:
    return doing.begin(outage.pk, by=request.user, at=request.now)


def _move_end(request: HttpRequest, outage: Outage, given: dict[str, Any]) -> Outage:
    return doing.move_end(outage.pk, **given, by=request.user, at=request.now)


def _restore(request: HttpRequest, outage: Outage, _given: dict[str, Any]) -> Outage:
    return doing.restore(outage.pk, by=request.user, at=request.now)


def _cancel(request: HttpRequest, outage: Outage, given: dict[str, Any]) -> Outage:
    return doing.cancel(outage.pk, by=request.user, at=request.now, note=given["note"])


ACTIONS: dict[str, tuple[type[forms.Form], Act, Any]] = {
    "announce": (AnnounceForm, _announce, gettext_lazy("已公告，正在通知用户。")),
    "begin": (PlainForm, _begin, gettext_lazy("已登记停水。")),
    "move_end": (MoveEndForm, _move_end, gettext_lazy("恢复时间已更改，正在通知用户。")),
    "restore": (PlainForm, _restore, gettext_lazy("已恢复供水，正在通知用户。")),
    "cancel": (CancelForm, _cancel, gettext_lazy("已取消。")),
}


@require_safe
@readers
def listed(request: HttpRequest) -> HttpResponse:
    """Open ones by their beginning, or those of another state, the newest first."""
    state = request.GET.get("state", "")
    rows = Outage.objects.prefetch_related("areas").select_related("created_by")
    if state in Outage.State.values:
        rows = rows.filter(state=state).order_by("-starts_at")
    elif state == "all":
        rows = rows.order_by("-starts_at")
    else:
        state, rows = "", rows.open().order_by("starts_at")
    now = request.now
    if LISTING.asked(request):
        return LISTING.answer(request, rows)
    context = {
        "lines": [looking.line(outage, now) for outage in rows[:MOST_ROWS]],
        "state": state,
        "states": [("", _("未结束")), *Outage.State.choices, ("all", _("全部"))],
        "may_write": access.may_write(request.user),
        "now": now,
    }
    return render(request, "tickets/outages/list.html", context | LISTING.offer(request))


def _lines(outages: list[Outage], request: HttpRequest) -> list[looking.Line]:
    return [looking.line(outage, request.now) for outage in outages]


LISTING = Listing(
    "outages",
    (
        Column(gettext_lazy("类型"), lambda line: line.outage.get_kind_display()),
        Column(gettext_lazy("状态"), lambda line: line.outage.get_state_display()),
        Column(gettext_lazy("片区"), lambda line: line.areas),
        Column(gettext_lazy("停水时间"), lambda line: line.outage.starts_at),
        Column(gettext_lazy("预计恢复"), lambda line: line.outage.ends_at),
        Column(gettext_lazy("实际停水"), lambda line: line.outage.begun_at),
        Column(gettext_lazy("实际恢复"), lambda line: line.outage.restored_at),
        Column(gettext_lazy("公告时间"), lambda line: line.outage.announced_at),
        Column(gettext_lazy("原因"), lambda line: line.outage.reason),
        Column(gettext_lazy("待办"), lambda line: line.owed),
    ),
    _lines,
)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new outage, or another wording of one that is not announced.

    ?case= is the ticket that it belongs to.
    """
    found = None if pk is None else _found(pk)
    if not access.may_write(request.user, found.areas.all() if found else ()):
        raise NotAllowed
    initial = initial_of(found) if found else {"case": request.GET.get("case", "")[:40]}
    form = OutageForm(request.POST or None, initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("outage", _written(request, form, found).pk)
        except DeskError as refusal:
            _refuse(form, refusal)
    context = {"form": form, "outage": found} | looking.map_frame()
    status = 400 if form.errors else 200
    return render(request, "tickets/outages/write.html", context, status=status)


def _written(request: HttpRequest, form: OutageForm, found: Outage | None) -> Outage:
    if found is None:
        return doing.create(form.facts, form.chosen, by=request.user, at=request.now)
    seen = form.cleaned_data["seen"] or 0
    return doing.edit(found.pk, form.facts, form.chosen, seen=seen, by=request.user, at=request.now)


@require_safe
@readers
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(pk))


@require_safe
@readers
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the telling is, which the page fetches anew."""
    context = looking.progress(_found(pk)) | {"now": request.now}
    return render(request, "tickets/outages/progress.html", context)


@require_POST
@readers
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Announce, begin, move the end, restore or call off; refused, the page says why."""
    found = _found(pk)
    if action not in ACTIONS:
        raise NotFound
    kind, do, words = ACTIONS[action]
    form = kind(request.POST)
    if form.is_valid():
        try:
            do(request, found, form.cleaned_data)
        except DeskError as refusal:
            _refuse(form, refusal)
            return _page(request, _found(pk), {action: form}, refusal.status)
        messages.success(request, words)
        return redirect("outage", pk)
    return _page(request, found, {action: form}, 400)


@require_POST
@readers
def called(request: HttpRequest, pk: int, call: int) -> HttpResponse:
    """A sensitive user was telephoned; a second click changes nothing."""
    found = _found(pk)
    access.check(request.user, found)
    row = get_object_or_404(OutageCall, pk=call, telling__outage=found)
    form = CalledForm(request.POST)
    if form.is_valid():
        try:
            sensitive.called(row, by=request.user, at=request.now, **form.cleaned_data)
        except DeskError as refusal:
            messages.error(request, refusal.message)
    return redirect("outage", pk)


@require_safe
@readers
def notice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice to hang out, as a PDF."""
    found = _found(pk)
    answer = HttpResponse(printing.notice(found, request.now), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _found(pk: int) -> Outage:
    rows = Outage.objects.select_related("case", "created_by", "overridden_by")
    return get_object_or_404(rows.prefetch_related("areas"), pk=pk)


def _refuse(form: forms.Form, refusal: DeskError) -> None:
    """What is refused, at the field that it names where the form has one."""
    for name, text in refusal.fields.items():
        form.add_error(name if name in form.fields else None, text)
    if not refusal.fields:
        form.add_error(None, refusal.message)


def _page(
    request: HttpRequest,
    found: Outage,
    refused: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = request.now
    may_write = access.may_write(request.user, found.areas.all())
    mine = {
        "announce": AnnounceForm(),
        "move_end": MoveEndForm(initial={"ends_at": found.ends_at, "seen": found.version}),
        "cancel": CancelForm(),
    }
    context = {
        "outage": found,
        "line": looking.line(found, now),
        "forms": mine | (refused or {}),
        "refused": next(iter((refused or {}).values()), None),
        "short": looking.is_short(found, now),
        "may_write": may_write,
        "may_override": access.may_override(request.user),
        "overlapping": looking.overlapping(found),
        "reach": looking.reach(found, now) if found.state == Outage.State.PLANNED else None,
        "changes": looking.changes(found, now),
        "now": now,
        **looking.progress(found),
        **looking.map_frame(),
    }
    return render(request, "tickets/outages/page.html", context, status=status)


@require_safe
@readers
def shape(request: HttpRequest, pk: int) -> HttpResponse:
    """The figure of one outage and of those that overlap it, as GeoJSON."""
    found = _found(pk)
    near = Q(pk__in=[each.pk for each in looking.overlapping(found)])
    rows = Outage.objects.filter(near | Q(pk=pk)).prefetch_related("areas")
    return looking.features(rows, request.now, desk=True)
