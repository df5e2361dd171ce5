"""REST: /api/v1/outages/ lists what everybody may know of outages."""

from __future__ import annotations

from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tickets.models import Outage
from tickets.outages import extents, public
from waterdesk.core import policy
from waterdesk.core.errors import Invalid


class OutageOut(serializers.ModelSerializer):
    """`state` is announced or begun; `geometry` a GeoJSON geometry, null where nobody drew it."""

    number = serializers.CharField()
    areas = serializers.SlugRelatedField("code", many=True, read_only=True)
    points = serializers.ListField(child=serializers.CharField())
    geometry = serializers.SerializerMethodField()

    class Meta:
        model = Outage
        fields = (
            "number", "kind", "state", "areas", "starts_at", "ends_at", "begun_at", "reason",
            "points", "geometry",
        )  # fmt: skip

    @extend_schema_field({"type": "object", "nullable": True})
    def get_geometry(self, outage: Outage) -> dict[str, object] | None:
        return extents.as_geojson(outage)


class OutagesView(APIView):
    """Open to everybody, like the page of the same name."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(
        parameters=[OpenApiParameter("area", description="the code of an area")],
        responses=OutageOut(many=True),
    )
    @method_decorator(cache_control(public=True, max_age=public.SECONDS))
    def get(self, request: Request) -> Response:
        """Those under way, then those to come, by their beginning."""
        code = request.query_params.get("area", "")
        if code and policy.current().area_coded(code) is None:
            raise Invalid(fields={"area": _("没有这个片区。")})
        known = public.known(request._request.now)
        rows = public.of_area((*known.now, *known.coming), code)
        return Response(OutageOut(rows, many=True).data)
