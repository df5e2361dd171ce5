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
from tickets.models.console import CallBack, Handover, WrapUp
from tickets.models.knowledge import Article, ArticleUse, ArticleVersion, Unfound
from tickets.models.questions import Emergency, SubjectQuestion
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
    "Article",
    "ArticleUse",
    "ArticleVersion",
    "Call",
    "CallBack",
    "CallEvent",
    "CallState",
    "Direction",
    "Emergency",
    "EventKind",
    "Handover",
    "Ring",
    "Satisfaction",
    "SubjectQuestion",
    "Ticket",
    "Unfound",
    "WrapUp",
    "place_of",
    "subject_of",
]
