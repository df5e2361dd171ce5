"""Which events of the record are burdens, as one table, and the card that counts them. Pure.

The four zeros are measured, never ticked: what stands here is all there is to a case's card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol

STRUCK = "burden_struck"


class Kind(StrEnum):
    """零跑腿、零资料、零审批、零费用, in the order of every page."""

    TRIP = "trip"
    DOCUMENT = "document"
    APPROVAL = "approval"
    FEE = "fee"


class Recorded(Protocol):
    """An event of the record, as it is read here."""

    seq: int
    at: datetime
    recorded_at: datetime
    actor: str
    role: str
    action: str
    data: Mapping[str, Any]


def _always(data: Mapping[str, Any]) -> bool:
    return True


def _at_the_counter(data: Mapping[str, Any]) -> bool:
    return data.get("channel") == "counter"


def _asks_the_customer(data: Mapping[str, Any]) -> bool:
    return data.get("reason") == "customer-correction"


def _outside(data: Mapping[str, Any]) -> bool:
    """Whether money was paid for what lies outside the red line.

    An amount that cannot be read counts: what is doubtful is shown, not hidden.
    """
    if data.get("for") != "outside":
        return False
    amount = amount_of(data.get("amount"))
    return amount is None or amount > 0


def amount_of(raw: Any) -> Decimal | None:
    """An amount of the record in yuan; None for what is no number."""
    try:
        amount = Decimal(str(raw))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the event of this action is a burden of this kind when its data says so.

    `reason` names the key of the data that holds the reason's code, `use` the list it is from;
    `fixed` is the code where the event itself is the reason. `value` is the key of what exactly.
    """

    action: str
    kind: Kind
    use: str
    when: Callable[[Mapping[str, Any]], bool] = _always
    reason: str = "reason"
    fixed: str = ""
    value: str = ""


RULES = (
    # Only somebody who came stands at the counter; every other channel cost no trip.
    Rule("open", Kind.TRIP, "trip", _at_the_counter, fixed="opened-at-counter"),
    Rule("trip", Kind.TRIP, "trip"),
    Rule("ask_document", Kind.DOCUMENT, "document", value="document"),
    # 待用户补正: the clock stands still because the customer is to hand in what is missing. If it
    # did not count, a document could be asked for without a trace.
    Rule("pause", Kind.DOCUMENT, "pause", _asks_the_customer),
    Rule("approval", Kind.APPROVAL, "approval", value="what"),
    Rule("paid", Kind.FEE, "fee", _outside, reason="fee", value="amount"),
)
BY_ACTION = {rule.action: rule for rule in RULES}
# Nothing else of a record bears on its card.
ACTIONS = frozenset({*BY_ACTION, STRUCK})


@dataclass(frozen=True, slots=True)
class Strike:
    """A lead said that this was no burden: why, who and when. Both stay in the record."""

    at: datetime
    reason: str
    by: str
    role: str
    note: str


@dataclass(frozen=True, slots=True)
class Burden:
    """One thing that the customer had to do, bring, obtain or pay; `seq` is its event.

    `at` is when it was, `recorded_at` when it was written down. `reason` is a code of the list
    `use`; `by` the user name of who decided it, "" for the desk itself. `value` says what exactly:
    which document, which approval, how much.
    """

    kind: Kind
    at: datetime
    recorded_at: datetime
    use: str
    reason: str
    by: str
    role: str
    value: str
    note: str
    seq: int
    struck: Strike | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The four counters of a case; what was struck is not among them."""

    trips: int = 0
    documents: int = 0
    approvals: int = 0
    fees: int = 0

    @property
    def zero(self) -> bool:
        """四零达标."""
        return self == Card()


def burdens(events: Iterable[Recorded]) -> list[Burden]:
    """The burdens that the record of one case tells of, oldest first, the struck ones among them.

    The order in which the events are given makes no difference, and events that are no burden may
    be left out. A burden is struck once: what is said of it again is in the record alone.
    """
    told = sorted(events, key=lambda event: event.seq)
    strikes: dict[int, Recorded] = {}
    for event in told:
        # What is struck stands before it; anything else is a slip that strikes nothing.
        if event.action == STRUCK and 0 < (struck := event.data.get("burden", 0)) < event.seq:
            strikes.setdefault(struck, event)
    found = []
    for event in told:
        rule = BY_ACTION.get(event.action)
        if rule is not None and rule.when(event.data):
            found.append(_burden(rule, event, strikes.get(event.seq)))
    return found


def card(found: Iterable[Burden]) -> Card:
    """The counters of these burdens."""
    times = Counter(burden.kind for burden in found if burden.struck is None)
    return Card(
        trips=times[Kind.TRIP],
        documents=times[Kind.DOCUMENT],
        approvals=times[Kind.APPROVAL],
        fees=times[Kind.FEE],
    )


def _burden(rule: Rule, event: Recorded, strike: Recorded | None) -> Burden:
    data = event.data
    return Burden(
        kind=rule.kind,
        at=_instant(data.get("happened")) or event.at,
        recorded_at=event.recorded_at,
        use=rule.use,
        reason=rule.fixed or str(data.get(rule.reason, "")),
        by=event.actor,
        role=event.role,
        value=str(data.get(rule.value, "")),
        note=str(data.get("note", "")),
        seq=event.seq,
        struck=_strike(strike) if strike is not None and strike.seq > event.seq else None,
    )


def _strike(event: Recorded) -> Strike:
    said = event.data
    return Strike(
        event.at, str(said.get("reason", "")), event.actor, event.role, str(said.get("note", ""))
    )


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
