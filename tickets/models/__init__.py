"""What the hotline keeps, one file an idea."""

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
    "Satisfaction",
    "Ticket",
    "place_of",
    "subject_of",
]
