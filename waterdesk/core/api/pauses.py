"""What GET …/{number}/pauses/ answers: when a case stood still, and why."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from waterdesk.core import corrections, policy
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.models.cases import Case


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


def pauses_of(case: Case, *, staff: bool) -> list[dict[str, Any]]:
    """The pauses of one case, the first one first; what the staff wrote only for them."""
    rules = policy.current()
    found = list(case.pauses.select_related("author").order_by("started_at"))
    rows = []
    for pause in found:
        author = pause.author.username if pause.author else ""
        words = {"document": pause.document, "note": pause.note, "author": author}
        rows.append(
            {
                "pause": pause,
                "number": corrections.number_of(pause, found),
                "name": rules.reason("pause", pause.reason),
            }
            | (words if staff else dict.fromkeys(words, ""))
        )
    return PauseOut(rows, many=True).data
