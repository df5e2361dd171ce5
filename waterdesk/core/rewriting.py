"""Writes the replayed figures of many clocks and the record of it: one statement a batch.

The figures were reckoned without a lock. Every change of a case moves the version of its record
on, so a case whose version is still the one that was read has not changed since, and neither have
its clocks and pauses. Others, and those that somebody holds, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from waterdesk.core import record
from waterdesk.core.aside import Aside, answer
from waterdesk.core.bulk import read_rows
from waterdesk.core.readings import Difference
from waterdesk.database.arrays import plain, spelled

# No more rows than this are locked at a time, cases and clocks together.
LOCKED = 500

# The first event of a case here follows the one that the case's head had last.
_WRITE = """
WITH heads AS MATERIALIZED (
    SELECT c.id, c.number, c.seal AS last, h.seen, h.version, h.seal
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[]) AS h(case_id, seen, version, seal)
    JOIN core_case c ON c.id = h.case_id AND c.version = h.seen
    ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
), found AS MATERIALIZED (
    SELECT v.*, h.number, coalesce(v.previous, h.last) AS follows
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::boolean[],
            %s::timestamptz[], %s::smallint[], %s::timestamptz[], %s::int[], %s::text[],
            %s::text[], %s::text[], %s::text[], %s::text[])
        AS v(case_id, id, state, due_at, provisional, next_at, next_level, breached_at, seq,
            promise, was, due, previous, digest)
    JOIN heads h ON h.id = v.case_id
), clocks AS (
    UPDATE core_clock k SET state = v.state, due_at = v.due_at, provisional = v.provisional,
        next_at = v.next_at, next_level = v.next_level, breached_at = v.breached_at,
        told_due_at = CASE WHEN k.public AND k.due_at <> v.due_at
            THEN nullif(coalesce(k.told_due_at, k.due_at), v.due_at) ELSE k.told_due_at END
    FROM found v WHERE k.id = v.id
), cases AS (
    UPDATE core_case c SET version = h.version, seal = h.seal
    FROM heads h WHERE c.id = h.id AND h.seen <> h.version
), events AS (
    INSERT INTO core_event
        ("case", seq, at, recorded_at, actor, role, action, data, previous, digest)
    SELECT number, seq, %s, %s, '', '', 'clock_moved',
        jsonb_build_object('promise', promise, 'was', was, 'due', due), follows, digest
    FROM found WHERE seq IS NOT NULL
)
SELECT id FROM heads
"""


def batches(found: Sequence[Difference]) -> Iterator[list[Difference]]:
    """Parts of what was found on one page, whole cases each, that lock at most LOCKED rows.

    A case with more clocks than that is a part of its own. Neighbours go into different parts:
    PostgreSQL then finds room for the next version of a case on the page of the last, and need not
    touch the indexes of the cases.
    """
    cases = [list(group) for _, group in groupby(found, key=lambda each: each.clock.case_id)]
    stride = -(-(len(found) + len(cases)) // LOCKED)
    part: list[Difference] = []
    locked = 0
    for group in (group for start in range(stride) for group in cases[start::stride]):
        if part and locked + len(group) + 1 > LOCKED:
            yield part
            part, locked = [], 0
        part += group
        locked += len(group) + 1
    if part:
        yield part


class Line:
    """Batches on their way to PostgreSQL, one after the other.

    While the server works at one, the next is spelled out and the caller goes on reckoning. In
    whatever transaction there is, and else each batch in its own.
    """

    def __init__(self, aside: Aside) -> None:
        self._aside = aside
        self._sent: list[tuple[list[Difference], Future[list[tuple[int]]]]] = []

    def send(self, parts: Iterable[list[Difference]], now: datetime) -> None:
        """Have these batches written. Due times that moved are in the record as of `now`."""
        for part in parts:
            self._sent.append(
                (part, self._aside.ask(read_rows, _WRITE, _values(part, now), prepare=True))
            )

    def arrived(self) -> Iterator[tuple[list[Difference], set[int]]]:
        """Wait for each batch that was sent: itself, and the cases that were had of it."""
        sent, self._sent = self._sent, []
        for part, future in sent:
            yield part, {case_id for (case_id,) in answer(future)}


def _values(part: Iterable[Difference], now: datetime) -> list[Any]:
    """The parameters of one statement: the cases, their clocks, what the record is to say."""
    heads: list[tuple[Any, ...]] = []
    clocks: list[tuple[Any, ...]] = []
    for case_id, group in groupby(part, key=lambda each: each.clock.case_id):
        found = list(group)
        first = found[0].clock
        seq, seal, last = first.version, first.seal, None
        for clock, figures, _ in found:
            event = _STAYS
            if clock.due_at != figures[1]:
                seq += 1
                data = moved_data(clock.code, clock.due_at, figures[1])
                line = record.Line(clock.number, seq, now, now, "", "", "clock_moved", data, seal)
                seal = record.digest(line)
                event = (seq, *data.values(), last, seal)
                last = seal
            clocks.append((case_id, clock.pk, *figures, *event))
        heads.append((case_id, first.version, seq, seal))
    *ids, seals = _columns(heads)
    columns = _columns(clocks)
    return [
        *map(plain, ids),
        spelled(seals),
        *map(plain, columns[:9]),
        *map(spelled, columns[9:]),
        now,
        now,
    ]


# Of a clock whose due time stays the record says nothing.
_STAYS = (None,) * 6


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True))


def moved_data(code: str, was: datetime, due: datetime) -> dict[str, str]:
    """How the record tells of it: which promise, due when before (`was`) and when now (`due`)."""
    return {"promise": code, "was": _instant(was), "due": _instant(due)}


def _instant(at: datetime) -> str:
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()
