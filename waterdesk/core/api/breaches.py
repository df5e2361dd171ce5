"""GET /api/v1/breaches/: how the promises of a period were kept, and the causes of the breaches."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from waterdesk.core import causes
from waterdesk.core.api.periods import PeriodIn, asked
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.breaches import CAUSE
from waterdesk.core.causes import Asked, Standing, Summary, Tally
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.promises import Kind
from waterdesk.core.policy import Policy


class BreachesIn(PeriodIn):
    """Due from the beginning of `since` to the end of `until`; `area` with all areas below it."""

    kind = serializers.ChoiceField(choices=Kind.choices, required=False, default="")
    promise = serializers.CharField(required=False, default="")


class TallyOut(Prepared, serializers.Serializer):
    """`late` holds `apart`, the breaches for an accepted cause outside the company's control.

    `share` is kept ÷ due in per cent, `share_apart` kept ÷ (due − apart); null where nothing is.
    """

    due = serializers.IntegerField()
    kept = serializers.IntegerField()
    late = serializers.IntegerField()
    apart = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    share_apart = serializers.FloatField(allow_null=True)


class PartOut(TallyOut):
    """`code` is that of an area, by itself without those below, or of a promise."""

    code = serializers.CharField()


class CauseOut(Prepared, serializers.Serializer):
    """`code` is "" while nobody has said why; `group` is within, outside or none."""

    code = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    owed = serializers.IntegerField()
    given = serializers.IntegerField()
    returned = serializers.IntegerField()
    accepted = serializers.IntegerField()
    total = serializers.IntegerField()


class BreachesOut(Prepared, serializers.Serializer):
    total = TallyOut()
    areas = PartOut(many=True)
    promises = PartOut(many=True)
    causes = CauseOut(many=True)


class BreachesView(APIView):
    """For leads, supervisors and administrators; of the areas they may see."""

    permission_classes: ClassVar[list[type]] = [IsAuthenticated]

    @extend_schema(parameters=[BreachesIn], responses=BreachesOut)
    def get(self, request: Request) -> Response:
        """Clocks that fell due in the period and are stopped or late, with why they were late."""
        given, rules = asked(request, BreachesIn)
        wanted = Asked(code=given.pop("promise"), **given)
        clocks = Clock.objects.visible_to(request.user)
        return Response(_told(causes.count(clocks, wanted, rules, timezone.now()), rules))


def _told(summary: Summary, rules: Policy) -> dict[str, Any]:
    areas = {rules.areas[key].code: tally for key, tally in summary.areas.items()}
    return {
        "total": TallyOut(summary.total).data,
        "areas": _parts(areas),
        "promises": _parts(summary.promises),
        "causes": [
            {
                "code": row.code,
                "name": rules.reason(CAUSE, row.code),
                "group": row.group,
                "total": row.total,
            }
            | {str(each): row.by_standing[each] for each in Standing}
            for _code, row in sorted(summary.causes.items())
        ],
    }


def _parts(tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    return [{"code": code, **TallyOut(tally).data} for code, tally in sorted(tallies.items())]
