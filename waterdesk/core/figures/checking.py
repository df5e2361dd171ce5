"""Whether the stored facts are those that the record gives, and the sums those of the facts.

Nothing is written. Each batch is read as of one instant, so that a desk at work is not taken for
one with wrong figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from waterdesk.core.figures import replaying
from waterdesk.core.figures.replaying import Said
from waterdesk.core.models.figures import ClockFact
from waterdesk.core.models.record import Event
from waterdesk.core.periods import Period, month

BATCH = 500
# Events are numbered as they are begun and dated as the door was entered: one may overtake others.
OVERTAKEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact, or one sum: what is stored and what it should be, "" where there is nothing."""

    what: str
    stored: str
    derived: str

    def __str__(self) -> str:
        return f"{self.what}: {self.stored or '—'} → {self.derived or '—'}"


@dataclass(slots=True)
class Found:
    """What a check came upon. `unsaid` cases are older than what the record tells of clocks."""

    cases: int
    unsaid: int
    differences: list[Difference]


def check(since: date, until: date) -> Found:
    """Everything that the record of these days touched: the facts of its cases, and the sums.

    Sums are compared for the whole months that the days lie in.
    """
    period = Period(since, until)
    numbers = touched(period)
    found = Found(len(numbers), 0, [])
    for start in range(0, len(numbers), BATCH):
        with _one_instant():
            _compare(numbers[start : start + BATCH], found)
    found.differences += wrong_sums(Period(month(since).since, month(until).until))
    return found


def touched(period: Period) -> list[str]:
    """The numbers of the cases of which something was written down, or is counted, then."""
    first = _first(period.begins - OVERTAKEN)
    written = Event.objects.filter(
        pk__gte=first, recorded_at__gte=period.begins, recorded_at__lt=period.ends
    )
    if (after := _first(period.ends + OVERTAKEN)) > first:
        written = written.filter(pk__lte=after)
    counted = ClockFact.objects.filter(judged_at__gte=period.begins, judged_at__lt=period.ends)
    numbers = set(written.order_by().values_list("case", flat=True).distinct())
    return sorted(numbers | set(counted.order_by().values_list("number", flat=True).distinct()))


def wrong_sums(period: Period) -> list[Difference]:
    """Every sum and spread of whole months that, with its deltas, is not what the facts give."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, {"since": period.since, "until": period.until})
        return [
            Difference(f"{table} {key}", str(kept), str(counted))
            for table, key, kept, counted in cursor.fetchall()
        ]


def _first(instant: datetime) -> int:
    """The key of an event near the first one of `instant` or later, found by halving.

    There is no index on when something was written down: keys grow as it does, all but a little.
    """
    low = Event.objects.aggregate(first=Min("pk"))["first"] or 0
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    high = newest + 1
    while low < high:
        middle = (low + high) // 2
        row = Event.objects.filter(pk__gte=middle).order_by("pk").values_list("recorded_at").first()
        if row is not None and row[0] < instant:
            low = middle + 1
        else:
            high = middle
    return low


def _compare(numbers: Sequence[str], found: Found) -> None:
    events: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(case__in=numbers).order_by("case", "seq"):
        events[event.case].append(event)
    stored: dict[str, list[Said]] = defaultdict(list)
    rows = ClockFact.objects.filter(case__number__in=numbers)
    for row in rows.select_related("area", "team", "person"):
        stored[row.number].append(said(row))
    for number in numbers:
        try:
            derived = replaying.facts(events[number])
        except replaying.Unsaid:
            found.unsaid += 1
            continue
        found.differences += _differences(number, stored[number], derived)


def said(row: ClockFact) -> Said:
    """A stored fact in the words of the record."""
    return Said(
        row.code, row.started_at, row.judged_at, row.on_time, row.stopped_at, row.net, row.gross,
        row.cause, row.outside, row.area.code, row.subject, row.channel,
        row.team.code if row.team else "", row.person.username if row.person else "",
    )  # fmt: skip


def _differences(number: str, stored: list[Said], derived: list[Said]) -> Iterator[Difference]:
    """Those that have no equal; of one promise side by side."""
    there, wanted = Counter(stored), Counter(derived)
    more, less = list((there - wanted).elements()), list((wanted - there).elements())
    for fact in sorted(more, key=lambda each: (each.code, each.started_at)):
        other = next((each for each in less if each.code == fact.code), None)
        if other is None:
            yield Difference(f"{number} {fact.code}", _words(fact), "")
            continue
        less.remove(other)
        names = [n for n in Said._fields if getattr(fact, n) != getattr(other, n)]
        what = f"{number} {fact.code}"
        yield Difference(what, _words(fact, names), _words(other, names))
    for fact in less:
        yield Difference(f"{number} {fact.code}", "", _words(fact))


def _words(fact: Said, names: Sequence[str] = ("judged_at", "on_time")) -> str:
    return " ".join(f"{name}={getattr(fact, name)}" for name in names)


@contextmanager
def _one_instant() -> Iterator[None]:
    """A transaction that sees one instant; only inside one of the caller's as it holds there."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


_FACTS = """
SELECT 1 AS sign, day, area_id AS area, kind, code, subject, channel, coalesce(team_id, 0) AS team,
    coalesce(person_id, 0) AS person, on_time::int AS on_time, outside::int AS outside,
    (stopped_at IS NOT NULL)::int AS done, net_bucket, gross_bucket
FROM core_clockfact WHERE day BETWEEN %(since)s AND %(until)s
"""
_DELTAS = """
SELECT sign, day, area, kind, code, subject, channel, team, person, on_time::int, outside::int,
    done::int, net_bucket, gross_bucket
FROM core_figuredelta WHERE day BETWEEN %(since)s AND %(until)s
"""
# What is stored has its own sign; what the facts give is taken away, and nothing has to be left.
_WRONG = f"""
WITH facts AS ({_FACTS}), deltas AS ({_DELTAS}), sides AS (
    SELECT 'counted' AS side, f.* FROM facts f UNION ALL SELECT 'kept', d.* FROM deltas d
), sums AS (
    SELECT 'kept' AS side, grain, start, area, kind, code, subject, channel, team, person,
        judged, on_time, outside, done
    FROM core_figuresum WHERE start BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT s.side, g.grain, g.start, s.area, s.kind, s.code, g.subject, g.channel, g.team,
        g.person, s.sign, s.sign * s.on_time, s.sign * s.outside, s.sign * s.done
    FROM sides s CROSS JOIN LATERAL (VALUES
        ('day', s.day, '', '', 0::bigint, 0::bigint),
        ('month', date_trunc('month', s.day)::date, '', '', 0, 0),
        ('subject', date_trunc('month', s.day)::date, s.subject, s.channel, 0, 0),
        ('person', date_trunc('month', s.day)::date, '', '', s.team, s.person)
    ) AS g(grain, start, subject, channel, team, person)
), spreads AS (
    SELECT 'kept' AS side, month, area, kind, code, measure, bucket, many
    FROM core_figurespread WHERE month BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT s.side, date_trunc('month', s.day)::date, CASE WHEN e.everywhere THEN 0 ELSE s.area END,
        s.kind, s.code, v.measure, v.bucket, s.sign
    FROM sides s CROSS JOIN (VALUES (true), (false)) AS e(everywhere)
    CROSS JOIN LATERAL (VALUES ('net', s.net_bucket), ('gross', s.gross_bucket))
        AS v(measure, bucket)
    WHERE v.bucket IS NOT NULL
), added AS (
    SELECT 'sum' AS name, concat_ws(' ', grain, start, area, kind, code, subject, channel,
        team, person) AS said, side, ARRAY[sum(judged), sum(on_time), sum(outside), sum(done)] AS n
    FROM sums GROUP BY 2, 3
    UNION ALL
    SELECT 'spread', concat_ws(' ', month, area, kind, code, measure, bucket), side,
        ARRAY[sum(many), 0, 0, 0]
    FROM spreads GROUP BY 2, 3
), both_sides AS (
    SELECT name, said,
        coalesce(max(n) FILTER (WHERE side = 'kept'), '{{0,0,0,0}}') AS kept,
        coalesce(max(n) FILTER (WHERE side = 'counted'), '{{0,0,0,0}}') AS counted
    FROM added GROUP BY name, said
)
SELECT name, said, array_to_string(kept, ' '), array_to_string(counted, ' ')
FROM both_sides WHERE kept <> counted ORDER BY name, said
"""  # noqa: S608
