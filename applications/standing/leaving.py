"""What other systems are told of a standing: billing reckons by it from one day to another.

`standing.begun`, `standing.extended` and `standing.ended`; nothing about the person, whom billing
knows by the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from applications.standing.beginning import standing_of
from applications.standing.words import BEGAN, END, ENDED, ENDS, EXTEND, REVIEW
from notifications.results.outbox import Result
from waterdesk.core import results

if TYPE_CHECKING:
    from applications.models import Standing
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

BEGUN, EXTENDED, OVER = "standing.begun", "standing.extended", "standing.ended"
TOPICS: dict[str, str | Lazy] = {
    BEGUN: _("留存事项开始"),
    EXTENDED: _("留存事项延续"),
    OVER: _("留存事项终止"),
}


def results_of(turn: Turn, move: Move, values: Mapping[str, Any]) -> list[Result]:
    """What this move means for the standing of its case; once its rows are as they will be."""
    topic = {BEGAN: BEGUN, EXTEND: EXTENDED, END: OVER, ENDED: OVER}.get(move.action, "")
    if move.action == REVIEW and values.get("result") == ENDS:
        topic = OVER
    row = standing_of(turn.case) if topic else None
    return [] if row is None else [results.result(turn, topic, facts(turn.case.subject, row))]


def facts(service: str, row: Standing) -> dict[str, Any]:
    """The whole of it; days as ISO text, null where there is none."""
    return {
        "service": service,
        "kind": row.kind,
        "account": row.account,
        "begins_on": row.begins_on.isoformat(),
        "ends_on": row.ends_on and row.ends_on.isoformat(),
        "ended_on": row.ended_on and row.ended_on.isoformat(),
        "because": row.ended_because,
    }
