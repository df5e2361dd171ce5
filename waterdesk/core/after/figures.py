"""满意度: what the customers of a period said, and how many of them were called back.

Every figure is a count of Aftercare rows, so that the list behind it is the same rows narrowed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from waterdesk.core.models.after import Aftercare

Call = Aftercare.Call
GRADES = (1, 2, 3, 4, 5)
PLEASED, BAD = (4, 5), (1, 2)


@dataclass(frozen=True, slots=True)
class Asked:
    """From the beginning of `since` to the end of `until`; `areas` None is every area."""

    since: date
    until: date
    areas: frozenset[int] | None = None
    kind: str = ""

    @property
    def span(self) -> tuple[datetime, datetime]:
        after = self.until + timedelta(days=1)
        return _midnight(self.since), _midnight(after)


@dataclass(slots=True)
class Tally:
    """How many gave each grade."""

    grades: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.grades.total()

    @property
    def pleased(self) -> int:
        return sum(self.grades[each] for each in PLEASED)

    @property
    def bad(self) -> int:
        return sum(self.grades[each] for each in BAD)

    @property
    def share(self) -> float | None:
        """满意率, in per cent: grades 4 and 5 of all; None where nobody answered."""
        return _per_cent(self.pleased, self.count)

    @property
    def average(self) -> float | None:
        total = sum(grade * count for grade, count in self.grades.items())
        return total / self.count if self.count else None


@dataclass(slots=True)
class Summary:
    """The answers of a period: all, by area, by (kind, subject), by the first day of the month."""

    total: Tally = field(default_factory=Tally)
    areas: dict[int, Tally] = field(default_factory=dict)
    subjects: dict[tuple[str, str], Tally] = field(default_factory=dict)
    months: dict[date, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calls:
    """回访 of what was done in a period: `due` wanted a call, `in_time` was over in time."""

    due: int
    waiting: int
    in_time: int
    reached: int
    refused: int
    unreached: int
    answered: int

    @property
    def in_time_share(self) -> float | None:
        return _per_cent(self.in_time, self.due)

    @property
    def reached_share(self) -> float | None:
        """接通率: of those who were called to the end, how many were spoken to."""
        called = self.reached + self.refused + self.unreached
        return _per_cent(self.reached + self.refused, called)


def answers(rows: QuerySet[Aftercare], asked: Asked) -> QuerySet[Aftercare]:
    """The answers given in the period asked for."""
    since, until = asked.span
    return _narrowed(rows.filter(rated_at__gte=since, rated_at__lt=until), asked)


def count(rows: QuerySet[Aftercare], asked: Asked) -> Summary:
    """One query, whatever the number of answers."""
    groups = (
        answers(rows, asked)
        .order_by()
        .annotate(month=TruncMonth("rated_at"))
        .values_list("case__area_id", "case__kind", "case__subject", "month", "value")
        .annotate(Count("id"))
    )
    summary = Summary()
    for area, kind, subject, month, value, number in groups:
        for tally in (
            summary.total,
            summary.areas.setdefault(area, Tally()),
            summary.subjects.setdefault((kind, subject), Tally()),
            summary.months.setdefault(timezone.localdate(month), Tally()),
        ):
            tally.grades[value] += number
    return summary


def calls(rows: QuerySet[Aftercare], asked: Asked, days: int) -> Calls:
    """How the calls stand for what was done in the period; over in time is within `days` days."""
    since, until = asked.span
    done = rows.filter(done_at__gte=since, done_at__lt=until).exclude(call=Call.NONE)
    in_time = Q(called_at__lte=F("done_at") + timedelta(days=days))
    found = _narrowed(done, asked).aggregate(
        due=Count("id"),
        in_time=Count("id", filter=in_time),
        **{
            name: Count("id", filter=Q(call=getattr(Call, name.upper())))
            for name in ("waiting", "reached", "refused", "unreached", "answered")
        },
    )
    return Calls(**found)


def _narrowed(rows: QuerySet[Aftercare], asked: Asked) -> QuerySet[Aftercare]:
    if asked.areas is not None:
        rows = rows.filter(case__area__in=asked.areas)
    return rows.filter(case__kind=asked.kind) if asked.kind else rows


def _per_cent(part: int, whole: int) -> float | None:
    """To one place; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
