"""A quote of one case by the rules of the desk: to look at, and to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.fees import engine
from applications.fees.rules import FOUND_OUT, facts, rules
from applications.fees.sums import plain
from applications.models import Application, Quote
from waterdesk.core.errors import Invalid
from waterdesk.core.turn import Turn


def latest(case: Application) -> Quote | None:
    """The quote that holds for this case: its newest version. One query."""
    return Quote.objects.filter(case_id=case.pk).order_by("-version").first()


def version(case: Application) -> int:
    """The version of the newest quote, 0 without one."""
    last = latest(case)
    return last.version if last else 0


def found_out(case: Application, said: Mapping[str, Any], last: Quote | None) -> dict[str, Any]:
    """What is known now: what is said, else what the last quote knew. Raises Invalid."""
    known = {name: (last.facts if last else {}).get(name) for name in FOUND_OUT}
    return known | {name: said[name] for name in FOUND_OUT if said.get(name) is not None}


def by_rules(
    case: Application, quantities: Mapping[str, str], found: Mapping[str, Any], at: datetime
) -> engine.Quote:
    """The quote for quantities as the record keeps them. Raises Invalid naming the field.

    An item whose quantity is 0 is no part of the work and of the quote.
    """
    day = found.get("land")
    if day and day > timezone.localdate(at).isoformat():
        raise _wrong("land", _("土地取得日期不能在今天之后。"))
    wanted = {code: Decimal(number) for code, number in quantities.items() if Decimal(number)}
    if not wanted:
        raise _wrong("quantities", _("请至少填写一项数量。"))
    try:
        return engine.quote(facts(case, at, found), rules().at(at), wanted)
    except engine.NoPrice as fault:
        message = _("没有“%(what)s”这个收费项目的单价。") % {"what": fault.args[0]}
        raise _wrong("quantities", message) from None


def made(turn: Turn, values: Mapping[str, Any]) -> Quote:
    """The row for what a person gave with the move. Raises Invalid."""
    last = latest(turn.case)  # type: ignore[arg-type]
    found = found_out(turn.case, values, last)  # type: ignore[arg-type]
    result = by_rules(turn.case, values["quantities"], found, turn.at)  # type: ignore[arg-type]
    return Quote(
        version=last.version + 1 if last else 1,
        items=[as_json(item) for item in result.items],
        facts={name: value for name, value in found.items() if value is not None},
        depends_on=list(result.depends_on),
        total=result.total,
        least=result.least,
        waived=result.waived,
        made_at=turn.at,
        made_by=turn.actor,
    )


def as_json(item: engine.Item) -> dict[str, Any]:
    """An item as a row keeps it: sums as text with two places."""
    said = asdict(item) | {"price": f"{item.price:.2f}", "waived": f"{item.waived:.2f}"}
    said["quantity"] = None if item.quantity is None else plain(item.quantity)
    said["amount"] = None if item.amount is None else f"{item.amount:.2f}"
    return said


def _wrong(field: str, message: Any) -> Invalid:
    return Invalid(message, fields={field: message})
