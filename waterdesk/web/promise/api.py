"""REST: /api/v1/promise/ is the public page of results for machines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from waterdesk.core import policy as policies
from waterdesk.core.errors import NotFound
from waterdesk.web.promise import results
from waterdesk.web.promise.guarding import FEWEST, Guard
from waterdesk.web.reports import words


class PromiseKeptOut(serializers.Serializer):
    """One promise: `limits` as they are said, `judged` and `share` null where kept back.

    `guard` is shown; few, for fewer than `fewest`; or hidden, where the number would give such a
    small one away. `share` is in per cent, to a tenth, never up by rounding.
    """

    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    limits = serializers.ListField(child=serializers.CharField())
    guard = serializers.ChoiceField(choices=[each.value for each in Guard])
    judged = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(allow_null=True)


class PromisePlaceOut(serializers.Serializer):
    """An area with all below it."""

    area = serializers.SlugField()
    name = serializers.CharField()
    promises = PromiseKeptOut(many=True)


class PromisesOut(serializers.Serializer):
    """Promises that were judged, kept or late, from `since` to the end of `until`."""

    utility = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    fewest = serializers.IntegerField()
    areas = PromisePlaceOut(many=True)


@method_decorator(conditional_page, name="dispatch")
class PromiseView(APIView):
    """Open to everybody where the utility opened it; 404 elsewhere."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(responses=PromisesOut)
    @method_decorator(cache_control(public=True, max_age=results.SECONDS))
    def get(self, request: Request) -> Response:
        """Last month's promises by area; has an ETag, and changes at most once an hour."""
        rules = policies.current()
        areas = results.opened(rules)
        if not areas:
            raise NotFound(_("本单位没有公开承诺结果。"))
        month = results.month(request._request.now)
        found = results.results(rules, month)
        said = {
            "utility": rules.utility.name,
            "since": month.since,
            "until": month.until,
            "fewest": FEWEST,
            "areas": [
                {
                    "area": area.code,
                    "name": area.name,
                    "promises": _promises(found[area.code], month.until),
                }
                for area in areas
            ],
        }
        return Response(PromisesOut(said).data)


def _promises(rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    rules = policies.current()
    return [
        row
        | {
            "name": str(words.promise(rules, row["kind"], row["code"])),
            "limits": results.limits(rules, (row["kind"], row["code"]), day),
        }
        for row in rows
    ]
