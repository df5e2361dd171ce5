"""Why a case stands still, or came to stand as it does: from codes to the utility's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterdesk.core.flow import flow_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.promises import Reason

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

PAUSE = "pause"


def of_pause(case: Case, rules: Policy) -> Reason | None:
    return rules.reasons.get((PAUSE, case.paused_reason))


def of_outcome(case: Case, rules: Policy) -> Reason | None:
    """The reason of the status: a refusal's, a doubt's. The code is one of some move's list."""
    if not case.outcome:
        return None
    uses = {
        asked.use
        for move in flow_of(case).moves
        if not move.beside
        for asked in move.fields
        if asked.kind == "reason" and asked.use != PAUSE
    }
    found = (rules.reasons.get((use, case.outcome)) for use in sorted(uses))
    return next((row for row in found if row is not None), None)
