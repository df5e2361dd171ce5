"""四零达标率: of the applications that ended in a period, how many cost their customer nothing.

Counted are those that were carried through. One that was refused or cancelled brought no water and
raises no rate; where it cost the customer something all the same, it is shown apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from applications.models import Application
from applications.models.burdens import COUNTERS

# How an application ends without what was asked for.
WITHOUT = ("refused", "cancelled")
COLUMNS = ("area_id", "subject", "month")


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
class Asked:
    """Ended from the beginning of `since` to the end of `until`, days as people mean them.

    `areas` None is every area, `service` "" every service.
    """

    since: date
    until: date
    areas: frozenset[int] | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Those that one figure counts. `area` is that area alone; `month` the first day of one."""

    result: str = ""
    area: int | None = None
    service: str = ""
    month: date | None = None


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
        for result in Result:
            if result is not Result.MISSED:
                setattr(self, result, getattr(self, result) + row[f"n_{result}"])


@dataclass(slots=True)
class Summary:
    """All figures of a period, by area id, by service and by month."""

    total: Tally = field(default_factory=Tally)
    areas: dict[int, Tally] = field(default_factory=dict)
    services: dict[str, Tally] = field(default_factory=dict)
    months: dict[date, Tally] = field(default_factory=dict)


_ZERO = Q(**dict.fromkeys(COUNTERS, 0))
_DONE = ~Q(status__in=WITHOUT)
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
    begins, ends = _midnight(asked.since), _midnight(asked.until + timedelta(days=1))
    found = rows.filter(_DONE | ~_ZERO, ended_at__gte=begins, ended_at__lt=ends)
    if asked.areas is not None:
        found = found.filter(area__in=asked.areas)
    return found.filter(subject=asked.service) if asked.service else found


def count(rows: QuerySet[Application], asked: Asked) -> Summary:
    """The figures: one statement, which gives a row for each area, service and month.

    It reads the index `application_by_end`, however many cases there are beside the period's.
    """
    counts = {
        f"n_{result}": Count("pk", filter=_RESULTS[result])
        for result in Result
        if result is not Result.MISSED
    }
    found = ended(rows, asked).order_by().annotate(month=TruncMonth("ended_at"))
    summary = Summary()
    for row in found.values(*COLUMNS).annotate(**counts):
        summary.total.add(row)
        summary.areas.setdefault(row["area_id"], Tally()).add(row)
        summary.services.setdefault(row["subject"], Tally()).add(row)
        summary.months.setdefault(timezone.localdate(row["month"]), Tally()).add(row)
    return summary


def narrow(found: QuerySet[Application], which: Narrowed) -> QuerySet[Application]:
    """Exactly those of the ended applications `found` that one figure of their summary counts."""
    if which.result:
        found = found.filter(_RESULTS[Result(which.result)])
    if which.area is not None:
        found = found.filter(area=which.area)
    if which.service:
        found = found.filter(subject=which.service)
    if which.month is not None:
        first = which.month.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        found = found.filter(ended_at__gte=_midnight(first), ended_at__lt=_midnight(after))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
