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
from tickets.models.dispatch import DispatchRule, Sending, Skill
from tickets.models.incidents import FaultSort, Incident, Joined, Progress
from tickets.models.knowledge import Article, ArticleUse, ArticleVersion, Unfound
from tickets.models.orders import Order, OrderImport, OrderSource, Term
from tickets.models.outages import Outage, OutageCall, OutageChange, OutageRule, OutageTelling
from tickets.models.questions import Emergency, SubjectQuestion
from tickets.models.ticket import (
    CATEGORIES,
    MATERIAL_LENGTH,
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
    "MATERIAL_LENGTH",
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
    "DispatchRule",
    "Emergency",
    "EventKind",
    "FaultSort",
    "Handover",
    "Incident",
    "Joined",
    "Order",
    "OrderImport",
    "OrderSource",
    "Outage",
    "OutageCall",
    "OutageChange",
    "OutageRule",
    "OutageTelling",
    "Progress",
    "Ring",
    "Satisfaction",
    "Sending",
    "Skill",
    "SubjectQuestion",
    "Term",
    "Ticket",
    "Unfound",
    "WrapUp",
    "place_of",
    "subject_of",
]
