"""What of a case's record its customer may read, on the page and by the API alike."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from waterdesk.core.corrections import CORRECT, MOVED
from waterdesk.core.figures.judging import JUDGED
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.flow import Flow, Move
    from waterdesk.core.models.record import Event

# What a customer reads of a move: where it led, why, and what was done or answered.
OPEN = (
    "from", "to", "reason", "result", "until", "days", "was", "due", "status",
    "amount", "for", "total", "least", "waived", "window_from", "window_to",
)  # fmt: skip
# And of a pause that was corrected: both versions of it.
CORRECTED = ("pause_reason", "was_start", "was_end", "start", "end")
# What a customer reads of a promise made to him: that it was broken, that its due time moved.
PROMISED = {"clock_breached", "clock_moved", MOVED}


def for_customer(event: Event, flow: Flow, promises: Container[str]) -> dict[str, Any] | None:
    """The facts of `event` that concern the customer, or None when none of it does.

    Changes of status, pauses and their corrections, what was told, the own doing, and breaches and
    moved due times of `promises`, the codes of what was promised to the customer. Who of the staff
    acted, and their notes to each other, stay inside.
    """
    if event.action.startswith("clock_"):
        promised = event.action in PROMISED and event.data.get("promise") in promises
        # Whose of the staff it was is the desk's own.
        said = {name: value for name, value in event.data.items() if name != JUDGED}
        return said if promised else None
    if event.action == "pause_lapsed":
        return {}
    if event.action == CORRECT:
        return {name: event.data[name] for name in CORRECTED if name in event.data}
    move = flow.by_action.get(event.action)
    own = event.role == Role.CUSTOMER
    if not (own or _concerns(event, move)):
        return None
    told = own or (move is not None and tells(move, flow))
    shown = (*OPEN, "note") if told else OPEN
    return {name: event.data[name] for name in shown if name in event.data}


def tells(move: Move, flow: Flow) -> bool:
    """Whether the note of this move is meant for the customer: it stops the case or ends it."""
    ends = move.after is not None and flow.statuses[move.after].final
    return "customer" in move.tell and (move.pause or ends)


def _concerns(event: Event, move: Move | None) -> bool:
    if event.data.get("from") != event.data.get("to"):
        return True
    return move is not None and (move.pause or move.resume or "customer" in move.tell)
