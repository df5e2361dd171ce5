"""A move sent from a page, whichever page it is: through the door, or back with the refusal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from waterdesk.core import door
from waterdesk.core.errors import DeskError, NotFound
from waterdesk.core.flow import Move, flow_of
from waterdesk.core.models.cases import Case
from waterdesk.web import move_forms
from waterdesk.web.move_forms import Refused


def make(request: HttpRequest, case: Case, action: str) -> Refused | None:
    """Make the move that was posted on `case`; None when it is done, else what was refused.

    Raises NotFound when the kind of case has no such move.
    """
    move: Move = flow_of(case).move(action)
    if not move.roles:
        raise NotFound
    changes, note, seen = move_forms.read(move, request.POST)
    try:
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
        return Refused(move, request.POST, error)
    messages.success(request, _("已完成“%(move)s”。") % {"move": move.label})
    return None
