"""超时原因: how the promises that fell due in a period were kept, and why those that were not.

Counted are clocks that are decided: stopped, or past their limit, whether a sweep has said so yet
or not. A cause outside the company's control is shown apart and never taken out: every table adds
up to all breaches. Apart it counts only once a lead has accepted it. What lies outside is what the
list of causes says today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from waterdesk.core.breaches import CAUSE
from waterdesk.core.ladders import ACCEPT
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.record import Event
from waterdesk.core.periods import Period
from waterdesk.core.policy import Policy

NO_CAUSE = "-"  # how an address names breaches that nobody has explained; no code of a list


class Standing(StrEnum):
    """How far the explanation of one breach has come."""

    OWED = "owed"
    GIVEN = "given"
    RETURNED = "returned"
    ACCEPTED = "accepted"


def by_default(clocks: QuerySet[Clock]) -> int:
    """How many of these late clocks had the desk say yes because nobody decided (超时默许).

    Each of them is a breach all the same: the promise to decide was not kept.
    """
    said = Event.objects.annotate(said_of=KT("data__promise")).filter(
        case=OuterRef("case__number"),
        action=ACCEPT,
        actor="",
        said_of=OuterRef("code"),
        at=OuterRef("stopped_at"),
    )
    return clocks.filter(stopped_at__isnull=False).filter(Exists(said)).count()


class Group(StrEnum):
    """Whose doing a breach was; NONE while nobody has said."""

    WITHIN = "within"
    OUTSIDE = "outside"
    NONE = "none"


class Result(StrEnum):
    """How a clock ended. APART is late for an accepted cause outside, OURS every other breach."""

    KEPT = "kept"
    LATE = "late"
    OURS = "ours"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Asked(Period):
    """Which clocks: those due in the period; "" is every kind, every promise."""

    kind: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Those of them that one figure counts. `area` is that area alone, without those below."""

    result: str = ""
    cause: str = ""
    group: str = ""
    standing: str = ""
    area: int | None = None


@dataclass(slots=True)
class Tally:
    """How many were kept and late; `apart` of the late ones for an accepted cause outside."""

    kept: int = 0
    late: int = 0
    apart: int = 0

    @property
    def due(self) -> int:
        return self.kept + self.late

    @property
    def ours(self) -> int:
        return self.late - self.apart

    @property
    def share(self) -> float | None:
        """及时率: the per cent in time of all that fell due; None where nothing did."""
        return _per_cent(self.kept, self.due)

    @property
    def share_apart(self) -> float | None:
        """剔除外部原因后: the same without those that were late for an accepted cause outside."""
        return _per_cent(self.kept, self.due - self.apart)


@dataclass(slots=True)
class Cause:
    """The breaches of one cause ("" while nobody has said), by how far they are explained."""

    code: str
    group: Group
    by_standing: Counter[Standing] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.by_standing.total()


@dataclass(slots=True)
class Summary:
    """All figures of a period, by area id, by promise code and by cause."""

    total: Tally = field(default_factory=Tally)
    areas: dict[int, Tally] = field(default_factory=dict)
    promises: dict[str, Tally] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)

    def tallies(self, area: int, code: str) -> Iterator[Tally]:
        yield self.total
        yield self.areas.setdefault(area, Tally())
        yield self.promises.setdefault(code, Tally())


def decided(clocks: QuerySet[Clock], asked: Asked, now: datetime) -> QuerySet[Clock]:
    """Those of `clocks` that fell due as asked and are decided at `now`."""
    found = clocks.filter(_kept() | _late(now), due_at__gte=asked.begins, due_at__lt=asked.ends)
    if asked.areas is not None:
        found = found.filter(area__in=asked.areas)
    if asked.kind:
        found = found.filter(promise__kind=asked.kind)  # a row of few, the case one of a million
    return found.filter(code=asked.code) if asked.code else found


def count(clocks: QuerySet[Clock], asked: Asked, rules: Policy, now: datetime) -> Summary:
    """The figures of the clocks that fell due as asked: two statements, however many there are.

    Both read the index `clock_by_due` and give back one row for each area, promise and cause.
    """
    found = decided(clocks, asked, now).order_by()
    many, summary = Count("id"), Summary()
    kept = found.filter(_kept()).values_list("area_id", "code").annotate(many)
    for area, code, times in kept:
        for tally in summary.tallies(area, code):
            tally.kept += times
    outside = outside_of(rules)
    columns = ("area_id", "code", "cause", "cause_accepted", "case__explanation")
    late = found.filter(_late(now)).values_list(*columns).annotate(many)
    for area, code, cause, accepted, explanation, times in late:
        for tally in summary.tallies(area, code):
            tally.late += times
            tally.apart += times if accepted and cause in outside else 0
        row = summary.causes.setdefault(cause, Cause(cause, _group(cause, outside)))
        row.by_standing[standing(cause, accepted, explanation)] += times
    return summary


def narrow(
    found: QuerySet[Clock], narrowed: Narrowed, rules: Policy, now: datetime
) -> QuerySet[Clock]:
    """Exactly those of the decided clocks `found` that one figure of their summary counts."""
    outside = outside_of(rules)
    apart = Q(cause_accepted=True, cause__in=outside)
    results = {
        Result.KEPT: _kept(),
        Result.LATE: _late(now),
        Result.OURS: _late(now) & ~apart,
        Result.APART: _late(now) & apart,
    }
    groups = {
        Group.NONE: Q(cause=""),
        Group.OUTSIDE: Q(cause__in=outside),
        Group.WITHIN: ~Q(cause__in=[*outside, ""]),
    }
    if narrowed.result:
        found = found.filter(results[Result(narrowed.result)])
    if narrowed.group:
        found = found.filter(groups[Group(narrowed.group)], _late(now))
    if narrowed.standing:
        found = found.filter(_STANDINGS[Standing(narrowed.standing)], _late(now))
    if narrowed.cause:
        cause = "" if narrowed.cause == NO_CAUSE else narrowed.cause
        found = found.filter(_late(now), cause=cause)
    return found if narrowed.area is None else found.filter(area=narrowed.area)


def outside_of(rules: Policy) -> frozenset[str]:
    """The codes of the causes that lie outside the company's control."""
    return frozenset(
        code for (use, code), row in rules.reasons.items() if use == CAUSE and row.outside
    )


def standing(cause: str, accepted: bool, explanation: str) -> Standing:
    """How far one breach is explained, from its clock and its case."""
    if accepted:
        return Standing.ACCEPTED
    if cause:
        return Standing.GIVEN
    returned = explanation == Case.Explanation.RETURNED
    return Standing.RETURNED if returned else Standing.OWED


_UNSAID = Q(cause_accepted=False, cause="")
_RETURNED = Q(case__explanation=Case.Explanation.RETURNED.value)
_STANDINGS = {
    Standing.ACCEPTED: Q(cause_accepted=True),
    Standing.GIVEN: Q(cause_accepted=False) & ~Q(cause=""),
    Standing.RETURNED: _UNSAID & _RETURNED,
    Standing.OWED: _UNSAID & ~_RETURNED,
}


def _kept() -> Q:
    return Q(state=Clock.State.MET.value)


def _late(now: datetime) -> Q:
    """Late on record, or running past its limit although no sweep has said so yet."""
    return Q(state=Clock.State.BREACHED.value) | Q(state=Clock.State.RUNNING.value, due_at__lt=now)


def is_late(clock: Clock, now: datetime) -> bool:
    """The same for one clock in hand."""
    running = clock.state == Clock.State.RUNNING and clock.due_at < now
    return clock.state == Clock.State.BREACHED or running


def _group(cause: str, outside: frozenset[str]) -> Group:
    if not cause:
        return Group.NONE
    return Group.OUTSIDE if cause in outside else Group.WITHIN


def _per_cent(part: int, whole: int) -> float | None:
    """To a tenth, never up to 100 by rounding."""
    return part * 1000 // whole / 10 if whole else None
