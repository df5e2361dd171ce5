"""The figures of a supervisor: two years of a million judged clocks, from the sums and beside them.

The roll-up and the plain aggregate answer the same question on the same rows, and both say what
they counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tests.bench.crowd import staff as crowd
from tests.bench.laying import SIZE, quick
from tests.factories import staff
from waterdesk.core.figures import folding, listing, reading
from waterdesk.core.figures.asked import Asked, By, Result
from waterdesk.core.models import Area, Promise, Utility, WorkCalendar
from waterdesk.core.models.figures import ClockFact
from waterdesk.core.periods import month, months

AREAS, MONTHS, CLOCKS = 30, 24, 5
_CASES = """
INSERT INTO core_case (kind, number, subject, area_id, status, handler_id, name, phone, address,
    remark, channel, urgent, paused_reason, opened_at, changed_at, closed_at, outcome, explanation,
    version, seal)
SELECT 'ticket', 'F' || lpad(n::text, 14, '0'),
    (ARRAY['repair.leak', 'repair.burst', 'repair.meter', 'consultation'])[1 + n %% 4],
    (%(areas)s::bigint[])[1 + n %% %(many_areas)s], 'closed',
    (%(crew)s::bigint[])[1 + n %% array_length(%(crew)s::bigint[], 1)], '', '', '', '',
    (ARRAY['hotline', 'web', 'counter'])[1 + n %% 3], false, '', at, at + interval '2 days',
    at + interval '2 days', '', '', 0, ''
FROM (SELECT n, %(since)s::timestamptz + %(span)s * (n::float / %(cases)s) AS at
    FROM generate_series(1, %(cases)s) AS n) AS spread
"""
# A clock is kept unless it took longer than a day; one late one in twenty is still open.
_CLOCKS = """
INSERT INTO core_clock (case_id, area_id, promise_id, code, name, amount, unit, calendar_id,
    pause_reasons, pause_most, granted, cause, cause_accepted, ladder, public, state, started_at,
    due_at, stopped_at, breached_at, provisional)
SELECT id, area_id, %(promise)s, code, code, 1440, 'natural', %(calendar)s, '{}', '{}', 0, '',
    false, '[]', true, CASE WHEN took > interval '1 day' THEN 'breached' ELSE 'met' END, opened_at,
    opened_at + interval '1 day',
    CASE WHEN took > interval '1 day' AND id %% 20 = 0 THEN NULL ELSE opened_at + took END,
    CASE WHEN took > interval '1 day' THEN opened_at + interval '1 day' END, false
FROM (SELECT c.*, code, interval '1 minute' * (5 * exp(6 * random())) AS took
    FROM core_case c CROSS JOIN unnest(ARRAY['respond', 'arrive', 'contain', 'finish', 'answer'])
        AS code WHERE c.number LIKE 'F%%') AS each
"""
_FACTS = """
INSERT INTO core_clockfact (clock_id, case_id, number, kind, code, area_id, subject, channel,
    team_id, person_id, started_at, judged_at, on_time, stopped_at, net, gross)
SELECT k.id, c.id, c.number, c.kind, k.code, k.area_id, c.subject, c.channel, u.area_id,
    c.handler_id, k.started_at, coalesce(k.breached_at, k.stopped_at), k.breached_at IS NULL,
    k.stopped_at, extract(epoch FROM k.stopped_at - k.started_at)::int * 3 / 4,
    extract(epoch FROM k.stopped_at - k.started_at)::int
FROM core_clock k JOIN core_case c ON c.id = k.case_id LEFT JOIN core_user u ON u.id = c.handler_id
ORDER BY coalesce(k.breached_at, k.stopped_at)
"""
_PLAIN = """
SELECT count(*), count(*) FILTER (WHERE on_time), count(*) FILTER (WHERE stopped_at IS NULL)
FROM core_clockfact WHERE judged_at >= %s AND judged_at < %s
"""


def lay(many: int) -> None:
    """`many` judged clocks over MONTHS and AREAS, five a case, with their facts and sums."""
    _grids, crew = crowd()
    parent = Area.objects.filter(level="branch").first()
    fresh = [
        Area(code=f"bench-{n}", name=f"片区{n}", level="grid", parent=parent) for n in range(AREAS)
    ]
    Area.objects.bulk_create(fresh)
    Utility.touch()
    period = months(MONTHS, timezone.localdate() - timedelta(days=40))
    known = {
        "areas": [each.pk for each in fresh], "many_areas": AREAS, "crew": crew,
        "since": period.begins, "span": period.ends - period.begins, "cases": many // CLOCKS,
        "promise": Promise.objects.get(kind="ticket", name="漏水修复").pk,
        "calendar": WorkCalendar.objects.get(code="office").pk,
    }  # fmt: skip
    with quick() as cursor:
        for statement in (_CASES, _CLOCKS, _FACTS):
            cursor.execute(statement, known)
    took, _ = timed(folding.rebuild, times=1)
    print(f"figures: the sums of {many:,} facts made anew in {took:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE core_clockfact, core_figuresum, core_figurespread, core_figuredelta"
        )


def run() -> None:
    lay(SIZE)
    boss = staff("supervisor")
    last = timezone.localdate() - timedelta(days=40)
    whole = months(MONTHS, last)
    spans = {
        "a month": month(last),
        "a year": months(12, last),
        "two years": whole,
        "90 days": type(whole)(last - timedelta(days=89), last),
    }
    for name, span in spans.items():
        asked = Asked(span.since, span.until)
        _said(f"total, {name}", lambda asked=asked: reading.total(boss, asked))
        for by in By:
            _said(f"by {by}, {name}", lambda asked=asked, by=by: reading.by(boss, asked, by))
    _listed(boss, Asked(whole.since, whole.until))
    _beside(boss, Asked(whole.since, whole.until))


def timed(ask: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The best of some, in seconds, and the answer."""
    best, answer = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        answer = ask()
        best = min(best, time.perf_counter() - begun)
    return best, answer


def _said(name: str, ask: Callable[[], Any]) -> None:
    took, _answer = timed(ask)
    print(f"figures: {name}: {1000 * took:.1f} ms")


def _listed(boss: Any, asked: Asked) -> None:
    for result in (Result.JUDGED, Result.LATE, Result.OPEN_LATE):
        rows = reading.cases(boss, asked, result)
        for depth in (0.0, 0.5, 0.99):
            at = rows.order_by("judged_at")[: int(rows.count() * (1 - depth)) or 1].count() - 1
            fact: ClockFact = rows.order_by("judged_at", "clock")[at]
            _said(
                f"list of {result} at {depth:.0%}",
                lambda rows=rows, fact=fact: listing.page(rows, listing.key(fact)),
            )


def _beside(boss: Any, asked: Asked) -> None:
    """The same figures from the sums and by counting every fact."""
    rolled, tally = timed(lambda: reading.total(boss, asked, spreads=False))
    plain, row = timed(lambda: _plain(asked))
    print(
        f"figures: sums {1000 * rolled:.1f} ms {(tally.judged, tally.on_time, tally.open_late)}, "
        f"plain {1000 * plain:.1f} ms {row}: {plain / rolled:.0f} x"
    )
    assert (tally.judged, tally.on_time, tally.open_late) == row


def _plain(asked: Asked) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, [asked.begins, asked.ends])
        return cursor.fetchone()
