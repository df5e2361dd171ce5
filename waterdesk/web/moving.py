"""A move sent from a page, whichever page it is: through the door, or back with the refusal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from waterdesk.core import door, evidence
from waterdesk.core.errors import DeskError, NotFound
from waterdesk.core.flow import Move, flow_of, may
from waterdesk.core.models.cases import Case
from waterdesk.web import move_forms
from waterdesk.web.move_forms import Refused


def make(request: HttpRequest, case: Case, action: str) -> Refused | None:
    """Make the move that was posted on `case`; None when it is done, else what was refused.

    Raises NotFound when the kind of case has no such move.
    """
    move: Move = flow_of(case).move(action, case)
    if not move.roles:
        raise NotFound
    changes, note, seen = move_forms.read(move, request.POST)
    try:
        changes |= photos_in(request, case, move)
        door.move(
            case.number,
            action,
            actor=request.user,
            at=request.now,
            note=note,
            changes=changes,
            # A form without a version is a stranger's: it must not win over somebody who looked.
            seen=seen if seen is not None else -1,
        )
    except DeskError as error:
        return Refused(move, request.POST, error, files=bool(request.FILES))
    messages.success(request, _("已完成“%(move)s”。") % {"move": move.label})
    return None


def photos_in(request: HttpRequest, case: Case, move: Move) -> dict[str, Any]:
    """The photographs that came with a move, decoded and kept before anything is locked.

    Of somebody whom the door will refuse nothing is kept: a disk is filled quickly.
    """
    if not may(request.user, move, case):
        return {}
    asked = (field.name for field in move.fields if field.kind == "photos")
    return {
        name: evidence.taken_in(request.FILES.getlist(name))
        for name in asked
        if request.FILES.getlist(name)
    }
