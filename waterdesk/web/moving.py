"""A move sent from a page, whichever page it is: through the door, or back with the refusal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from waterdesk.core import door, evidence
from waterdesk.core.errors import DeskError, NotFound
from waterdesk.core.flow import Move, flow_of, may
from waterdesk.core.models.cases import Case
from waterdesk.core.pictures import Picture
from waterdesk.web import kept_photos, move_forms
from waterdesk.web.move_forms import Refused


def make(request: HttpRequest, case: Case, action: str) -> Refused | None:
    """Make the move that was posted on `case`; None when it is done, else what was refused.

    Raises NotFound when the kind of case has no such move.
    """
    move: Move = flow_of(case).move(action, case)
    if not move.roles:
        raise NotFound
    changes, note, seen = move_forms.read(move, request.POST)
    photos: dict[str, list[Picture]] = {}
    try:
        photos = photos_in(request, case, move)
        door.move(
            case.number,
            action,
            actor=request.user,
            at=request.now,
            note=note,
            changes=changes | photos,
            # A form without a version is a stranger's: it must not win over somebody who looked.
            seen=seen if seen is not None else -1,
        )
    except DeskError as error:
        kept = {
            name: kept_photos.keep(case, request.user, pictures)
            for name, pictures in (photos or _kept(request, case, move)).items()
            if name not in error.fields
        }
        return Refused(move, request.POST, error, files=bool(request.FILES), kept=kept)
    messages.success(request, _("已完成“%(move)s”。") % {"move": move.label})
    return None


def photos_in(request: HttpRequest, case: Case, move: Move) -> dict[str, list[Picture]]:
    """The photographs that came with a move, decoded and kept before anything is locked.

    Of somebody whom the door will refuse nothing is kept: a disk is filled quickly.
    """
    if not may(request.user, move, case):
        return {}
    found = _kept(request, case, move)
    for name in _asked(move):
        if sent := request.FILES.getlist(name):
            found[name] = [*found.get(name, []), *evidence.taken_in(sent)]
    return found


def _kept(request: HttpRequest, case: Case, move: Move) -> dict[str, list[Picture]]:
    """Those that came with a try before this one and were kept."""
    found = {
        name: kept_photos.again(
            case, request.user, request.POST.getlist(kept_photos.field_name(name))
        )
        for name in _asked(move)
    }
    return {name: pictures for name, pictures in found.items() if pictures}


def _asked(move: Move) -> list[str]:
    return [field.name for field in move.fields if field.kind == "photos"]
