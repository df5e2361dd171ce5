"""What if: the clocks of a past period, counted again under another limit, calendar or pause rule.

Nothing is written: the replay runs in a transaction that PostgreSQL itself keeps from writing.
What the supposition does not touch keeps the figures on record; what it touches is replayed with
the arithmetic of every other clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models import Count as Times
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.clocks import limit_of
from waterdesk.core.errors import Invalid
from waterdesk.core.models.cases import Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.policy import Policy
from waterdesk.core.supposing import COLUMNS, Changed, Outcome, Ran, Supposed, Verdict, ran
from waterdesk.sla.clock import Count, Limit, Unit, unpaused
from waterdesk.sla.clock import Pause as Interval
from waterdesk.sla.errors import SlaError

# A page waits for the answer: so many clocks take some seconds. *chosen*
MOST_CLOCKS = 200_000
LONGEST = timedelta(days=366)
CHUNK = 5_000
EVERY_PLACE = range(MOST_CLOCKS)


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
    *,
    places: range = EVERY_PLACE,
) -> Outcome:
    """Count those of `clocks` again that began from `since` to before `until`; `now` ends the rest.

    Void clocks are left out. What the supposition cannot touch is counted by the database; the
    others are read in a stream, and of those that end otherwise only the ones at `places` are
    kept. Five statements, however many clocks there are. Raises Invalid for more than MOST_CLOCKS.
    """
    wanted = clocks.filter(started_at__gte=since, started_at__lt=until)
    wanted = wanted.exclude(state=Clock.State.VOID).order_by()
    if wanted[: MOST_CLOCKS + 1].count() > MOST_CLOCKS:
        message = _("区间内超过 %(most)d 个计时，请缩短区间或选一个片区。") % {"most": MOST_CLOCKS}
        raise Invalid(fields={"until": message})
    touched = _touched(supposed)
    with read_only():
        outcome = _as_it_was(wanted.exclude(touched), now)
        if not supposed.is_nothing:
            _recount(wanted.filter(touched), Again(supposed, rules), outcome, now, places)
    return outcome


def _touched(supposed: Supposed) -> Q:
    """What `Again.touches` can be true of: all of it, and little more."""
    which = Q(code=supposed.code) if supposed.code else Q()
    which &= Q(name=supposed.name) if supposed.name else Q()
    if supposed.limit is not None:
        return which & Q(pk__isnull=False)
    how = Q(pk__isnull=True)
    if supposed.calendar_id is not None:
        how |= ~Q(calendar=supposed.calendar_id) & ~Q(unit=Unit.NATURAL.value)
    if supposed.dropped:
        how |= Q(Exists(Pause.objects.filter(case=OuterRef("case"), reason__in=supposed.dropped)))
    return which & how


def _as_it_was(clocks: QuerySet[Clock], now: datetime) -> Outcome:
    """Clocks whose end is the one on record, counted by the database as `verdict` does: a query."""
    late_from = Case(
        When(state=Clock.State.RUNNING, stopped_at__isnull=True, then=F("due_at")),
        default=F("breached_at"),
    )
    ended = Case(
        When(late_from__lt=Coalesce(F("stopped_at"), Value(now)), then=Value(Verdict.LATE.value)),
        When(stopped_at__isnull=True, then=Value(Verdict.OPEN.value)),
        default=Value(Verdict.KEPT.value),
    )
    rows = clocks.annotate(late_from=late_from).annotate(ended=ended)
    outcome = Outcome()
    for area, code, how, times in rows.values_list("area_id", "code", "ended").annotate(
        Times("id")
    ):
        outcome.add(area, code, Verdict(how), Verdict(how), times)
    return outcome


def _recount(
    clocks: QuerySet[Clock], again: Again, outcome: Outcome, now: datetime, places: range
) -> None:
    """Add these clocks to the outcome, replayed. Two statements."""
    again.pauses = _pauses(clocks)
    ends: Counter[tuple[int, str, Verdict, Verdict]] = Counter()
    rows = clocks.order_by("-started_at", "-id").values_list(*COLUMNS)
    for clock in map(ran, rows.iterator(chunk_size=CHUNK)):
        before = after = verdict(clock, clock.late_from, now)
        if again.touches(clock):
            due = again.due(clock)
            after = verdict(clock, due, now)
            outcome.moved += due not in (None, clock.due_at)
            if after is not before:
                if outcome.changed_count in places:
                    outcome.changed.append(Changed(clock, before, after, due))
                outcome.changed_count += 1
        ends[clock.area_id, clock.code, before, after] += 1
    for (area, code, before, after), times in ends.items():
        outcome.add(area, code, before, after, times)


def verdict(clock: Ran, due: datetime | None, now: datetime) -> Verdict:
    """How the clock ended when its limit ran out at `due`, None: never. At the limit is in time."""
    if due is not None and due < (clock.stopped_at or now):
        return Verdict.LATE
    return Verdict.OPEN if clock.stopped_at is None else Verdict.KEPT


class Again:
    """Counts a clock as supposed."""

    def __init__(self, supposed: Supposed, rules: Policy) -> None:
        self.supposed = supposed
        self.calendars = rules.calendars
        self.pauses: dict[int, list[tuple[str, Interval]]] = {}
        self.limits: dict[tuple[Decimal, Decimal, str], Limit] = {}
        self.unpaused: dict[tuple[int, Limit], Callable[[datetime], datetime]] = {}

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
        key = supposed.calendar_id or clock.calendar_id, self._limit(clock)
        if intervals:
            return Count(self.calendars[key[0]], clock.started_at, key[1], intervals).due()
        if key not in self.unpaused:
            self.unpaused[key] = unpaused(self.calendars[key[0]], key[1])
        return self.unpaused[key](clock.started_at)

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
