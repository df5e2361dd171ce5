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
from tickets.models.knowledge import Article, ArticleUse, ArticleVersion, Unfound
from tickets.models.outages import Outage, OutageCall, OutageChange, OutageRule, OutageTelling
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
    "CallEvent",
    "CallState",
    "Direction",
    "Emergency",
    "EventKind",
    "Outage",
    "OutageCall",
    "OutageChange",
    "OutageRule",
    "OutageTelling",
    "Ring",
    "Satisfaction",
    "SubjectQuestion",
    "Ticket",
    "Unfound",
    "place_of",
    "subject_of",
]
