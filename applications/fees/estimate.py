"""What an application that is still being written would cost, by the same rules as its quote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.fees import engine
from applications.fees.engine import CHARGED, DEPENDS, OUTSIDE, WAIVED
from applications.fees.rules import FOUND_OUT, facts, rules
from applications.fees.sums import ZERO, told
from applications.models import Application


@dataclass(frozen=True, slots=True)
class Estimate:
    """The part outside the red line, which is what a customer may be spared; words for a page.

    `state` is "waived" (0 yuan), "depends" or "charged". `lump` is what is counted by the piece,
    `rates` what comes to it for each unit, from the survey's measure. `items` are those that we
    bear or may bear.
    """

    state: str
    lump: str
    rates: str
    items: str
    depends_on: str
    grounds: tuple[engine.Ground, ...]


def estimate(draft: Application, said: Mapping[str, str], at: datetime) -> Estimate | None:
    """The estimate for an unsaved draft and what else was said; None where nothing has a price.

    Nothing is measured yet: whatever is counted by the metre has a rate and no sum.
    """
    asked, ours = facts(draft, at, _found(said)), rules().at(at)
    mine = [price for price in ours.charged(asked) if price.side == OUTSIDE]
    if not mine:
        return None
    result = engine.quote(asked, ours, {p.code: Decimal(1) if p.lump else None for p in mine})
    states = {item.state for item in result.items}
    state = DEPENDS if DEPENDS in states else CHARGED if CHARGED in states else WAIVED
    borne = [i.name for i in result.items if i.state == (DEPENDS if state == DEPENDS else WAIVED)]
    comma = _("、")
    return Estimate(
        state=state,
        lump=told(result.total),
        rates=comma.join(_rates(result)),
        items=comma.join(borne),
        depends_on=comma.join(str(FOUND_OUT.get(name, name)) for name in result.depends_on),
        grounds=tuple(dict.fromkeys(g for item in result.items for g in item.grounds)),
    )


def _rates(result: engine.Quote) -> list[str]:
    """What may be due for each unit, those of one unit together: 620 元/米."""
    sums: dict[str, Decimal] = {}
    for item in result.items:
        if item.amount is None and item.state != WAIVED:
            sums[item.unit] = sums.get(item.unit, ZERO) + item.price
    return [_("%(sum)s 元/%(unit)s") % {"sum": told(s), "unit": u} for u, s in sums.items()]


def _found(said: Mapping[str, str]) -> dict[str, object]:
    """What the form may say of facts that decide; what it does not say, or wrongly, is unknown."""
    found: dict[str, object] = {
        "developer": {"true": True, "false": False}.get(str(said.get("developer")))
    }
    try:
        found["land"] = date.fromisoformat(str(said.get("land"))).isoformat()
    except ValueError:
        found["land"] = None
    return found
