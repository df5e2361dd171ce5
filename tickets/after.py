"""What follows a ticket: the call back and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tickets.models import Satisfaction
from waterdesk.core.after import Follow
from waterdesk.core.after.following import Said
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case

if TYPE_CHECKING:
    from waterdesk.core.flow import Move

WAITING = frozenset({"finished", "answered"})
DONE = WAITING | {"closed"}
Call = Aftercare.Call

# The five grades in the three words of the follow-up, and back.
_WORD = {
    1: Satisfaction.DISSATISFIED,
    2: Satisfaction.DISSATISFIED,
    3: Satisfaction.NEUTRAL,
    4: Satisfaction.SATISFIED,
    5: Satisfaction.SATISFIED,
}
_SAID = {
    Satisfaction.SATISFIED.value: Said(Call.REACHED, 4),
    Satisfaction.NEUTRAL.value: Said(Call.REACHED, 3),
    Satisfaction.DISSATISFIED.value: Said(Call.REACHED, 2),
    Satisfaction.UNREACHABLE.value: Said(Call.UNREACHED),
    Satisfaction.REFUSED.value: Said(Call.REFUSED),
}


def wants_a_call(case: Case) -> bool:
    """What ended with the call itself was heard on the telephone: nobody calls again."""
    return case.status in WAITING and bool(case.phone)


def kept(value: int) -> Mapping[str, Any]:
    return {"satisfaction": _WORD[value].value}


def said(move: Move, values: Mapping[str, Any]) -> Said | None:
    return _SAID[values["satisfaction"]] if move.action == "follow_up" else None


def closing(case: Case, row: Aftercare) -> tuple[str, dict[str, Any]]:
    """The follow-up itself, with what came of the call."""
    if row.call == Call.UNREACHED:
        word = Satisfaction.UNREACHABLE
    elif row.call == Call.REFUSED:
        word = Satisfaction.REFUSED
    else:
        word = _WORD[row.value]
    return "follow_up", {"satisfaction": word.value}


FOLLOW = Follow(DONE, wants_a_call, kept, said, closing)
