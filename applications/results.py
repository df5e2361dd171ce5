"""What an application leaves to other systems when the water is on.

`account.open` goes to billing (who, where, use, calibre, meter, since when), `meter.installed` to
GIS (meter, calibre, where) and says nothing about the person. Both again when work was done again:
the same number with a higher version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from applications.models import AccountOpening, Application
from applications.standing import leaving
from notifications.results import outbox
from waterdesk.core import results
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import Field

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

ACCOUNT, METER = "account.open", "meter.installed"
TOPICS: dict[str, str | Lazy] = {ACCOUNT: _("立户"), METER: _("装表")} | leaving.TOPICS
POSITION = Field(
    "position",
    _("水表位置"),
    required=False,
    max_length=40,
    help=_("经度,纬度，单位为度（CGCS2000），例如 113.131695,27.827433。"),
)
_DEGREES = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*[,，]\s*([0-9]{1,3}(?:\.[0-9]{1,9})?)")
# Where China lies. Whoever writes latitude first falls outside.
EAST, NORTH = (73, 136), (3, 54)


def topics() -> Mapping[str, str | Lazy]:
    return TOPICS


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """For `follow` of the flow, the last of them. Raises Invalid for a position that is none."""
    if values.get(POSITION.name):
        position(values[POSITION.name])
    told = [results.of_move(turn, move)]
    if move.after == "water_on":
        facts = account(turn.case)
        turn.keep(AccountOpening(case=turn.case, at=turn.case.changed_at, facts=facts))
        told.append(results.result(turn, ACCOUNT, facts))
        told.append(results.result(turn, METER, meter(turn.case)))
    told += leaving.results_of(turn, move, values)
    outbox.queue(told, turn.at)


def account(case: Application) -> dict[str, Any]:
    """What billing needs to open the account, whole."""
    return meter(case) | {
        "again": case.reopened > 0,
        "holder": {
            "kind": case.applicant_kind,
            "name": case.name,
            "phone": case.phone,
            "id_number": case.id_number,
            "uscc": case.uscc,
            "contact": case.contact,
        },
    }


def meter(case: Application) -> dict[str, Any]:
    """What is in the ground, and where; `position` is null when nobody wrote it down."""
    where = position(case.position) if case.position else None
    return {
        "service": case.subject,
        "address": case.address,
        "area": case.area.code,
        "use": case.use,
        "calibre_mm": case.calibre_mm,
        "meter_number": case.meter_number,
        "water_on_at": case.changed_at.astimezone(UTC).isoformat(),
        "position": where and {"longitude": where[0], "latitude": where[1]},
    }


def position(text: str) -> tuple[float, float]:
    """Longitude and latitude in degrees. Raises Invalid for what lies nowhere in China."""
    found = _DEGREES.fullmatch(text.strip())
    if found:
        east, north = float(found[1]), float(found[2])
        if EAST[0] <= east <= EAST[1] and NORTH[0] <= north <= NORTH[1]:
            return east, north
    wrong = _("请按“经度,纬度”填写，例如 113.131695,27.827433。")
    raise Invalid(wrong, fields={POSITION.name: wrong})
