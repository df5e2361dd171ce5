"""/desk/call-backs/ and /desk/hand-over/: calls owed, and what the next shift gets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.console import callbacks, handing
from tickets.desk_views import for_dispatchers
from waterdesk.core import door, policy, wording
from waterdesk.core.errors import DeskError
from waterdesk.core.flow import status_of
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.cases import Case


@require_safe
@for_dispatchers
def call_backs(request: HttpRequest) -> HttpResponse:
    """Everybody whom the desk promised to ring back, the soonest due first."""
    owed = callbacks.owed(request.user)
    if LISTING.asked(request):
        return LISTING.answer(request, owed)
    context = {"lines": _lines(owed, request), "now": request.now}
    return render(request, "tickets/console/call_backs.html", context | LISTING.offer(request))


def _lines(owed: list[callbacks.Owed], request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"owed": each, "late": each.is_late(request.now), "subject": _subject(each.case)}
        for each in owed
    ]


LISTING = Listing(
    "call-backs",
    (
        Column(gettext_lazy("办件"), lambda told: told["owed"].case.number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("客户"), lambda told: told["owed"].case.name),
        Column(gettext_lazy("联系电话"), lambda told: told["owed"].case.phone, wording.mask_phone),
        Column(gettext_lazy("回电要说的事"), lambda told: told["owed"].row.words),
        Column(gettext_lazy("承诺人"), lambda told: told["owed"].row.promised_by),
        Column(gettext_lazy("承诺时间"), lambda told: told["owed"].row.promised_at),
        Column(gettext_lazy("到期"), lambda told: told["owed"].due_at),
        Column(gettext_lazy("已超时"), lambda told: told["late"]),
    ),
    _lines,
    lambda told: told["owed"].case.number,
)


@require_POST
@for_dispatchers
def called(request: HttpRequest, number: str) -> HttpResponse:
    """Say that a promised call was made; the first who says so stands."""
    try:
        door.move(number, callbacks.DONE, actor=request.user, at=request.now)
    except DeskError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("已记为已回电：%(number)s。") % {"number": number})
    return redirect("call-backs")


@require_http_methods(["GET", "HEAD", "POST"])
@for_dispatchers
def hand_over(request: HttpRequest) -> HttpResponse:
    """What the shift before left, and what this one leaves; POST leaves it."""
    notes = request.POST.get("notes", "")
    if request.method == "POST":
        try:
            handing.hand_over(request.user, notes, request.now)
        except DeskError as refusal:
            messages.error(request, str(refusal.message))
            return _hand_over(request, notes, refusal.status)
        done = _("已交班，下一班可以看到。")
        messages.success(request, done)
        return redirect("hand-over")
    return _hand_over(request, notes)


@require_POST
@for_dispatchers
def taken_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick what was left as read."""
    try:
        handing.read(pk, request.user, request.now)
    except DeskError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("已接班。"))
    return redirect("hand-over")


def _hand_over(request: HttpRequest, notes: str, status: int = 200) -> HttpResponse:
    leaving = handing.leaving(request.user, request.now)
    context = {
        "unread": [
            {"left": left, "cases": [_line(case) for case in left.open]}
            for left in handing.unread(request.user)
        ],
        "lately": handing.lately(request.user),
        "mine": [_line(case) for case in leaving.cases],
        "owed": leaving.owed,
        "notes": notes,
        "now": request.now,
    }
    return render(request, "tickets/console/hand_over.html", context, status=status)


def _line(case: Case) -> dict[str, Any]:
    return {"case": case, "subject": _subject(case), "status": status_of(case)}


def _subject(case: Case) -> str:
    return policy.current().subject(case.kind, case.subject)
