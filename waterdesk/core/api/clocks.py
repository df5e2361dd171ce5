"""GET /api/v1/clocks/: the clocks a person may see, by state, due time and area."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from waterdesk.core import explaining, policy
from waterdesk.core.api.explanations import ExplanationOut
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.errors import Invalid, NotFound
from waterdesk.core.models.clocks import Clock


class ClockOut(Prepared, serializers.ModelSerializer):
    case = serializers.CharField(source="case.number")
    kind = serializers.CharField(source="case.kind")
    area = serializers.SerializerMethodField()
    promise = serializers.CharField(source="code")

    class Meta:
        model = Clock
        fields: ClassVar[list[str]] = [
            "id", "case", "kind", "area", "promise", "name", "state", "started_at", "due_at",
            "provisional", "stopped_at", "breached_at", "next_at", "next_level",
        ]  # fmt: skip

    def get_area(self, clock: Clock) -> str:
        return policy.current().areas[clock.area_id].code


class ClockFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Clock.State.choices)
    due_before = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")
    area = filters.CharFilter(method="in_area")

    def in_area(self, rows: QuerySet[Clock], name: str, value: str) -> QuerySet[Clock]:
        rules = policy.current()
        area = rules.area_coded(value)
        if area is None:
            raise Invalid(_("没有这个片区。"), fields={"area": _("没有这个片区。")})
        below = rules.below(area.pk)
        return rows if below is None else rows.filter(area__in=below)


class ByDue(CursorPagination):
    ordering = ("due_at", "id")
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"


class ClockViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Open and past clocks, the earliest due first."""

    queryset = Clock.objects.select_related("case")
    serializer_class = ClockOut
    permission_classes: ClassVar[list[type]] = [IsAuthenticated]
    filterset_class = ClockFilter
    pagination_class = ByDue
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Clock]:
        rows = super().get_queryset().visible_to(self.request.user)
        return rows if self.request.user.is_desk else rows.filter(public=True)

    @extend_schema(responses=ExplanationOut)
    @action(detail=True, pagination_class=None, filter_backends=[])
    def explanation(self, request: Request, pk: str) -> Response:
        """Why it is due then: each day's opening time, days off, make-up days and pauses.

        404 for a clock that this person may not see. Customers read no words of the staff.
        """
        rows = self.get_queryset().select_related("promise", "calendar")
        clock = rows.filter(pk=pk).first()
        if clock is None:
            raise NotFound(_("没有找到该计时。"))
        staff = request.user.is_desk
        pauses = clock.case.pauses.select_related("author")
        told = explaining.explain(clock, pauses, policy.current(), timezone.now(), staff=staff)
        return Response(ExplanationOut(told).data)
