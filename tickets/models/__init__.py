"""What the hotline keeps, one file an idea."""

from tickets.models.calls import (
    LIVE,
    MISSED,
    AgentPhone,
    Call,
    CallEvent,
    CallState,
    Direction,
    EventKind,
    Ring,
)
from tickets.models.ticket import (
    CATEGORIES,
    REPAIR,
    RESULT_LENGTH,
    SUBTYPES,
    Satisfaction,
    Ticket,
    place_of,
    subject_of,
)

__all__ = [
    "CATEGORIES",
    "LIVE",
    "MISSED",
    "REPAIR",
    "RESULT_LENGTH",
    "SUBTYPES",
    "AgentPhone",
    "Call",
    "CallEvent",
    "CallState",
    "Direction",
    "EventKind",
    "Ring",
    "Satisfaction",
    "Ticket",
    "place_of",
    "subject_of",
]
