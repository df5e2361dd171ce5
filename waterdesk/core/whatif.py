"""What if: the clocks of a past period, counted again under another limit, calendar or pause rule.

Nothing is written: the replay runs in a transaction that PostgreSQL itself keeps from writing.
What the supposition does not touch keeps the figures on record; what it touches is replayed with
the arithmetic of every other clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.clocks import limit_of
from waterdesk.core.errors import Invalid
from waterdesk.core.models.cases import Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.policy import Policy
from waterdesk.sla.clock import Count, Limit, Unit
from waterdesk.sla.clock import Pause as Interval
from waterdesk.sla.errors import SlaError

# A page waits for the answer: so many clocks take some seconds. *chosen*
MOST_CLOCKS = 200_000
LONGEST = timedelta(days=366)
CHUNK = 5_000


class Verdict(StrEnum):
    """How a clock ended; OPEN is one that still runs, or stands, within its limit."""

    KEPT = "kept"
    LATE = "late"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed, of the clocks of one promise or ("") of all.

    `name` narrows a code that several promises share. None and the empty set leave things as they
    were.
    """

    code: str = ""
    name: str = ""
    limit: Limit | None = None
    calendar_id: int | None = None
    dropped: frozenset[str] = frozenset()

    @property
    def is_nothing(self) -> bool:
        return self.limit is None and self.calendar_id is None and not self.dropped


class Ran(NamedTuple):
    """One clock as it ran, in the order of COLUMNS."""

    case_id: int
    number: str
    area_id: int
    code: str
    name: str
    amount: Decimal
    granted: Decimal
    unit: str
    calendar_id: int
    pause_reasons: list[str]
    state: str
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime
    breached_at: datetime | None

    @property
    def late_from(self) -> datetime | None:
        """When it was late on record, or is although no sweep has said so yet; None: never."""
        if self.state == Clock.State.RUNNING and self.stopped_at is None:
            return self.due_at
        return self.breached_at


COLUMNS = ["case__number" if name == "number" else name for name in Ran._fields]


@dataclass(slots=True)
class Tally:
    """How many clocks ended how."""

    kept: int = 0
    late: int = 0
    open: int = 0

    def add(self, verdict: Verdict) -> None:
        match verdict:
            case Verdict.KEPT:
                self.kept += 1
            case Verdict.LATE:
                self.late += 1
            case Verdict.OPEN:
                self.open += 1

    @property
    def share(self) -> float | None:
        """The per cent in time of those decided, to a tenth, never up to 100 by rounding."""
        decided = self.kept + self.late
        return self.kept * 1000 // decided / 10 if decided else None


@dataclass(slots=True)
class Compared:
    """As it was beside as it would have been."""

    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)

    def add(self, before: Verdict, after: Verdict) -> None:
        self.before.add(before)
        self.after.add(after)


@dataclass(frozen=True, slots=True)
class Changed:
    """A clock that would have ended otherwise. `due_after` None: not before its pause ends."""

    clock: Ran
    before: Verdict
    after: Verdict
    due_after: datetime | None

    def missed_by(self, now: datetime) -> timedelta | None:
        """From the supposed due time to the end (`now` while it runs): negative is time to spare.

        Wall time.
        """
        return None if self.due_after is None else (self.clock.stopped_at or now) - self.due_after


@dataclass(slots=True)
class Outcome:
    """Figures over all clocks, by area id and by promise code, and what changed, newest first."""

    total: Compared = field(default_factory=Compared)
    areas: dict[int, Compared] = field(default_factory=dict)
    promises: dict[str, Compared] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
    moved: int = 0
    """How many have another due time, whether or not they end otherwise."""

    @property
    def count(self) -> int:
        tally = self.total.before
        return tally.kept + tally.late + tally.open

    def add(self, clock: Ran, before: Verdict, after: Verdict) -> None:
        self.total.add(before, after)
        self.areas.setdefault(clock.area_id, Compared()).add(before, after)
        self.promises.setdefault(clock.code, Compared()).add(before, after)


def period(since: date, until: date) -> tuple[datetime, datetime]:
    """The instants from the beginning of `since` to the end of `until`, days of the current zone.

    Raises Invalid for a period that ends before it begins, or is longer than LONGEST.
    """
    if until < since:
        raise Invalid(fields={"until": _("止日不能早于起日。")})
    if until - since >= LONGEST:
        raise Invalid(fields={"until": _("一次最多推演一年，请缩短区间。")})
    begins, ends = (timezone.make_aware(datetime.combine(day, time())) for day in (since, until))
    return begins, ends + timedelta(days=1)


def suppose(
    rules: Policy,
    *,
    promise: str = "",
    name: str = "",
    amount: Decimal | None = None,
    unit: str = "",
    calendar_id: int | None = None,
    dropped: Iterable[str] = (),
) -> Supposed:
    """What was typed, as a supposition. Raises Invalid naming the field that makes no sense."""
    codes = {code for _kind, code in rules.promises}
    if promise and promise not in codes:
        raise Invalid(fields={"promise": _("没有这项承诺。")})
    if amount is not None and not promise:
        raise Invalid(fields={"promise": _("填写了时限，请选择它是哪一项承诺的。")})
    limit = None
    if amount is not None:
        try:
            limit = Limit(amount, Unit(unit))
        except SlaError:
            message = _("时限须大于零，整日计的工作日须为整数。")
            raise Invalid(fields={"amount": message}) from None
        except ValueError:
            raise Invalid(fields={"unit": _("请选择时限的单位。")}) from None
    return Supposed(promise, name, limit, calendar_id, frozenset(dropped))


@contextmanager
def read_only() -> Iterator[None]:
    """A transaction in which PostgreSQL refuses every write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def replay(
    clocks: QuerySet[Clock],
    since: datetime,
    until: datetime,
    supposed: Supposed,
    rules: Policy,
    now: datetime,
) -> Outcome:
    """Count those of `clocks` again that began from `since` to before `until`; `now` ends the rest.

    Void clocks are left out. Three statements, however many clocks there are. Raises Invalid for
    more than MOST_CLOCKS.
    """
    wanted = clocks.filter(started_at__gte=since, started_at__lt=until)
    wanted = wanted.exclude(state=Clock.State.VOID).order_by()
    if wanted[: MOST_CLOCKS + 1].count() > MOST_CLOCKS:
        message = _("区间内超过 %(most)d 个计时，请缩短区间或选一个片区。") % {"most": MOST_CLOCKS}
        raise Invalid(fields={"until": message})
    outcome = Outcome()
    with read_only():
        again = Again(supposed, rules, _pauses(wanted))
        rows = wanted.order_by("-started_at", "-id").values_list(*COLUMNS)
        for clock in map(Ran._make, rows.iterator(chunk_size=CHUNK)):
            before = verdict(clock, clock.late_from, now)
            if not again.touches(clock):
                outcome.add(clock, before, before)
                continue
            due = again.due(clock)
            after = verdict(clock, due, now)
            outcome.add(clock, before, after)
            outcome.moved += due not in (None, clock.due_at)
            if after is not before:
                outcome.changed.append(Changed(clock, before, after, due))
    return outcome


def verdict(clock: Ran, due: datetime | None, now: datetime) -> Verdict:
    """How the clock ended when its limit ran out at `due`, None: never. At the limit is in time."""
    if due is not None and due < (clock.stopped_at or now):
        return Verdict.LATE
    return Verdict.OPEN if clock.stopped_at is None else Verdict.KEPT


class Again:
    """Counts a clock as supposed."""

    def __init__(
        self, supposed: Supposed, rules: Policy, pauses: dict[int, list[tuple[str, Interval]]]
    ) -> None:
        self.supposed = supposed
        self.calendars = rules.calendars
        self.pauses = pauses
        self.limits: dict[tuple[Decimal, Decimal, str], Limit] = {}

    def touches(self, clock: Ran) -> bool:
        """Whether the supposition can make a difference to this clock."""
        supposed = self.supposed
        if supposed.code not in ("", clock.code) or supposed.name not in ("", clock.name):
            return False
        if supposed.limit is not None:
            return True
        if supposed.calendar_id not in (None, clock.calendar_id) and clock.unit != Unit.NATURAL:
            return True
        return any(
            reason in supposed.dropped and reason in clock.pause_reasons
            for reason, _interval in self.pauses.get(clock.case_id, ())
        )

    def due(self, clock: Ran) -> datetime | None:
        """When the limit would have run out (UTC); None while a pause that has no end holds it."""
        supposed = self.supposed
        intervals = [
            interval
            for reason, interval in self.pauses.get(clock.case_id, ())
            if reason in clock.pause_reasons and reason not in supposed.dropped
        ]
        calendar = self.calendars[supposed.calendar_id or clock.calendar_id]
        return Count(calendar, clock.started_at, self._limit(clock), intervals).due()

    def _limit(self, clock: Ran) -> Limit:
        if self.supposed.limit is not None:
            return self.supposed.limit
        key = (clock.amount, clock.granted, clock.unit)
        if key not in self.limits:
            self.limits[key] = limit_of(*key)
        return self.limits[key]


def _pauses(clocks: QuerySet[Clock]) -> dict[int, list[tuple[str, Interval]]]:
    """The pauses of these clocks' cases, by case. One query."""
    found: dict[int, list[tuple[str, Interval]]] = {}
    rows = Pause.objects.filter(case__in=clocks.values("case")).order_by()
    wanted = rows.values_list("case_id", "reason", "started_at", "ended_at")
    for case_id, reason, begins, ends in wanted.iterator(chunk_size=CHUNK):
        found.setdefault(case_id, []).append((reason, Interval(begins, ends)))
    return found
