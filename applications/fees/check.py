"""Fee rules that contradict each other or name what nobody knows. Pure: rows in, faults out.

Two rows of one code tie as two promises do (waterdesk.core.promise_check): one case could meet
both at one time, both say equally much, and no row that says more settles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.fees.engine import Price, Rule, Rules, Waiver, fact_of
from applications.fees.rules import DEVELOPER, FACT_SORTS, FOUND_OUT, LAND
from waterdesk.core.errors import Message
from waterdesk.core.facts import Sort
from waterdesk.core.promise_check import Group, Known

# For the comparison a day is its number, and may be unknown.
SORTS = FACT_SORTS | {LAND: Sort.MAYBE, DEVELOPER: Sort.FLAG}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with `row`, at the field of this name."""

    row: Rule
    field: str
    message: Message

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"


def check(rules: Rules, areas: Mapping[str, tuple[str, ...]]) -> list[Fault]:
    """Every fault of these rules, which are all there are; only sound rows are compared.

    `areas` leads from a code to itself and the codes of all above it.
    """
    codes = {price.code for price in rules.prices}
    faults: list[Fault] = []
    groups: dict[tuple[type, str], list[Rule]] = {}
    for row in (*rules.prices, *rules.waivers):
        if wrong := list(faults_of(row, codes, areas)):
            faults += wrong
        else:
            groups.setdefault((type(row), row.code), []).append(row)
    for sound in groups.values():
        faults += [*_ties(sound, areas), *_sides(sound)]
    return faults


def faults_of(row: Rule, codes: set[str], areas: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    """What is wrong with one row, whatever stands beside it but the `codes` of all prices."""
    if isinstance(row, Price) and not (row.price.is_finite() and row.price >= 0):
        yield Fault(row, "price", _("单价不能为负。"))
    if isinstance(row, Waiver):
        items = row.items if isinstance(row.items, list | tuple) else [row.items]
        if unknown := [str(each) for each in items if each not in list(codes)]:
            message = _("没有这些收费项目：%(what)s。") % {"what": "、".join(unknown)}
            yield Fault(row, "items", message)
    if not isinstance(row.conditions, Mapping):
        yield Fault(row, "conditions", _wrong(str(row.conditions)))
        return
    for key, wanted in row.conditions.items():
        if message := _of_condition(key, wanted, isinstance(row, Price), areas):
            yield Fault(row, "conditions", message)


def _of_condition(
    key: str, wanted: Any, of_price: bool, areas: Mapping[str, tuple[str, ...]]
) -> Message | None:
    name = fact_of(key)
    if name not in SORTS:
        return _("不能按“%(what)s”收费或免收。") % {"what": key}
    if of_price and name in FOUND_OUT:
        return _("单价不能取决于“%(what)s”：报价时可能还不知道。") % {"what": key}
    several = wanted if isinstance(wanted, list) else [wanted]
    bounded = key != name
    if name == LAND:
        right = bounded and not isinstance(wanted, list) and _is_day(wanted)
    else:
        kind = {Sort.FLAG: bool, Sort.CODE: str}.get(SORTS[name], int)
        right = bool(several) and all(type(each) is kind for each in several)
        right = right and not (bounded and (isinstance(wanted, list) or kind is not int))
    if not right:
        return _wrong(key)
    if name == "area" and (strange := set(several) - set(areas)):
        return _("没有这个片区：%(what)s。") % {"what": "、".join(sorted(strange))}
    return None


def _wrong(what: str) -> Message:
    return _("条件“%(what)s”的取值不对。") % {"what": what}


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _ties(rows: Sequence[Rule], areas: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    known = Known({"fee": SORTS}, frozenset(), frozenset(), areas)
    compared = [_Compared.of(row) for row in rows]
    for fault in Group(compared, known).ties():  # type: ignore[arg-type]
        yield Fault(fault.row.row, fault.field, fault.message)  # type: ignore[attr-defined]


def _sides(rows: Sequence[Rule]) -> Iterator[Fault]:
    """An item lies on one side of the red line, whatever else its rows say."""
    first = rows[0]
    if isinstance(first, Price):
        for row in rows[1:]:
            if row.side != first.side:
                message = _("与“%(other)s”是同一项目，红线内外须一致。") % {"other": str(first)}
                yield Fault(row, "side", message)


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """A row as `Group` looks at it: days are numbers there."""

    row: Rule
    conditions: Mapping[str, Any]
    kind: str = "fee"

    @classmethod
    def of(cls, row: Rule) -> _Compared:
        days = {
            key: date.fromisoformat(wanted).toordinal() if fact_of(key) == LAND else wanted
            for key, wanted in row.conditions.items()
        }
        return cls(row, days)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    def __str__(self) -> str:
        return str(self.row)
