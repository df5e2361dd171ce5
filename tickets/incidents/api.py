"""/api/v1/incidents/: incidents, their callers and moves, and what may be the same fault."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets.incidents import members, near
from tickets.incidents.flow import KIND
from tickets.intake import ADDRESS_LENGTH, REMARK_LENGTH, calibre
from tickets.models import REPAIR, SUBTYPES, Incident, Ticket, subject_of
from waterdesk.core.api.cases import CaseOut, CaseViewSet
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.intake import area_of
from waterdesk.core.models.cases import Case
from waterdesk.core.places import points


class NearIn(Prepared, serializers.Serializer):
    """A repair as far as it is known: `lat` and `lon`, or an address, or an area's code."""

    subtype = serializers.ChoiceField(choices=SUBTYPES)
    address = serializers.CharField(required=False, default="", max_length=ADDRESS_LENGTH)
    area = serializers.CharField(required=False, default="", max_length=40)
    lat = serializers.FloatField(required=False, allow_null=True, default=None)
    lon = serializers.FloatField(required=False, allow_null=True, default=None)

    def to_draft(self) -> Ticket:
        """A ticket that is never saved. Raises Invalid for an area or a point that is none."""
        said = self.validated_data
        point = points.point(said["lat"], said["lon"])
        return Ticket(
            category=REPAIR,
            subtype=said["subtype"],
            subject=subject_of(REPAIR, said["subtype"]),
            address=said["address"],
            area=area_of(said["area"], said["address"], point),
            lat=point.lat if point else None,
            lon=point.lon if point else None,
        )


class NearOut(Prepared, serializers.Serializer):
    """`number` is what the move `join` takes as `same`; `metres` null: no position is known."""

    number = serializers.CharField(source="case.number")
    kind = serializers.CharField(source="case.kind")
    subject = serializers.CharField(source="case.subject")
    status = serializers.CharField(source="case.status")
    address = serializers.CharField(source="case.address")
    opened_at = serializers.DateTimeField(source="case.opened_at")
    metres = serializers.IntegerField(allow_null=True)


class NearView(APIView):
    """Open incidents and lone tickets that may be the same fault as a repair. For the desk."""

    permission_classes: ClassVar[list[type]] = [IsAuthenticated]

    @extend_schema(parameters=[NearIn], responses=NearOut(many=True))
    def get(self, request: Request) -> Response:
        if not request.user.is_desk:
            raise NotAllowed
        form = NearIn(data=request.query_params)
        form.is_valid(raise_exception=True)
        found = near.same(form.to_draft(), request.user, timezone.now())
        return Response(NearOut(found, many=True).data)


class IncidentIn(Prepared, serializers.Serializer):
    """An incident nobody called about yet: a pressure sensor or a crew found it."""

    subtype = serializers.ChoiceField(choices=SUBTYPES)
    address = serializers.CharField(max_length=ADDRESS_LENGTH)
    area = serializers.CharField(required=False, default="", max_length=40)
    description = serializers.CharField(max_length=REMARK_LENGTH)
    lat = serializers.FloatField(required=False, allow_null=True, default=None)
    lon = serializers.FloatField(required=False, allow_null=True, default=None)
    calibre_mm = serializers.IntegerField(required=False, allow_null=True, default=None)
    urgent = serializers.BooleanField(default=False)

    def to_case(self) -> Incident:
        said = self.validated_data
        point = points.point(said["lat"], said["lon"])
        incident = Incident(
            kind=KIND,
            subject=subject_of(REPAIR, said["subtype"]),
            subtype=said["subtype"],
            calibre_mm=calibre(said["calibre_mm"]),
            first_call_at=timezone.now(),
            area=area_of(said["area"], said["address"], point),
            address=said["address"],
            remark=said["description"],
            urgent=said["urgent"],
            channel=Case.Channel.API.value,
            **({"lat": point.lat, "lon": point.lon} if point else {}),
        )
        if not near.sorts.of(incident.subject):
            raise Invalid(fields={"subtype": _("这类故障不会是多人的同一故障。")})
        return incident


class StageOut(Prepared, serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class MemberOut(Prepared, serializers.Serializer):
    ticket = serializers.CharField(source="case.number")
    status = serializers.CharField(source="case.status")
    name = serializers.CharField(source="case.name")
    phone = serializers.CharField(source="case.phone")
    address = serializers.CharField(source="case.address")
    joined_at = serializers.DateTimeField()


class IncidentOut(CaseOut):
    description = serializers.CharField(source="remark", read_only=True)
    callers = serializers.SerializerMethodField()
    stages = StageOut(many=True, read_only=True)
    merged_into = serializers.SlugRelatedField(
        source="into", slug_field="number", read_only=True, allow_null=True
    )

    class Meta(CaseOut.Meta):
        model = Incident
        fields: ClassVar[list[str]] = [
            *(name for name in CaseOut.Meta.fields if name != "remark"),
            "subtype", "calibre_mm", "first_call_at", "description", "result", "callers",
            "stages", "merged_into",
        ]  # fmt: skip

    @extend_schema_field(serializers.IntegerField())
    def get_callers(self, incident: Incident) -> int:
        return members.of(incident).count()


class NewestFirst(CursorPagination):
    page_size = 50
    ordering = "-pk"


class IncidentLine(Prepared, serializers.ModelSerializer):
    """One line of the list; the rest is with the incident itself."""

    handler = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Incident
        fields: ClassVar[list[str]] = [
            "number", "subject", "status", "address", "handler", "urgent", "first_call_at",
            "opened_at", "changed_at", "closed_at",
        ]  # fmt: skip


@extend_schema_view(
    create=extend_schema(request=IncidentIn, responses={201: IncidentOut}),
    list=extend_schema(responses=IncidentLine(many=True)),
)
class IncidentViewSet(mixins.ListModelMixin, CaseViewSet):
    """事件. A ticket joins one by its own move `join`; `merge` and `unmerge` are moves of these."""

    queryset = Incident.objects.order_by("-pk")
    serializer_class = IncidentOut
    opening_class = IncidentIn
    pagination_class = NewestFirst

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return IncidentLine if self.action == "list" else IncidentOut

    @extend_schema(responses=MemberOut(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def callers(self, request: Request, number: str) -> Response:
        """Every ticket that belongs to it now, with its caller; for people of the utility."""
        rows: Any = members.of(self.get_object()).select_related("case")
        return Response(MemberOut(rows, many=True).data)
