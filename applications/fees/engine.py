"""What a case costs, from facts, rules and quantities. Pure: no rows, no clock.

A fact that is not known is not guessed: every value that the rules tell apart is tried. What comes
out the same for all of them is certain; what does not `depends`, and both sums are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, TypeVar

from applications.fees.sums import ZERO, money
from waterdesk.core.policy import holds, specificity

OUTSIDE, INSIDE = "outside", "inside"
CHARGED, WAIVED, DEPENDS = "charged", "waived", "depends"
# Stands for every word that no rule names.
OTHER = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What prices and waivers have in common. `where` is the file it stands in, "" for the desk."""

    code: str
    name: str
    side: str
    conditions: Mapping[str, Any]
    source: str
    effective_from: datetime
    effective_until: datetime | None = None
    version: int = 1
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where} {self.name} ({self.code})".strip()

    def holds_at(self, at: datetime) -> bool:
        until = self.effective_until
        return self.effective_from <= at and (until is None or at < until)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Price(Rule):
    """Yuan for one unit of `item`. A lump sum is not measured: usually there is one of it."""

    item: str
    price: Decimal
    unit: str
    lump: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Waiver(Rule):
    """A row of one ground (`code`) for waiving; `waives` False takes somebody out of it again."""

    waives: bool = True
    reason: str
    items: Sequence[str] = ()

    def covers(self, price: Price) -> bool:
        return self.side == price.side and (not self.items or price.code in self.items)


AnyRule = TypeVar("AnyRule", bound=Rule)


@dataclass(frozen=True, slots=True)
class Rules:
    """Prices and waivers in the utility's order; `depths` says how deep each area lies."""

    prices: tuple[Price, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    depths: Mapping[str, int] = field(default_factory=dict)

    def at(self, at: datetime) -> Rules:
        """Those in force at `at`."""
        prices = tuple(row for row in self.prices if row.holds_at(at))
        return Rules(prices, tuple(row for row in self.waivers if row.holds_at(at)), self.depths)

    def best(self, rows: Iterable[AnyRule], facts: Mapping[str, Any]) -> AnyRule | None:
        """The row that says most of those whose conditions hold; then the newest."""
        fitting = (row for row in rows if holds(row.conditions, facts))
        return max(fitting, key=self._weight, default=None)

    def _weight(self, row: Rule) -> tuple[Any, ...]:
        said = specificity(row.conditions, lambda code: self.depths.get(code, 0))
        return said, row.effective_from, row.version

    def charged(self, facts: Mapping[str, Any]) -> list[Price]:
        """The price of every item that such a case can have, in the utility's order."""
        codes = dict.fromkeys(row.code for row in self.prices)
        found = (self.best((r for r in self.prices if r.code == code), facts) for code in codes)
        return [price for price in found if price is not None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is waived, or is not: in the words of the rule, with its source."""

    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `amount` is None until its quantity is known; `waived` is what certainly is."""

    code: str
    name: str
    side: str
    unit: str
    lump: bool
    price: Decimal
    quantity: Decimal | None
    amount: Decimal | None
    waived: Decimal
    state: str
    grounds: tuple[Ground, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Quote:
    """`least` is due in any case, `total` if nothing more is waived; they differ by what depends.

    `depends_on` names the unknown facts that decide. What is not measured is in no sum.
    """

    items: tuple[Item, ...]
    depends_on: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return self._sum(CHARGED, DEPENDS)

    @property
    def least(self) -> Decimal:
        return self._sum(CHARGED)

    @property
    def waived(self) -> Decimal:
        return self._sum(WAIVED)

    @property
    def certain(self) -> bool:
        return all(item.state != DEPENDS for item in self.items)

    def of(self, side: str) -> Quote:
        """The part on one side of the red line."""
        return Quote(tuple(i for i in self.items if i.side == side), self.depends_on)

    def _sum(self, *states: str) -> Decimal:
        amounts = (i.amount for i in self.items if i.state in states and i.amount is not None)
        return sum(amounts, ZERO)


class NoPrice(LookupError):
    """A quantity is given for an item that such a case has no price for."""


def quote(
    facts: Mapping[str, Any], rules: Rules, quantities: Mapping[str, Decimal | None]
) -> Quote:
    """Quote the items that `quantities` names; None is a quantity that is not measured yet.

    `rules` are those in force; days are ISO texts. A fact that is None or missing is unknown.
    Raises NoPrice naming the item.
    """
    prices = {price.code: price for price in rules.charged(facts)}
    for code in quantities:
        if code not in prices:
            raise NoPrice(code)
    wanted = [price for code, price in prices.items() if code in quantities]
    worlds = list(_worlds(facts, rules.waivers))
    verdicts = [[_verdict(price, world, rules) for price in wanted] for world in worlds]
    items = [
        _item(price, quantities[price.code], [verdict[place] for verdict in verdicts])
        for place, price in enumerate(wanted)
    ]
    outcomes = [[bool(waiving) for waiving, _excluding in verdict] for verdict in verdicts]
    return Quote(tuple(items), _deciding(facts, worlds, outcomes))


Verdict = tuple[list[Waiver], list[Waiver]]


def _verdict(price: Price, facts: Mapping[str, Any], rules: Rules) -> Verdict:
    """The rows that waive this item, one a ground, and those that keep it from being waived."""
    covering = [row for row in rules.waivers if row.covers(price)]
    grounds = dict.fromkeys(row.code for row in covering)
    won = [rules.best((r for r in covering if r.code == code), facts) for code in grounds]
    rows = [row for row in won if row is not None]
    return [row for row in rows if row.waives], [row for row in rows if not row.waives]


def _item(price: Price, quantity: Decimal | None, verdicts: Sequence[Verdict]) -> Item:
    free = [bool(waiving) for waiving, _excluding in verdicts]
    state = WAIVED if all(free) else DEPENDS if any(free) else CHARGED
    said = [excluding if state == CHARGED else waiving for waiving, excluding in verdicts]
    every = list(dict.fromkeys(row for rows in said for row in rows))
    always = [row for row in every if all(row in rows for rows in said)]
    # Free in any case but on different grounds: all of them are named.
    named = always if state == CHARGED else always or every
    amount = None if quantity is None else money(price.price * quantity)
    return Item(
        code=price.code,
        name=price.item,
        side=price.side,
        unit=price.unit,
        lump=price.lump,
        price=price.price,
        quantity=quantity,
        amount=amount,
        waived=amount if state == WAIVED and amount is not None else ZERO,
        state=state,
        grounds=tuple(Ground(row.reason, row.source) for row in named),
        source=price.source,
    )


# --- what is not known ---------------------------------------------------------------------------
def fact_of(key: str) -> str:
    """The fact a condition asks for: calibre of calibre_lt."""
    return key.removesuffix("_lt").removesuffix("_gte")


def _worlds(facts: Mapping[str, Any], rows: Iterable[Rule]) -> Iterator[dict[str, Any]]:
    """The facts, completed in every way that these rows tell apart."""
    asked: dict[str, list[tuple[str, Any]]] = {}
    for row in rows:
        for key, wanted in row.conditions.items():
            if facts.get(fact_of(key)) is None:
                asked.setdefault(fact_of(key), []).append((key, wanted))
    choices = [_values(conditions) for conditions in asked.values()]
    for picked in product(*choices):
        yield {**facts, **dict(zip(asked, picked, strict=True))}


def _values(asked: Iterable[tuple[str, Any]]) -> list[Any]:
    """One example of everything that conditions on one fact tell apart."""
    found: dict[Any, None] = {}
    for key, wanted in asked:
        for each in wanted if isinstance(wanted, list) else [wanted]:
            found |= dict.fromkeys(_around(key, each))
    return list(found)


def _around(key: str, mark: Any) -> list[Any]:
    """Values on both sides of what one condition wants."""
    if isinstance(mark, bool):
        return [False, True]
    if key == fact_of(key):
        return [mark, mark + 1 if isinstance(mark, int) else OTHER]
    if isinstance(mark, int):
        return [mark - 1, mark]
    return [(date.fromisoformat(mark) - timedelta(days=1)).isoformat(), mark]


def _deciding(
    facts: Mapping[str, Any], worlds: Sequence[Mapping[str, Any]], outcomes: Sequence[list[bool]]
) -> tuple[str, ...]:
    """The unknown facts that matter: two worlds differ in this one alone, and not in vain."""
    unknown = [name for name in worlds[0] if facts.get(name) is None]
    found = []
    for name in unknown:
        seen: dict[tuple[Any, ...], list[bool]] = {}
        for world, outcome in zip(worlds, outcomes, strict=True):
            rest = tuple(world[other] for other in unknown if other != name)
            if seen.setdefault(rest, outcome) != outcome:
                found.append(name)
                break
    return tuple(found)
