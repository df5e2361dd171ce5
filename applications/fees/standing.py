"""What the rows of this desk would be with a change, and whether they could stand so."""

from __future__ import annotations

from collections.abc import Collection

from applications.fees.check import Fault, check
from applications.fees.engine import Price, Rules, Waiver
from applications.fees.rules import price_of, waiver_of
from applications.models import FeePrice, FeeWaiver
from waterdesk.core import policy


def faults_with(row: FeePrice | FeeWaiver) -> list[Fault]:
    """What would be wrong if `row` stood as it is here, and is not wrong without the change."""
    stored = _stored()
    prices = [price_of(each) for each in stored[0] if not _same(each, row)]
    waivers = [waiver_of(each) for each in stored[1] if not _same(each, row)]
    if isinstance(row, FeePrice):
        prices.append(price_of(row))
    else:
        waivers.append(waiver_of(row))
    return _fresh(prices, waivers, stored)


def faults_without(model: type[FeePrice | FeeWaiver], gone: Collection[int]) -> list[Fault]:
    """What would be wrong without the rows of these ids: waivers of items nobody has."""
    stored = _stored()
    left = [[r for r in rows if not (isinstance(r, model) and r.pk in gone)] for rows in stored]
    return _fresh([price_of(row) for row in left[0]], [waiver_of(row) for row in left[1]], stored)


def faults_of_all(ours: Collection[tuple[str, str]], file: str) -> list[Fault]:
    """The faults of all rows; those whose (code, name) are among `ours` stand in `file`."""
    prices, waivers = _stored()
    named = Rules(
        tuple(price_of(r, file if (r.code, r.name) in ours else "") for r in prices),
        tuple(waiver_of(r, file if (r.code, r.name) in ours else "") for r in waivers),
    )
    return check(named, _areas())


Stored = tuple[list[FeePrice], list[FeeWaiver]]


def _stored() -> Stored:
    return list(FeePrice.objects.all()), list(FeeWaiver.objects.all())


def _same(one: FeePrice | FeeWaiver, other: FeePrice | FeeWaiver) -> bool:
    return type(one) is type(other) and one.pk == other.pk


def _fresh(prices: list[Price], waivers: list[Waiver], stored: Stored) -> list[Fault]:
    areas = _areas()
    was = Rules(tuple(map(price_of, stored[0])), tuple(map(waiver_of, stored[1])))
    before = {str(fault) for fault in check(was, areas)}
    now = check(Rules(tuple(prices), tuple(waivers)), areas)
    return [fault for fault in now if str(fault) not in before]


def _areas() -> dict[str, tuple[str, ...]]:
    rules = policy.current()
    return {
        area.code: tuple(rules.areas[each].code for each in rules.above(area.pk))
        for area in rules.areas.values()
    }
