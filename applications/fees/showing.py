"""A quote and its payments as pages show them, on the desk, to the customer and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.fees import engine, payments
from applications.fees.engine import CHARGED, DEPENDS, INSIDE, OUTSIDE, WAIVED
from applications.fees.quoting import as_json, latest
from applications.fees.rules import FOUND_OUT
from applications.fees.sums import ZERO, plain, told
from applications.models import Application, Payment
from applications.models.fees import Side
from waterdesk.core.flow import Label

STATES: dict[str, tuple[Label, str]] = {
    CHARGED: (gettext_lazy("应交"), "plain"),
    WAIVED: (gettext_lazy("免收"), "good"),
    DEPENDS: (gettext_lazy("待查明"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item: what it costs, how that is counted, and whether it is to be paid."""

    name: str
    counted: str
    amount: str
    state: Label
    tone: str
    waived: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why these items are waived, or not: said once, however many they are."""

    items: str
    state: Label
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote for a template; `owed` is what is still to be paid now, `paid` what has been."""

    sides: list[tuple[Label, list[Line]]]
    reasons: list[Why]
    total: str
    least: str
    waived: str
    certain: bool
    depends_on: str
    paid: str = ""
    owed: str = ""
    owes: bool = False
    made_at: datetime | None = None
    version: int = 0
    payments: list[Payment] = field(default_factory=list)


def of_case(case: Application) -> Shown | None:
    """The quote that holds for a case, with what was paid; None without one. Two queries."""
    quote = latest(case)
    if quote is None:
        return None
    rows = payments.of_case(case)
    left = sum(payments.owed(quote, rows).values(), ZERO)
    return Shown(
        **_common(quote.items, quote.depends_on),
        total=told(quote.total),
        least=told(quote.least),
        waived=told(quote.waived),
        paid=told(sum((row.amount for row in rows), ZERO)),
        owed=told(left),
        owes=left > 0,
        made_at=quote.made_at,
        version=quote.version,
        payments=rows,
    )


def of_result(result: engine.Quote) -> Shown:
    """A quote that is not saved yet."""
    return Shown(
        **_common([as_json(item) for item in result.items], result.depends_on),
        total=told(result.total),
        least=told(result.least),
        waived=told(result.waived),
    )


def _common(items: list[dict[str, Any]], depends_on: Iterable[str]) -> dict[str, Any]:
    order = (OUTSIDE, INSIDE)
    sides = [(Side(side).label, [_line(i) for i in items if i["side"] == side]) for side in order]
    names = [str(FOUND_OUT.get(name, name)) for name in depends_on]
    return {
        "sides": [(label, lines) for label, lines in sides if lines],
        "reasons": _reasons(items),
        "certain": not names,
        "depends_on": _("、").join(names),
    }


def _line(item: Mapping[str, Any]) -> Line:
    label, tone = STATES[item["state"]]
    said = {
        "price": told(item["price"]),
        "unit": item["unit"],
        "quantity": plain(Decimal(item["quantity"])),
    }
    return Line(
        name=item["name"],
        counted=_("%(price)s 元/%(unit)s × %(quantity)s") % said,
        amount=told(item["amount"]),
        state=label,
        tone=tone,
        waived=item["state"] == WAIVED,
    )


def _reasons(items: list[dict[str, Any]]) -> list[Why]:
    """Every reason with the items it is of; what nothing waives has the source of its price."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for item in items:
        own = [{"reason": "", "source": item["source"]}]
        for ground in item["grounds"] or own:
            key = (item["state"], ground["reason"], ground["source"])
            found.setdefault(key, []).append(item["name"])
    comma = _("、")
    return [
        Why(comma.join(names), STATES[state][0], reason, source)
        for (state, reason, source), names in found.items()
    ]
