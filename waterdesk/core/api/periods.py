"""What every report of the API asks for: a period, and an area with all areas below it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from waterdesk.core import periods, policy
from waterdesk.core.api.prepared import Prepared
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.policy import Policy


class PeriodIn(Prepared, serializers.Serializer):
    """From the beginning of `since` to the end of `until`; `area` with all areas below it."""

    since = serializers.DateField()
    until = serializers.DateField()
    area = serializers.CharField(required=False, default="")


def asked(request: Request, shape: type[PeriodIn]) -> tuple[dict[str, Any], Policy]:
    """What was asked for, by name, `areas` among it (None: every area), and the rules in force.

    Raises NotAllowed for whoever judges nothing, Invalid for a period that cannot be and for an
    area that is not there.
    """
    if request.user.role not in JUDGES:
        raise NotAllowed
    given = shape(data=request.query_params)
    given.is_valid(raise_exception=True)
    values, rules = dict(given.validated_data), policy.current()
    periods.check(values["since"], values["until"])
    values["areas"] = _under(values.pop("area"), rules)
    return values, rules


def _under(code: str, rules: Policy) -> frozenset[int] | None:
    if not code:
        return None
    area = rules.area_coded(code)
    if area is None:
        raise Invalid(_("没有这个片区。"), fields={"area": _("没有这个片区。")})
    return rules.below(area.pk)
