"""四零达标率: of the applications that ended in a period, how many cost their customer nothing.

Counted are those that were carried through. One that was refused or cancelled brought no water and
raises no rate; where it cost the customer something all the same, it is shown apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth

from applications.models import Application, EndedDay
from applications.models.burdens import COUNTERS
from waterdesk.core.periods import Period, month

# How an application ends without what was asked for.
WITHOUT = ("refused", "cancelled")
COLUMNS = ("area_id", "service", "month")


class Result(StrEnum):
    """What one figure counts. DONE is MET and MISSED together; the four are parts of MISSED.

    APART ended without water, and cost the customer something.
    """

    DONE = "done"
    MET = "met"
    MISSED = "missed"
    TRIPS = "trips"
    DOCUMENTS = "documents"
    APPROVALS = "approvals"
    FEES = "fees"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Asked(Period):
    """Which applications: those that ended in the period; `service` "" is every service."""

    service: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Those that one figure counts. `area` is that area alone; `month` the first day of one."""

    result: str = ""
    area: int | None = None
    service: str = ""
    month: date | None = None


# What a day's row holds; the missed are those that were done and did not meet.
_COUNTED = tuple(result for result in Result if result is not Result.MISSED)
# A day of which nothing is left was left by a case that goes on again.
_ANYTHING = Q(done__gt=0) | Q(apart__gt=0)


@dataclass(slots=True)
class Tally:
    """Applications that ended, by what they cost; one may have cost several things."""

    done: int = 0
    met: int = 0
    trips: int = 0
    documents: int = 0
    approvals: int = 0
    fees: int = 0
    apart: int = 0

    @property
    def missed(self) -> int:
        return self.done - self.met

    @property
    def share(self) -> float | None:
        """达标率: the per cent that cost nothing, to a tenth and never up by rounding.

        None where nothing was carried through.
        """
        return self.met * 1000 // self.done / 10 if self.done else None

    def add(self, row: dict[str, int]) -> None:
        for result in _COUNTED:
            setattr(self, result, getattr(self, result) + row[f"n_{result}"])


@dataclass(slots=True)
class Summary:
    """All figures of a period, by area id, by service and by month."""

    total: Tally = field(default_factory=Tally)
    areas: dict[int, Tally] = field(default_factory=dict)
    services: dict[str, Tally] = field(default_factory=dict)
    months: dict[date, Tally] = field(default_factory=dict)


_ZERO = Q(**dict.fromkeys(COUNTERS, 0))
_DONE = ~Q(ended_as__in=WITHOUT)
_RESULTS = {
    Result.DONE: _DONE,
    Result.MET: _DONE & _ZERO,
    Result.MISSED: _DONE & ~_ZERO,
    Result.TRIPS: _DONE & Q(burden_trips__gt=0),
    Result.DOCUMENTS: _DONE & Q(burden_documents__gt=0),
    Result.APPROVALS: _DONE & Q(burden_approvals__gt=0),
    Result.FEES: _DONE & Q(burden_fees__gt=0),
    Result.APART: ~_DONE & ~_ZERO,
}


def ended(rows: QuerySet[Application], asked: Asked) -> QuerySet[Application]:
    """Those of `rows` that ended as asked, and that some figure counts."""
    found = rows.filter(_DONE | ~_ZERO, ended_at__gte=asked.begins, ended_at__lt=asked.ends)
    if asked.areas is not None:
        found = found.filter(ended_area__in=asked.areas)
    return found.filter(ended_service=asked.service) if asked.service else found


def count(days: QuerySet[EndedDay], asked: Asked) -> Summary:
    """The figures of the applications behind `days` that ended as asked: one statement.

    It adds up the rows of the period's days, which are few however many cases ended.
    """
    found = days.filter(_ANYTHING, day__gte=asked.since, day__lte=asked.until)
    if asked.areas is not None:
        found = found.filter(area__in=asked.areas)
    if asked.service:
        found = found.filter(service=asked.service)
    sums = {f"n_{result}": Sum(result.value) for result in _COUNTED}
    summary = Summary()
    for row in found.annotate(month=TruncMonth("day")).values(*COLUMNS).annotate(**sums):
        summary.total.add(row)
        summary.areas.setdefault(row["area_id"], Tally()).add(row)
        summary.services.setdefault(row["service"], Tally()).add(row)
        summary.months.setdefault(row["month"], Tally()).add(row)
    return summary


def totals(days: QuerySet[EndedDay], asked: Sequence[Asked]) -> list[Tally]:
    """The whole of several periods that ask for the same areas and service: one statement."""
    within = [Q(day__gte=each.since, day__lte=each.until) for each in asked]
    found = days.filter(_ANYTHING, reduce(or_, within))
    if asked[0].areas is not None:
        found = found.filter(area__in=asked[0].areas)
    if asked[0].service:
        found = found.filter(service=asked[0].service)
    sums = {
        f"{result}_{place}": Sum(result.value, filter=span, default=0)
        for place, span in enumerate(within)
        for result in _COUNTED
    }
    row = found.aggregate(**sums)
    return [
        Tally(**{result.value: row[f"{result}_{place}"] for result in _COUNTED})
        for place in range(len(within))
    ]


def counted_anew(rows: QuerySet[Application]) -> dict[tuple[date, int, str], Tally]:
    """What the kept days have to be, from the ended applications `rows` one by one; slow."""
    counts = {f"n_{result}": Count("pk", filter=_RESULTS[result]) for result in _COUNTED}
    found = rows.filter(_DONE | ~_ZERO, ended_at__isnull=False).order_by()
    keys = found.annotate(day=TruncDate("ended_at")).values("day", "ended_area", "ended_service")
    days: dict[tuple[date, int, str], Tally] = {}
    for row in keys.annotate(**counts):
        key = row["day"], row["ended_area"], row["ended_service"]
        days.setdefault(key, Tally()).add(row)
    return days


def narrow(found: QuerySet[Application], which: Narrowed) -> QuerySet[Application]:
    """Exactly those of the ended applications `found` that one figure of their summary counts."""
    if which.result:
        found = found.filter(_RESULTS[Result(which.result)])
    if which.area is not None:
        found = found.filter(ended_area=which.area)
    if which.service:
        found = found.filter(ended_service=which.service)
    if which.month is not None:
        whole = month(which.month)
        found = found.filter(ended_at__gte=whole.begins, ended_at__lt=whole.ends)
    return found
