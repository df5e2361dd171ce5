"""POST /api/v1/calls/events/: an exchange tells what happens to a call."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets.calls import signing
from tickets.calls.taking import Told, take
from tickets.models import CallState, Direction, EventKind
from waterdesk.core.api.prepared import Prepared

KINDS = [kind for kind in EventKind.values if kind != EventKind.EXPIRED]


class CallEventIn(Prepared, serializers.Serializer):
    """One event.

    `event` is the exchange's own id of it: told again, it changes nothing. `call` is its id of the
    call. `at` is when it happened, with its offset from UTC. `number` is the other party's number
    as the network gave it ("anonymous" or "" when withheld), `called` the number that was dialled.
    `extension` is the extension that rings, stops ringing, answers, or to which is transferred.
    What is known may be said with every event; the first that says it is believed.
    """

    event = serializers.CharField(max_length=100)
    call = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=KINDS)
    at = serializers.DateTimeField()
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)
    number = serializers.CharField(
        max_length=80, required=False, allow_blank=True, allow_null=True, default=None
    )
    called = serializers.CharField(max_length=80, required=False, allow_blank=True)
    trunk = serializers.CharField(max_length=60, required=False, allow_blank=True)
    extension = serializers.CharField(max_length=20, required=False, allow_blank=True)
    recording = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def told(self) -> Told:
        return Told(**self.validated_data)


class CallEventOut(Prepared, serializers.Serializer):
    """What the desk now makes of the call."""

    call = serializers.CharField(source="provider_call")
    state = serializers.ChoiceField(choices=CallState.choices)
    number = serializers.CharField()
    extension = serializers.CharField()
    # The extension is nobody's at the desk: nobody saw the call ring.
    unknown_extension = serializers.BooleanField()


_HEADERS = [
    OpenApiParameter(name, location=OpenApiParameter.HEADER, required=True, description=text)
    for name, text in (
        ("X-Provider", "The name of the exchange."),
        ("X-Timestamp", "Seconds since 1970, at most 300 from now."),
        ("X-Signature", 'v1=<hex>: HMAC-SHA256 over "<X-Timestamp>.<body>" under its key.'),
    )
]


class CallEventsView(APIView):
    """Signed as tickets.calls.signing says, and by nothing else."""

    authentication_classes: ClassVar[list[type]] = []
    permission_classes: ClassVar[list[type]] = []

    @extend_schema(
        request=CallEventIn,
        responses={200: CallEventOut, 201: CallEventOut},
        parameters=_HEADERS,
        tags=["calls"],
    )
    def post(self, request: Request) -> Response:
        """Keep an event: 201; one that is known already: 200, and nothing changes.

        Events may come in any order, late and more than once. 403 without a right signature; 409
        `doubled_event` when the id stands for another event; 400 for one more than seven days old
        or more than five minutes ahead, and for what has not this shape. None of these is worth a
        second try; anything else (5xx, no answer) is.
        """
        body: bytes = request._request.body
        now = timezone.now()
        provider = signing.provider_of(request.headers, body, now)
        if provider is None:
            raise PermissionDenied
        form = CallEventIn(data=_object(request.data))
        form.is_valid(raise_exception=True)
        call, new = take(provider, form.told(), now)
        return Response(CallEventOut(call).data, status=201 if new else 200)


def _object(data: Any) -> Any:
    """A list of one event is that event: some exchanges know only lists."""
    return data[0] if isinstance(data, list) and len(data) == 1 else data
