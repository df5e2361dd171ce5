"""The calls that every kind of case has: open, read, its events, its moves."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
)
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from waterdesk.core import corrections, disclosed, door, evidence, flow, policy
from waterdesk.core.api.pauses import PauseOut, pauses_of
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.disclosure import for_customer
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.masking import masked
from waterdesk.core.models.cases import Case
from waterdesk.core.models.record import Event
from waterdesk.core.serving import UNKNOWN, photo_of

# What of a case is about somebody, as the kinds name it.
OF_PEOPLE = ("applicant", "caller", "address")


class PromiseOut(Prepared, serializers.Serializer):
    """`provisional` while it runs: may still move. Once stopped: was, and stands as it was told."""

    promise = serializers.CharField(source="code")
    name = serializers.CharField()
    due_at = serializers.DateTimeField()
    provisional = serializers.BooleanField()
    state = serializers.CharField()


class FieldOut(Prepared, serializers.Serializer):
    """One thing that a move asks for in `changes`; its `kind` says what to send."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=flow.KINDS)
    required = serializers.BooleanField()


class ActionOut(Prepared, serializers.Serializer):
    """A move that this person may make now."""

    action = serializers.CharField()
    label = serializers.CharField()
    fields = FieldOut(many=True)


class CaseOut(Prepared, serializers.ModelSerializer):
    """A case as the API shows it; each kind adds its own fields."""

    area = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    promises = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    track_url = serializers.SerializerMethodField()
    handler = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Case
        fields: ClassVar[list[str]] = [
            "number", "reference", "status", "version", "subject", "area", "steps", "promises",
            "actions", "handler", "address", "urgent", "channel", "remark", "paused_reason",
            "outcome", "opened_at", "changed_at", "closed_at", "track_url",
        ]  # fmt: skip

    def to_representation(self, case: Case) -> dict[str, Any]:
        """Names, numbers and addresses are masked for who only oversees: see core.disclosed."""
        shown = super().to_representation(case)
        user = self.context["request"].user
        if disclosed.sees_people(user, case):
            return shown
        return shown | masked({name: shown[name] for name in OF_PEOPLE if name in shown})

    def get_area(self, case: Case) -> str:
        return policy.current().areas[case.area_id].code

    def get_steps(self, case: Case) -> list[dict[str, str]]:
        return [
            {"code": s["code"], "name": str(s["name"]), "status": s["status"]}
            for s in flow.steps_of(case)
        ]

    def get_promises(self, case: Case) -> list[dict[str, Any]]:
        user = self.context["request"].user
        clocks = case.clocks.all() if case.begun is None else case.begun
        clocks = [c for c in clocks if c.public or user.is_desk]
        return PromiseOut(sorted(clocks, key=lambda c: (c.due_at, c.pk)), many=True).data

    @extend_schema_field(ActionOut(many=True))
    def get_actions(self, case: Case) -> list[dict[str, Any]]:
        user = self.context["request"].user
        return [
            {
                "action": move.action,
                "label": str(move.label),
                "fields": [
                    {"name": f.name, "kind": f.kind, "required": f.required} for f in move.fields
                ],
            }
            for move in flow.allowed(user, case)
        ]

    def get_track_url(self, case: Case) -> str:
        path = reverse("track", args=[case.number])
        return self.context["request"].build_absolute_uri(path)


class EventOut(Prepared, serializers.ModelSerializer):
    class Meta:
        model = Event
        fields: ClassVar[list[str]] = [
            "seq",
            "at",
            "recorded_at",
            "actor",
            "role",
            "action",
            "data",
            "digest",
        ]


class MoveIn(Prepared, serializers.Serializer):
    """`changes` holds the fields that the move asks for, by name; see `actions` of a case.

    `seen` is the version last read: when the case has gone on since, the answer is 409.
    """

    action = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    changes = serializers.DictField(required=False)
    seen = serializers.IntegerField(required=False, min_value=0)


class PhotosIn(Prepared, serializers.Serializer):
    """`seen` is as with every move."""

    photos = serializers.ListField(child=serializers.FileField(), allow_empty=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    seen = serializers.IntegerField(required=False, min_value=0)


class Jpeg(JSONRenderer):
    """Lets somebody ask for image/jpeg; the picture itself is no renderer's work."""

    media_type = "image/jpeg"
    format = "jpg"


CORRECTION = OpenApiExample(
    "correct_pause",
    summary="A lead corrects from when to when a pause was",
    description=(
        "`pause` is the `number` of one of the case's `pauses`. `end` is for one that has ended."
    ),
    value={
        "action": corrections.CORRECT,
        "changes": {
            "pause": 1,
            "start": "2026-11-16T10:00:00+08:00",
            "end": "2026-11-16T10:30:00+08:00",
            "note": "客户十点半已补正，恢复时漏记。",
            "document": "更〔2026〕3 号",
        },
        "seen": 4,
    },
    request_only=True,
)


class CaseViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One kind of case. A subclass names its queryset and serializers."""

    permission_classes: ClassVar[list[type]] = [IsAuthenticated]
    lookup_field = "number"
    lookup_value_regex = "[A-Za-z0-9]{5,24}"
    opening_class: ClassVar[type[serializers.Serializer]]

    def get_queryset(self) -> QuerySet[Case]:
        rows = super().get_queryset().visible_to(self.request.user)
        return rows.select_related("handler").prefetch_related("clocks")

    def get_object(self) -> Case:
        case = self.get_queryset().filter(number=self.kwargs["number"]).first()
        if case is None:
            raise NotFound
        return case

    @extend_schema(parameters=[OpenApiParameter("Idempotency-Key", str, "header")])
    def create(self, request: Request) -> Response:
        """Open a case. The same Idempotency-Key and body again answer 200 with the same case."""
        form = self.opening_class(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        draft = form.to_case()
        at = timezone.now()
        key = request.headers.get("Idempotency-Key", "")
        if key:
            once = door.Key(f"api:{request.user.pk}:{draft.kind}", key, request.data)
            case, fresh = door.open_once(draft, once, actor=request.user, at=at)
        else:
            case, fresh = door.open_case(draft, actor=request.user, at=at), True
        body = self.get_serializer(case).data
        return Response(body, status=status.HTTP_201_CREATED if fresh else status.HTTP_200_OK)

    @extend_schema(responses=EventOut(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def events(self, request: Request, number: str) -> Response:
        """The record of the case, oldest first; customers read what concerns them of it."""
        case = self.get_object()
        if request.user.is_desk:
            return Response(EventOut(case.events, many=True).data)
        promises = {clock.code for clock in case.clocks.all() if clock.public}
        found = ((e, for_customer(e, flow.flow_of(case), promises)) for e in case.events)
        rows = [EventOut(e).data | {"data": data} for e, data in found if data is not None]
        for row in rows:
            row["actor"] = ""
        return Response(rows)

    @extend_schema(responses=PauseOut(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def pauses(self, request: Request, number: str) -> Response:
        """When the case stood still and why; customers read no words of the staff."""
        return Response(pauses_of(self.get_object(), staff=request.user.is_desk))

    @extend_schema(request={"multipart/form-data": PhotosIn}, responses=PauseOut(many=True))
    @action(
        detail=True,
        methods=["post"],
        url_path="pauses/(?P<place>[0-9]{1,6})/photos",
        parser_classes=[MultiPartParser],
    )
    def add_photos(self, request: Request, number: str, place: str) -> Response:
        """Add up to three photographs to a pause; none is ever replaced or removed.

        JPEG, PNG or WebP, at most 10 MB and 40 megapixels each. One that is there already is not
        added again. The answer is the pauses of the case.
        """
        case = self.get_object()
        if not flow.may(request.user, flow.flow_of(case).move(evidence.ADD), case):
            raise NotAllowed
        form = PhotosIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        door.move(
            number,
            evidence.ADD,
            actor=request.user,
            at=timezone.now(),
            note=sent.get("note", ""),
            changes={"pause": place, "photos": evidence.taken_in(sent["photos"])},
            seen=sent.get("seen"),
        )
        body = pauses_of(self.get_object(), staff=True)
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(
        detail=True,
        url_path="photos/(?P<digest>[0-9a-f]{64})",
        pagination_class=None,
        filter_backends=[],
        renderer_classes=[JSONRenderer, Jpeg],
    )
    def photo(self, request: Request, number: str, digest: str) -> FileResponse:
        """One photograph of a pause, for staff; ?small=1 is its thumbnail."""
        case = self.get_object()
        if not request.user.is_desk:
            raise NotFound(UNKNOWN)
        return photo_of(case, digest, small="small" in request.query_params)

    @extend_schema(request=MoveIn, examples=[CORRECTION])
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, number: str) -> Response:
        """Make one move; the answer is the case as it then stands."""
        form = MoveIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        self.get_object()  # the door knows cases of every kind, this address one
        door.move(
            number,
            sent["action"],
            actor=request.user,
            at=timezone.now(),
            note=sent.get("note", ""),
            changes=sent.get("changes"),
            seen=sent.get("seen"),
        )
        return Response(self.get_serializer(self.get_object()).data)
