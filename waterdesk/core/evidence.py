"""照片为证: photographs that go with a pause or with a job that is done; never replaced or removed.

A page or the API decodes what was sent and keeps the files before it comes to the door, which
waits for no decoding and no disk: see `taken_in`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from waterdesk.core import media, pictures
from waterdesk.core.corrections import has_pauses
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import MOST_PHOTOS, PHOTOS, Field, Move
from waterdesk.core.models.photos import Photo

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Pause
    from waterdesk.core.pictures import Picture
    from waterdesk.core.turn import Turn

ADD = "add_photos"


def moves(statuses: Iterable[str], roles: frozenset[str]) -> tuple[Move, ...]:
    """The row that every flow has, for `roles`, who may pause; it holds in every status."""
    return (
        Move(
            ADD,
            _("补充停表照片"),
            before=frozenset(statuses),
            roles=roles,
            fields=(
                Field("pause", _("哪一次停表"), "pause"),
                Field("photos", _("照片"), "photos", help=PHOTOS.help),
            ),
            paused=None,
            when=has_pauses,
        ),
    )


def taken_in(files: Iterable[IO[bytes]]) -> list[Picture]:
    """Decode and keep what was sent, each once. Raises Invalid, naming the field.

    Nothing is in the record yet: files that no move names afterwards do no harm.
    """
    sent = list(files)
    if len(sent) > MOST_PHOTOS:
        raise _wrong(_("一次最多 %(most)d 张照片。") % {"most": MOST_PHOTOS})
    read: dict[str, Picture] = {}
    for place, file in enumerate(sent, 1):
        try:
            # One byte more than is allowed tells that it is too large.
            picture = pictures.read(file.read(pictures.MOST_BYTES + 1))
        except Invalid as fault:
            said = {"place": place, "fault": fault.message}
            raise _wrong(_("第 %(place)d 张：%(fault)s") % said) from None
        read.setdefault(picture.digest, picture)
    for picture in read.values():
        media.keep(picture)
    return list(read.values())


def attach(turn: Turn, move: Move, values: dict[str, Any]) -> dict[str, Any]:
    """Give the pictures of `values` to what they prove, in memory; what the event says instead.

    Those that are there already are passed over. Raises Invalid when all of them are, or when there
    would be too many.
    """
    if not (move.pause or move.action == ADD):
        return _of_move(turn, move, values)
    if not values.get(PHOTOS.name):
        return {}
    pause = _pause_of(turn, move, values)
    had = list(pause.photos.all()) if pause.pk else []
    fresh = _fresh(values[PHOTOS.name], had, PHOTOS.name)
    if len(had) + len(fresh) > MOST_PHOTOS:
        said = {"most": MOST_PHOTOS, "had": len(had)}
        raise _wrong(_("一次停表最多 %(most)d 张照片，已有 %(had)d 张。") % said)
    turn.photos += [_row(turn, picture, pause=pause) for picture in fresh]
    said = {"photos": [picture.digest for picture in fresh]}
    return said if move.pause else said | {"pause_reason": pause.reason}


def _of_move(turn: Turn, move: Move, values: dict[str, Any]) -> dict[str, Any]:
    """The same for a move of the case: its photographs hang on the case, by the move's action."""
    said = {}
    for field in move.fields:
        if field.kind != "photos" or not values.get(field.name):
            continue
        had = list(Photo.objects.filter(case=turn.case.pk, action=move.action))
        fresh = _fresh(values[field.name], had, field.name)
        if len(fresh) > MOST_PHOTOS:
            raise _wrong(_("一次最多 %(most)d 张照片。") % {"most": MOST_PHOTOS}, field.name)
        rows = [_row(turn, each, case_id=turn.case.pk, action=move.action) for each in fresh]
        turn.photos += rows
        said[field.name] = [row.digest for row in rows]
    return said


def _fresh(pictures: list[Picture], had: list[Photo], name: str) -> list[Picture]:
    known = {photo.digest for photo in had} | {photo.original for photo in had}
    fresh = [each for each in pictures if not known & {each.digest, each.original}]
    if not fresh:
        raise _wrong(_("这些照片已经有了。"), name)
    return fresh


def _pause_of(turn: Turn, move: Move, values: dict[str, Any]) -> Pause:
    if move.pause:
        return next(pause for pause in turn.pauses if pause.ended_at is None)
    return sorted(turn.pauses, key=lambda pause: pause.pk)[values["pause"] - 1]


def _row(turn: Turn, picture: Picture, **of: Any) -> Photo:
    claim = picture.claim
    return Photo(
        **of,
        digest=picture.digest,
        original=picture.original,
        width=picture.width,
        height=picture.height,
        taken_at=claim.taken_at,
        latitude=claim.latitude,
        longitude=claim.longitude,
        added_at=turn.at,
        author=turn.actor,
    )


def _wrong(message: Any, name: str = PHOTOS.name) -> Invalid:
    return Invalid(message, fields={name: message})
