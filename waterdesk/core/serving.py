"""A photograph as an answer, for the pages and for the API: for who has the case already."""

from __future__ import annotations

from django.db.models import Q
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from waterdesk.core import media
from waterdesk.core.errors import NotFound
from waterdesk.core.models.cases import Case
from waterdesk.core.models.photos import Photo

UNKNOWN = _("没有找到该照片。")
# The file under one name never changes; a shared cache must not have it.
CACHE = "private, max-age=86400, immutable"


def photo_of(case: Case, digest: str, *, small: bool = False) -> FileResponse:
    """One photograph of this case. Raises NotFound, also when its file is not there."""
    found = Photo.objects.filter(Q(pause__case=case.pk) | Q(case=case.pk), digest=digest).first()
    if found is None:
        raise NotFound(UNKNOWN)
    try:
        file = media.path_of(found.digest, small=small).open("rb")
    except FileNotFoundError:
        raise NotFound(UNKNOWN) from None
    answer = FileResponse(
        file, content_type="image/jpeg", filename=f"{case.number}-{digest[:8]}.jpg"
    )
    answer["Cache-Control"] = CACHE
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
