"""The rules of the desk as values in memory, and the facts of a case that they choose by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from applications.fees.engine import Price, Rules, Waiver
from applications.models import Application, FeePrice, FeeWaiver
from applications.rules import FACT_SORTS as OF_APPLICATIONS
from applications.rules import facts as facts_of_case
from waterdesk.core import policy
from waterdesk.core.facts import Sort

# What fees choose by beside the facts of promises; whichever is not known is left out. A price may
# not depend on them: the customer is told what it would cost before they are found out.
LAND, DEVELOPER = "land", "developer"
FOUND_OUT: dict[str, Lazy] = {LAND: _("土地取得日期"), DEVELOPER: _("是否为房地产开发企业")}
# The hour of the day is no reason to pay more.
FACT_SORTS = {name: sort for name, sort in OF_APPLICATIONS.items() if name != "night"}

_held: tuple[policy.Policy, Rules] | None = None


def rules() -> Rules:
    """All rules in the utility's order; read again when the policy was. Two queries."""
    global _held
    current = policy.current()
    if _held is None or _held[0] is not current:
        _held = current, _read(current)
    return _held[1]


def facts(case: Application, at: datetime, found: Mapping[str, Any]) -> dict[str, Any]:
    """What fee rules choose by. `found` is what is known of FOUND_OUT.

    An area is told with those above it. A person is no developer.
    """
    current = policy.current()
    known = {name: found[name] for name in FOUND_OUT if found.get(name) is not None}
    if case.applicant_kind == Application.Applicant.PERSON:
        known[DEVELOPER] = False
    above = tuple(current.areas[each].code for each in current.above(case.area_id))
    held = {k: v for k, v in facts_of_case(case, at).items() if k in FACT_SORTS}
    return held | {"area": above} | known


def price_of(row: FeePrice, where: str = "") -> Price:
    more = {"item": row.item, "price": row.price, "unit": row.unit, "lump": row.lump}
    return Price(**_common(row, where), **more)


def waiver_of(row: FeeWaiver, where: str = "") -> Waiver:
    more = {"waives": row.waives, "reason": row.reason, "items": tuple(row.items)}
    return Waiver(**_common(row, where), **more)


def sort_of(name: str) -> Sort | None:
    """Of which sort a fact is that the desk knows of every case; None for any other."""
    return FACT_SORTS.get(name)


def _common(row: FeePrice | FeeWaiver, where: str) -> dict[str, Any]:
    names = ("code", "name", "side", "conditions", "source", "version")
    span = {"effective_from": row.effective_from, "effective_until": row.effective_until}
    return {name: getattr(row, name) for name in names} | span | {"where": where}


def _read(current: policy.Policy) -> Rules:
    return Rules(
        prices=tuple(map(price_of, FeePrice.objects.all())),
        waivers=tuple(map(waiver_of, FeeWaiver.objects.all())),
        depths={area.code: len(current.above(area.pk)) for area in current.areas.values()},
    )
