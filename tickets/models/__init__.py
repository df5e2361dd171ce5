"""What the hotline keeps, one file an idea."""

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
    "REPAIR",
    "RESULT_LENGTH",
    "SUBTYPES",
    "Article",
    "ArticleUse",
    "ArticleVersion",
    "Emergency",
    "Satisfaction",
    "SubjectQuestion",
    "Ticket",
    "Unfound",
    "place_of",
    "subject_of",
]
