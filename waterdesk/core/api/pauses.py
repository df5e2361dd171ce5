"""What GET …/{number}/pauses/ answers: when a case stood still, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from waterdesk.core import corrections, policy
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.models.cases import Case
from waterdesk.core.models.photos import Photo


class PhotoOut(Prepared, serializers.ModelSerializer):
    """A photograph; …/photos/{digest}/ is its JPEG, of which `digest` is the SHA-256.

    `taken_at`, `latitude` and `longitude` are what the picture claimed; nobody has proved it.
    """

    author = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Photo
        fields: ClassVar[list[str]] = [
            "digest", "width", "height", "taken_at", "latitude", "longitude", "added_at", "author",
        ]  # fmt: skip


class PauseOut(Prepared, serializers.Serializer):
    """`number` says which pause of the case it is, from 1 on; moves name it so.

    `ended_at` is null while it stands, and `lapses_at` then says when it ends by itself.
    """

    number = serializers.IntegerField()
    reason = serializers.CharField(source="pause.reason")
    name = serializers.CharField()
    started_at = serializers.DateTimeField(source="pause.started_at")
    ended_at = serializers.DateTimeField(source="pause.ended_at", allow_null=True)
    lapses_at = serializers.DateTimeField(source="pause.lapses_at", allow_null=True)
    document = serializers.CharField()
    note = serializers.CharField()
    author = serializers.CharField()
    photos = PhotoOut(many=True)


def pauses_of(case: Case, *, staff: bool) -> list[dict[str, Any]]:
    """The pauses of one case, the first one first; what the staff wrote only for them."""
    rules = policy.current()
    rows_of = case.pauses.select_related("author").prefetch_related("photos__author")
    found = list(rows_of.order_by("started_at"))
    rows = []
    for pause in found:
        author = pause.author.username if pause.author else ""
        words = {"document": pause.document, "note": pause.note, "author": author}
        rows.append(
            {
                "pause": pause,
                "number": corrections.number_of(pause, found),
                "name": rules.reason("pause", pause.reason),
                "photos": pause.photos.all() if staff else [],
            }
            | (words if staff else dict.fromkeys(words, ""))
        )
    return PauseOut(rows, many=True).data
