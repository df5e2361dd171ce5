"""/desk/late/: moves that came in late from phones; a lead says when they count."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import policy as policies
from waterdesk.core.breaches import JUDGES
from waterdesk.core.changes import NOTE_LENGTH
from waterdesk.core.crew import deciding
from waterdesk.core.errors import DeskError, Message, NotAllowed
from waterdesk.core.flow import flow_of
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.cases import Case
from waterdesk.core.models.crew import CrewAction
from waterdesk.web.access import desk_only

# Few come in so late; what is beyond comes up when these are decided. *chosen*
MOST = 100


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@desk_only
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Accept or decline; a refusal comes back with the list."""
    accepted = request.POST.get("decision") == "accept"
    note = request.POST.get("note", "").replace("\x00", "").strip()[:NOTE_LENGTH]
    try:
        deciding.decide(key, accepted, note=note, actor=request.user, at=request.now)
    except NotAllowed:
        raise
    except DeskError as refusal:
        return _page(request, refusal.message, refusal.status)
    messages.success(request, _("已按真实时间计。") if accepted else _("已按到达时间计。"))
    return redirect("crew-times")


def _page(request: HttpRequest, refusal: Message = "", status: int = 200) -> HttpResponse:
    if request.user.role not in JUDGES:
        raise NotAllowed
    asked = deciding.asked(request.user)
    if LISTING.asked(request):
        return LISTING.answer(request, asked)
    rows = list(asked[:MOST])
    context = {
        "rows": _lines(rows, request),
        "refusal": refusal,
        "note_length": NOTE_LENGTH,
    }
    context |= LISTING.offer(request)
    return render(request, "web/crew/times.html", context, status=status)


def _lines(rows: list[CrewAction], request: HttpRequest) -> list[dict[str, Any]]:
    cases = Case.objects.in_bulk([row.case for row in rows], field_name="number")
    return [_told(row, cases[row.case], request) for row in rows]


def _told(row: CrewAction, case: Case, request: HttpRequest) -> dict[str, Any]:
    move = flow_of(case).by_action.get(row.action)
    return {
        "row": row,
        "label": move.label if move is not None else row.action,
        "subject": policies.current().subject(case.kind, case.subject),
        "own": row.user_id == request.user.pk,
    }


LISTING = Listing(
    "late",
    (
        Column(gettext_lazy("办件"), lambda told: told["row"].case),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("操作"), lambda told: told["label"]),
        Column(gettext_lazy("外勤人员"), lambda told: told["row"].user),
        Column(gettext_lazy("推定的真实时间"), lambda told: told["row"].wanted_at),
        Column(gettext_lazy("到达时间"), lambda told: told["row"].arrived_at),
        Column(gettext_lazy("手机所示时间"), lambda told: told["row"].phone_at),
        Column(gettext_lazy("说明"), lambda told: told["row"].note),
    ),
    _lines,
)
