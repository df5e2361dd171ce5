"""GET /api/v1/search/?q=: cases and addresses that a question means, and why each was found."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from waterdesk.core import search, wording
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.errors import NotAllowed


class QuestionIn(Prepared, serializers.Serializer):
    """Two characters and more; letters are pinyin's first ones, figures the end of a number."""

    q = serializers.CharField(max_length=search.ASKED)


class FoundCaseOut(Prepared, serializers.Serializer):
    """`phone` is masked; `why` names what was found: number, phone, name, address, initials."""

    number = serializers.CharField(source="case.number")
    kind = serializers.CharField(source="case.kind")
    subject = serializers.CharField(source="case.subject")
    status = serializers.CharField(source="case.status")
    name = serializers.CharField(source="case.name")
    phone = serializers.SerializerMethodField()
    address = serializers.CharField(source="case.address")
    opened_at = serializers.DateTimeField(source="case.opened_at")
    why = serializers.ListField(child=serializers.CharField())

    def get_phone(self, found: search.Found) -> str:
        return wording.mask_phone(found.case.phone)


class FoundAddressOut(Prepared, serializers.Serializer):
    """`area` is a code; `kind` is "" or what makes it sensitive: hospital, school, high-rise."""

    text = serializers.CharField(source="address.text")
    area = serializers.CharField(source="address.area.code")
    kind = serializers.CharField(source="address.kind")
    lat = serializers.FloatField(source="address.lat", allow_null=True)
    lon = serializers.FloatField(source="address.lon", allow_null=True)
    why = serializers.ListField(child=serializers.CharField())


class SearchOut(Prepared, serializers.Serializer):
    cases = FoundCaseOut(many=True)
    addresses = FoundAddressOut(many=True)


class SearchView(APIView):
    """For people of the utility, of what they may see; at most ten of each, the newest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[QuestionIn], responses=SearchOut)
    def get(self, request: Request) -> Response:
        if not request.user.is_desk:
            raise NotAllowed
        asked = QuestionIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        text = search.tidy(asked.validated_data["q"])
        found = {
            "cases": search.cases(request.user, text),
            "addresses": search.addresses(text),
        }
        return Response(SearchOut(found).data)
