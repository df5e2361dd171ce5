"""Facts of a case that promises choose by: of which sort each is, and those every kind has.

What only one kind has stands in that kind's flow: `Flow.facts` gives the values, `Flow.fact_sorts`
their sorts, and a promise may name no other.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from waterdesk.core import policy

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case

# Night: 22:00 to 06:00 local time (chosen; the sources promise 90 minutes "at night").
NIGHT_FROM, NIGHT_TO = 22, 6


class Sort(StrEnum):
    """What a fact may be, and with that how a condition may ask for it."""

    FLAG = "flag"
    """Yes or no."""
    CODE = "code"
    """One of a list of words: equal, or one of several."""
    NUMBER = "number"
    """Equal, below (_lt) or at least (_gte)."""
    MAYBE = "maybe"
    """A number that may be unknown; then no condition on it holds."""


COMMON = {"area": Sort.CODE, "outskirts": Sort.FLAG, "night": Sort.FLAG}


def common(case: Case, at: datetime) -> dict[str, Any]:
    """Where the case lies, and whether `at` (aware), from which its clocks count, is at night.

    `area` is the code of its own area; a promise made to an area holds for all below it.
    """
    rules = policy.current()
    hour = timezone.localtime(at).hour
    return {
        "area": rules.areas[case.area_id].code,
        "outskirts": any(rules.areas[each].outskirts for each in rules.above(case.area_id)),
        "night": hour >= NIGHT_FROM or hour < NIGHT_TO,
    }
