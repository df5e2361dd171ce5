"""GET /api/v1/four-zeros/: 四零达标率 of a period; and the card of one application."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from applications.burdens import figures
from applications.burdens.figures import Asked, Tally
from applications.models import Application, EndedDay
from applications.models.burdens import COUNTERS
from waterdesk.core.api.periods import PeriodIn, asked
from waterdesk.core.api.prepared import Prepared


class FourZerosOut(Prepared, serializers.Serializer):
    """What the application has cost its customer; `zero` when all four are 0. Read-only."""

    trips = serializers.IntegerField(source="burden_trips")
    documents = serializers.IntegerField(source="burden_documents")
    approvals = serializers.IntegerField(source="burden_approvals")
    fees = serializers.IntegerField(source="burden_fees")
    zero = serializers.SerializerMethodField()

    def get_zero(self, case: Application) -> bool:
        return not any(getattr(case, name) for name in COUNTERS)


class EndedIn(PeriodIn):
    """Ended from the beginning of `since` to the end of `until`; `area` with all areas below it."""

    service = serializers.CharField(required=False, default="")


class ZerosOut(Prepared, serializers.Serializer):
    """Of `done` applications `met` cost nothing, `missed` something; `share` is met ÷ done, in
    per cent, null where nothing was done. `trips`, `documents`, `approvals` and `fees` are how many
    of the missed cost such a thing. `apart` ended without water and cost something.
    """

    done = serializers.IntegerField()
    met = serializers.IntegerField()
    missed = serializers.IntegerField()
    trips = serializers.IntegerField()
    documents = serializers.IntegerField()
    approvals = serializers.IntegerField()
    fees = serializers.IntegerField()
    apart = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class ZerosPartOut(ZerosOut):
    """`code` is that of an area, by itself without those below, of a service, or a month."""

    code = serializers.CharField()


class FourZerosFiguresOut(Prepared, serializers.Serializer):
    total = ZerosOut()
    areas = ZerosPartOut(many=True)
    services = ZerosPartOut(many=True)
    months = ZerosPartOut(many=True)


class FourZerosView(APIView):
    """For leads, supervisors and administrators; of the areas they may see."""

    permission_classes: ClassVar[list[type]] = [IsAuthenticated]

    @extend_schema(parameters=[EndedIn], responses=FourZerosFiguresOut)
    def get(self, request: Request) -> Response:
        """Applications that ended in the period, by what they cost their customers."""
        given, rules = asked(request, EndedIn)
        days = EndedDay.objects.visible_to(request.user)
        summary = figures.count(days, Asked(**given))
        areas = ((rules.areas[key].code, tally) for key, tally in summary.areas.items())
        months = ((f"{month:%Y-%m}", tally) for month, tally in summary.months.items())
        told = {
            "total": ZerosOut(summary.total).data,
            "areas": _parts(areas),
            "services": _parts(summary.services.items()),
            "months": _parts(months),
        }
        return Response(told)


def _parts(tallies: Iterable[tuple[str, Tally]]) -> list[dict[str, Any]]:
    return [
        {"code": code, **ZerosOut(tally).data} for code, tally in sorted(tallies, key=itemgetter(0))
    ]
