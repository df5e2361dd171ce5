"""误办撤回 to where nothing was decided yet: a person decides, within the review's own limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

# Why a person must look where no rule had said so before: it was refused by rule.
UNCLEAR = "declared-unclear"


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Start the review again, for the reason it had; for `Flow.follow`.

    Otherwise the case would wait for somebody with no clock, and by default for ever.
    """
    case = turn.case
    if move.action != "reinstate" or case.status != "pending":
        return
    before = case.events.filter(action="review").last()
    reason = before.data["reason"] if before is not None else UNCLEAR
    turn.make(turn.flow.move("review"), {"reason": reason}, "", by_desk=True)
