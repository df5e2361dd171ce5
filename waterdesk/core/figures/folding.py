"""Adds the deltas up: what the trigger wrote beside each fact goes into the sums and spreads.

One batch a transaction, and one folder at a time. A delta is deleted by the statement that adds it,
so that it is in one of the two places for whoever reads; a killed run loses nothing.
"""

from __future__ import annotations

from django.db import connection, transaction

BATCH = 20_000
# A tick works off no more batches than this, so that it ends well within a task's time.
MOST = 50
# Any number that nobody else of this database takes for an advisory lock.
LOCK = 4424_0070

# What one delta is in each of the grains.
_GRAINS = """CROSS JOIN LATERAL (VALUES
        ('day', d.day, '', '', 0::bigint, 0::bigint),
        ('month', date_trunc('month', d.day)::date, '', '', 0, 0),
        ('subject', date_trunc('month', d.day)::date, d.subject, d.channel, 0, 0),
        ('person', date_trunc('month', d.day)::date, '', '', d.team, d.person)
    ) AS g(grain, start, subject, channel, team, person)"""
_BUCKETS = """CROSS JOIN (VALUES (true), (false)) AS everywhere(all_areas)
    CROSS JOIN LATERAL (VALUES ('net', d.net_bucket), ('gross', d.gross_bucket))
        AS v(measure, bucket)"""
_SUMS = f"""
INSERT INTO core_figuresum AS s (grain, start, area, kind, code, subject, channel, team, person,
    judged, on_time, outside, done)
SELECT g.grain, g.start, d.area, d.kind, d.code, g.subject, g.channel, g.team, g.person,
    sum(d.sign), sum(d.sign * d.on_time::int), sum(d.sign * d.outside::int),
    sum(d.sign * d.done::int)
FROM taken d {_GRAINS}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
ON CONFLICT (grain, start, area, kind, code, subject, channel, team, person) DO UPDATE SET
    judged = s.judged + excluded.judged, on_time = s.on_time + excluded.on_time,
    outside = s.outside + excluded.outside, done = s.done + excluded.done
"""  # noqa: S608
_SPREADS = f"""
INSERT INTO core_figurespread AS s (month, area, kind, code, measure, bucket, many)
SELECT date_trunc('month', d.day)::date, CASE WHEN all_areas THEN 0 ELSE d.area END, d.kind,
    d.code, v.measure, v.bucket, sum(d.sign)
FROM taken d {_BUCKETS}
WHERE v.bucket IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(d.sign) <> 0
ON CONFLICT (month, area, kind, code, measure, bucket) DO UPDATE SET many = s.many + excluded.many
"""  # noqa: S608
_FOLD = f"""
WITH taken AS (
    DELETE FROM core_figuredelta
    WHERE id = ANY(ARRAY(SELECT id FROM core_figuredelta ORDER BY id LIMIT %s)) RETURNING *
), sums AS ({_SUMS}), spreads AS ({_SPREADS})
SELECT count(*) FROM taken
"""  # noqa: S608
# Every fact as the delta by which it came.
_FACTS = """
SELECT 1 AS sign, day, area_id AS area, kind, code, subject, channel, coalesce(team_id, 0) AS team,
    coalesce(person_id, 0) AS person, on_time, outside, stopped_at IS NOT NULL AS done, net_bucket,
    gross_bucket
FROM core_clockfact
"""


def fold(size: int = BATCH, most: int = MOST) -> int:
    """Add up to `most` batches of deltas to the sums; returns how many deltas.

    While another one folds, nothing. A repetition finds what came meanwhile.
    """
    done = 0
    for _ in range(most):
        folded = _batch(size)
        done += folded
        if folded < size:
            break
    return done


def rebuild() -> None:
    """Make all sums and spreads anew from the facts; waits for whoever folds.

    Outside a transaction of the caller's it sees one instant: what is written meanwhile keeps its
    deltas, and is added by the next fold. A repetition gives the same.
    """
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for table in ("core_figuredelta", "core_figuresum", "core_figurespread"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        for statement in (_SUMS, _SPREADS):
            cursor.execute(f"WITH taken AS ({_FACTS}) {statement}")


@transaction.atomic
def _batch(size: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FOLD, [size])
        return cursor.fetchone()[0]
