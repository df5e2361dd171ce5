"""照片为证: photographs that go with a pause, when it begins or later; never replaced or removed.

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
        raise _wrong(_("一次停表最多 %(most)d 张照片。") % {"most": MOST_PHOTOS})
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
    """Give the pictures of `values` to their pause in memory; what the event says of them instead.

    Those that the pause has already are passed over. Raises Invalid when all of them are, or when
    there would be too many.
    """
    pause = _pause_of(turn, move, values)
    had = list(pause.photos.all()) if pause.pk else []
    known = {photo.digest for photo in had} | {photo.original for photo in had}
    fresh = [p for p in values["photos"] if not known & {p.digest, p.original}]
    if not fresh:
        raise _wrong(_("这些照片已经有了。"))
    if len(had) + len(fresh) > MOST_PHOTOS:
        said = {"most": MOST_PHOTOS, "had": len(had)}
        raise _wrong(_("一次停表最多 %(most)d 张照片，已有 %(had)d 张。") % said)
    turn.photos += [_row(turn, pause, picture) for picture in fresh]
    said = {"photos": [picture.digest for picture in fresh]}
    return said if move.pause else said | {"pause_reason": pause.reason}


def _pause_of(turn: Turn, move: Move, values: dict[str, Any]) -> Pause:
    if move.pause:
        return next(pause for pause in turn.pauses if pause.ended_at is None)
    return sorted(turn.pauses, key=lambda pause: pause.pk)[values["pause"] - 1]


def _row(turn: Turn, pause: Pause, picture: Picture) -> Photo:
    claim = picture.claim
    return Photo(
        pause=pause,
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


def _wrong(message: Any) -> Invalid:
    return Invalid(message, fields={"photos": message})
