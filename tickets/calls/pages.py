"""/desk/calls/: the list of calls, taking one up, calling back, sitting down at an extension."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tickets.calls import figures, opening, phones
from tickets.desk_views import for_dispatchers
from tickets.models import MISSED, Call, CallState, Direction
from waterdesk.core import numbers, wording
from waterdesk.core.errors import DeskError, Invalid
from waterdesk.core.lists import Column, Listing

PAGE_ROWS = 30
# Within this a missed caller is called back. *chosen*: while they still stand before the tap.
CALL_BACK_WITHIN = timedelta(minutes=30)
TONES = {
    CallState.WAITING.value: "warn", CallState.RINGING.value: "warn",
    CallState.TALKING.value: "busy", CallState.HELD.value: "paused",
    CallState.VOICEMAIL.value: "bad", CallState.ENDED.value: "plain",
    CallState.ABANDONED.value: "bad",
}  # fmt: skip
TABS = {"missed": gettext_lazy("未接"), "mine": gettext_lazy("我的来电"), "": gettext_lazy("全部")}


@require_safe
@for_dispatchers
def listed(request: HttpRequest) -> HttpResponse:
    """Missed callers, the longest waiting first; one's own calls; for leads, everybody's."""
    tab = request.GET.get("show", "missed")
    tab = tab if tab in TABS else "missed"
    rows = _rows(request, tab)
    if LISTING.asked(request):
        return LISTING.answer(request, rows)
    page = list(rows[: PAGE_ROWS + 1])
    more = len(page) > PAGE_ROWS
    context = {
        "tabs": _tabs(tab),
        "tab": tab,
        "lines": [_line(request, call) for call in page[:PAGE_ROWS]],
        "older": _older(tab, page[PAGE_ROWS - 1]) if more else "",
        "newer": f"?{urlencode({'show': tab})}" if request.GET.get("after") else "",
        "extension": phones.extension_of(request.user),
        "telephony": settings.TELEPHONY,
        "now": request.now,
    }
    return render(request, "tickets/calls/list.html", context | LISTING.offer(request, show=tab))


def _rows(request: HttpRequest, tab: str) -> QuerySet[Call]:
    rows = opening.visible_to(request.user).select_related("agent", "opened_by", "case")
    after = _key(request.GET)
    if tab == "missed":
        rows = rows.filter(state__in=MISSED, direction=Direction.IN, called_back_at__isnull=True)
        return rows.filter(pk__gt=after).order_by("pk") if after else rows.order_by("pk")
    if tab == "mine":
        rows = rows.filter(agent=request.user)
    return rows.filter(pk__lt=after).order_by("-pk") if after else rows.order_by("-pk")


def _key(query: QueryDict) -> int | None:
    key = query.get("after", "")
    if key and not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Invalid
    return int(key) if key else None


def _older(tab: str, last: Call) -> str:
    return f"?{urlencode({'show': tab, 'after': last.pk})}"


def _tabs(tab: str) -> list[dict[str, Any]]:
    counts = {"missed": figures.to_call_back()}
    return [
        {
            "label": label,
            "url": f"?{urlencode({'show': name})}",
            "active": name == tab,
            "count": counts.get(name, 0),
        }
        for name, label in TABS.items()
    ]


def _line(request: HttpRequest, call: Call) -> dict[str, Any]:
    due = (call.ended_at or call.began_at) + CALL_BACK_WITHIN
    waits = call.is_missed and call.called_back_at is None
    return {
        "call": call,
        "tone": TONES[call.state],
        "waits": waits,
        "due": due,
        "late": waits and due < request.now,
        "taken": call.opened_by if call.opened_by_id not in (None, request.user.pk) else None,
        "other": call.opened_by_id != call.agent_id,
    }


LISTING = Listing(
    "calls",
    (
        Column(gettext_lazy("号码"), lambda call: call.number, wording.mask_phone),
        Column(gettext_lazy("方向"), lambda call: call.get_direction_display()),
        Column(gettext_lazy("状态"), lambda call: call.get_state_display()),
        Column(gettext_lazy("呼入时间"), lambda call: call.began_at),
        Column(gettext_lazy("接通时间"), lambda call: call.answered_at),
        Column(gettext_lazy("结束时间"), lambda call: call.ended_at),
        Column(gettext_lazy("等待秒数"), lambda call: call.wait),
        Column(gettext_lazy("通话秒数"), lambda call: call.talk),
        Column(gettext_lazy("坐席"), lambda call: call.agent),
        Column(gettext_lazy("办件"), lambda call: getattr(call.case, "number", "")),
        Column(gettext_lazy("回拨时间"), lambda call: call.called_back_at),
    ),
)


@require_safe
@for_dispatchers
def pop(request: HttpRequest) -> HttpResponse:
    """For exchanges that can only open an address: the hotline's page with the caller's number.

    ?number= as the network gave it, ?call= the exchange's own id of the call, ?extension= is not
    needed: whoever is signed in here is meant. A call the desk knows is taken up by whoever opens
    it first. An exchange that cannot send a person to POST needs this by GET; doing it again does
    nothing.
    """
    told = request.GET.get("call", "")[:80]
    known = opening.visible_to(request.user).filter(provider_call=told) if told else None
    if known is not None and (call := known.order_by("-pk").first()) is not None:
        return _to_hotline(request, call.pk, over=False)
    number = numbers.read(request.GET.get("number", "")[:80])
    return redirect(f"{reverse('hotline')}?{urlencode({'phone': number.value})}")


@require_POST
@for_dispatchers
def open_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a call up and go to the hotline's page; who has it is told to whoever comes second."""
    return _to_hotline(request, pk, over="over" in request.POST)


def _to_hotline(request: HttpRequest, pk: int, *, over: bool) -> HttpResponse:
    try:
        call = opening.take_up(pk, by=request.user, at=request.now, over=over)
    except opening.Taken as refusal:
        messages.warning(request, str(refusal.message))
        return redirect(f"{reverse('calls')}?show=#call-{pk}")
    return redirect(f"{reverse('hotline')}?{urlencode({'call': call.pk})}")


@require_POST
@for_dispatchers
def called_back(request: HttpRequest, pk: int) -> HttpResponse:
    call = opening.called_back(pk, by=request.user, at=request.now)
    if call.called_back_by_id == request.user.pk:
        messages.success(request, _("已记为回拨处理。"))
    else:
        words = _("%(who)s 已经回拨过。") % {"who": call.called_back_by}
        messages.info(request, words)
    return redirect("calls")


@require_POST
@for_dispatchers
def sit(request: HttpRequest) -> HttpResponse:
    """Say at which extension one sits; "" gives it up."""
    extension = request.POST.get("extension", "")
    try:
        before = phones.sit_down(request.user, extension, by=request.user, at=request.now)
    except DeskError as refusal:
        messages.error(request, str(next(iter(refusal.fields.values()), refusal.message)))
    else:
        _say_where(request, extension.strip(), before)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if safe else "calls")


def _say_where(request: HttpRequest, extension: str, before: Any) -> None:
    if not extension:
        messages.success(request, _("已退出分机，来电不再弹出。"))
    elif before is None:
        messages.success(request, _("您在分机 %(number)s。") % {"number": extension})
    else:
        words = _("您在分机 %(number)s，%(who)s 已退出。")
        messages.success(request, words % {"number": extension, "who": before})
