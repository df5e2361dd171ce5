"""/desk/late/: moves that came in late from phones; a lead says when they count."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import policy as policies
from waterdesk.core.breaches import JUDGES
from waterdesk.core.changes import NOTE_LENGTH
from waterdesk.core.crew import deciding
from waterdesk.core.errors import DeskError, Message, NotAllowed
from waterdesk.core.flow import flow_of
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
    rows = list(deciding.asked(request.user)[:MOST])
    cases = Case.objects.in_bulk([row.case for row in rows], field_name="number")
    context = {
        "rows": [_told(row, cases[row.case], request) for row in rows],
        "refusal": refusal,
        "note_length": NOTE_LENGTH,
    }
    return render(request, "web/crew/times.html", context, status=status)


def _told(row: CrewAction, case: Case, request: HttpRequest) -> dict[str, object]:
    move = flow_of(case).by_action.get(row.action)
    return {
        "row": row,
        "label": move.label if move is not None else row.action,
        "subject": policies.current().subject(case.kind, case.subject),
        "own": row.user_id == request.user.pk,
    }
