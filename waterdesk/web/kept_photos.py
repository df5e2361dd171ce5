"""Photographs of a form that was refused: they are kept, shown again, and go with the next try.

A browser gives no file back, and nobody goes down into the pit twice for the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_safe

from waterdesk.core import media
from waterdesk.core.errors import NotFound
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.pictures import Claim, Picture
from waterdesk.core.serving import UNKNOWN
from waterdesk.web.access import desk_only, find

SALT = "waterdesk.kept-photo"
# How long a form may lie there before it is sent again, in seconds: a day's work. *chosen*
LASTS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """One photograph as the form carries it: `token` says which, `url` shows it small."""

    token: str
    url: str


def field_name(name: str) -> str:
    """Under which name the form sends what was kept of this field."""
    return f"{name}-kept"


def keep(case: Case, user: User, pictures: list[Picture]) -> list[Kept]:
    """Say of pictures that lie on the disk already which they are, for this person and case."""
    return [_kept(case, user, picture) for picture in pictures]


def again(case: Case, user: User, tokens: list[str]) -> list[Picture]:
    """The pictures of these tokens; one that is forged, another's or too old is passed over."""
    found = (_picture(case, user, token) for token in tokens)
    return [picture for picture in found if picture is not None]


@require_safe
@desk_only
def small(request: HttpRequest, number: str, token: str) -> FileResponse:
    """The thumbnail of one that is kept, for whoever sent it alone."""
    picture = _picture(find(request, number), request.user, token)
    if picture is None:
        raise NotFound(UNKNOWN)
    file = media.path_of(picture.digest, small=True).open("rb")
    answer = FileResponse(file, content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _kept(case: Case, user: User, picture: Picture) -> Kept:
    claim = picture.claim
    said = {
        "case": case.number,
        "by": user.pk,
        "digest": picture.digest,
        "original": picture.original,
        "size": [picture.width, picture.height],
        "at": claim.taken_at.isoformat() if claim.taken_at else "",
        "place": [claim.latitude, claim.longitude],
    }
    token = signing.dumps(said, salt=SALT, compress=True)
    return Kept(token, reverse("case-photo-kept", args=[case.number, token]))


def _picture(case: Case, user: User, token: str) -> Picture | None:
    try:
        said: Mapping[str, Any] = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    if (said["case"], said["by"]) != (case.number, user.pk):
        return None
    taken_at = datetime.fromisoformat(said["at"]) if said["at"] else None
    digest = said["digest"]
    try:
        large = media.path_of(digest).read_bytes()
        thumbnail = media.path_of(digest, small=True).read_bytes()
    except FileNotFoundError:
        return None
    return Picture(
        large, thumbnail, digest, said["original"], *said["size"], Claim(taken_at, *said["place"])
    )
