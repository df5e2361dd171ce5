"""Pages of facts by key, newest first: page a thousand costs what page one costs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from waterdesk.core.errors import Invalid
from waterdesk.core.models.figures import ClockFact


@dataclass(frozen=True, slots=True)
class Page:
    """Some facts of a list, and the key of the page after them ("" where none is)."""

    facts: list[ClockFact]
    after: str = ""


def page(facts: QuerySet[ClockFact], after: str = "", size: int = 50) -> Page:
    """The next `size` of `facts`, as `reading.cases` gives them; one statement.

    Raises Invalid for a key that is none.
    """
    if after:
        judged_at, clock = _read(after)
        # The plain comparison is implied, and is what lets the index start at the right place.
        later = Q(judged_at__lt=judged_at) | Q(judged_at=judged_at, clock__lt=clock)
        facts = facts.filter(later, judged_at__lte=judged_at)
    found = list(facts.order_by("-judged_at", "-clock")[: size + 1])
    return Page(found[:size], key(found[size - 1]) if len(found) > size else "")


def key(fact: ClockFact) -> str:
    said = f"{fact.judged_at.isoformat()}|{fact.pk}"
    return base64.urlsafe_b64encode(said.encode()).decode()


def _read(text: str) -> tuple[datetime, int]:
    try:
        at, _bar, pk = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        when, clock = datetime.fromisoformat(at), int(pk)
    except (binascii.Error, ValueError):
        raise Invalid from None
    if when.tzinfo is None:
        raise Invalid
    return when, clock
