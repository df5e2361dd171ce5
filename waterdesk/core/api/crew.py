"""POST /api/v1/crew/actions/: a phone of the crew tells what was done, perhaps long ago."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from waterdesk.core import evidence
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.crew.taking import Told, take
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.places import points

# More than any phone is ever off, in milliseconds: a hundred years.
FARTHEST = 100 * 366 * 24 * 3600 * 1000


class PositionIn(Prepared, serializers.Serializer):
    """Degrees in WGS84, `accuracy` in metres, as phones give them."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()
    accuracy = serializers.FloatField(required=False, allow_null=True, min_value=0)


class CrewActionIn(Prepared, serializers.Serializer):
    """One move as the phone made it; as JSON, or as the part `action` beside photographs.

    `id` is the phone's own: told again it changes nothing. `at` is what its clock showed, `sent`
    what it shows now, `offset_ms` what has to be added to it, as learned at the last contact. Files
    go in parts named by the field of the move that asks for them.
    """

    id = serializers.UUIDField()
    case = serializers.CharField(max_length=24)
    action = serializers.CharField(max_length=50)
    at = serializers.DateTimeField()
    sent = serializers.DateTimeField(required=False, allow_null=True)
    offset_ms = serializers.IntegerField(
        required=False, allow_null=True, min_value=-FARTHEST, max_value=FARTHEST
    )
    position = PositionIn(required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    changes = serializers.DictField(required=False)

    def told(self) -> Told:
        sent: dict[str, Any] = dict(self.validated_data)
        place = sent.pop("position", None) or {}
        here = points.point(place.get("lat"), place.get("lon"))
        return Told(**sent, position=here, accuracy=place.get("accuracy"))


class CrewActionOut(Prepared, serializers.ModelSerializer):
    """What came of it. `made_at` is when it counts; `doubt` says why that is not the phone's time.

    `refusal` is the desk's answer where the move was not accepted: {code, message, fields}.
    """

    accepted = serializers.BooleanField(read_only=True)
    now = serializers.SerializerMethodField()

    class Meta:
        model = CrewAction
        fields: ClassVar[list[str]] = [
            "id", "case", "action", "accepted", "state", "doubt", "refusal", "phone_at",
            "arrived_at", "made_at", "now",
        ]  # fmt: skip

    def get_now(self, _row: CrewAction) -> int:
        """The desk's own time in milliseconds since 1970, by which a phone learns its offset."""
        return int(timezone.now().timestamp() * 1000)


class CrewActionsView(APIView):
    permission_classes: ClassVar[list[type]] = [IsAuthenticated]
    parser_classes: ClassVar[list[type]] = [JSONParser, MultiPartParser]

    @extend_schema(request=CrewActionIn, responses={200: CrewActionOut, 201: CrewActionOut})
    def post(self, request: Request) -> Response:
        """Make one move as of the time it happened: 201; one that is known already: 200, no effect.

        A refused move is answered so as well, with `accepted` false: a repetition changes nothing.
        """
        if not request.user.is_desk:
            raise NotAllowed
        form = CrewActionIn(data=_said(request))
        form.is_valid(raise_exception=True)

        def photos() -> dict[str, list[Any]]:
            return {name: evidence.taken_in(request.FILES.getlist(name)) for name in request.FILES}

        row, fresh = take(request.user, form.told(), timezone.now(), photos)
        return Response(CrewActionOut(row).data, status=201 if fresh else 200)


def _said(request: Request) -> Any:
    """The action itself: the body, or the part of it beside the files."""
    if not str(request.content_type).startswith("multipart/"):
        return request.data
    try:
        return json.loads(request.data.get("action", ""))
    except (TypeError, ValueError):
        raise Invalid(fields={"action": _("这一部分应为 JSON。")}) from None
