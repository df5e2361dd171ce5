"""Figures of the telephone: who waits, how soon calls are answered, how many gave up. Reading only.

Calls that come in alone are counted. A call belongs to the hour in which it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour

from tickets.models import LIVE, MISSED, Call, CallState, Direction

# 20 秒接通率: answered within twenty seconds, as the wallboard of a hotline has it. *chosen*
SOON = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """Of calls in some span of time; shares are None when nobody called."""

    calls: int
    answered: int
    answered_soon: int
    missed: int

    @property
    def soon_share(self) -> float | None:
        return self.answered_soon / self.calls if self.calls else None

    @property
    def missed_share(self) -> float | None:
        return self.missed / self.calls if self.calls else None


_PARTS = {
    "calls": Q(),
    "answered": Q(answered_at__isnull=False),
    "answered_soon": Q(answered_at__isnull=False, wait__lte=SOON),
    "missed": Q(state__in=MISSED),
}
_COUNTED = {name: Count("pk", filter=part or None) for name, part in _PARTS.items()}


def between(since: datetime, until: datetime) -> Figures:
    """Of calls that began in this span, `until` not included. One query."""
    rows = Call.objects.filter(direction=Direction.IN, began_at__gte=since, began_at__lt=until)
    return Figures(**rows.aggregate(**_COUNTED))


def of_spans(spans: Sequence[tuple[datetime, datetime]], agent: int | None) -> list[Figures]:
    """Of calls that began in each of these spans, of one agent or of all. One query."""
    within = [Q(began_at__gte=since, began_at__lt=until) for since, until in spans]
    counts = {
        f"{name}_{place}": Count("pk", filter=span & part)
        for place, span in enumerate(within)
        for name, part in _PARTS.items()
    }
    found = _of_agent(agent).filter(reduce(or_, within)).aggregate(**counts)
    return [
        Figures(**{name: found[f"{name}_{place}"] for name in _PARTS})
        for place in range(len(within))
    ]


def counted(since: datetime, until: datetime, part: str, agent: int | None) -> QuerySet[Call]:
    """Exactly the calls that one of the figures of a span counts."""
    return _of_agent(agent).filter(_PARTS[part], began_at__gte=since, began_at__lt=until)


def _of_agent(agent: int | None) -> QuerySet[Call]:
    rows = Call.objects.filter(direction=Direction.IN)
    return rows if agent is None else rows.filter(agent=agent)


def by_hour(since: datetime, until: datetime) -> dict[datetime, Figures]:
    """The same by the hour; hours without a call are not there. One query."""
    rows = Call.objects.filter(direction=Direction.IN, began_at__gte=since, began_at__lt=until)
    rows = rows.annotate(hour=TruncHour("began_at")).values("hour").annotate(**_COUNTED)
    return {row.pop("hour"): Figures(**row) for row in rows.order_by("hour")}


def waiting(now: datetime) -> tuple[int, timedelta | None]:
    """How many wait for an answer now, and for how long the first of them has. One query."""
    rows = Call.objects.filter(state__in=(CallState.WAITING, CallState.RINGING))
    began = list(rows.filter(direction=Direction.IN).order_by("began_at").values_list("began_at"))
    return len(began), now - began[0][0] if began else None


def on_the_line() -> int:
    """Calls that are neither over nor with the machine."""
    return Call.objects.filter(state__in=LIVE).count()


def to_call_back() -> int:
    """Missed callers whom nobody has called back."""
    rows = Call.objects.filter(state__in=MISSED, called_back_at__isnull=True)
    return rows.filter(direction=Direction.IN).count()
