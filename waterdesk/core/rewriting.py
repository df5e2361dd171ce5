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

_WRITE = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[])
        AS w(case_id, seen, version, seal)
), held AS MATERIALIZED (
    SELECT c.id, c.number, w.version, w.seal
    FROM core_case c JOIN wanted w ON w.case_id = c.id AND w.seen = c.version
    ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
), clocks AS (
    UPDATE core_clock k SET state = v.state, due_at = v.due_at, provisional = v.provisional,
        next_at = v.next_at, next_level = v.next_level, breached_at = v.breached_at,
        told_due_at = CASE WHEN k.public AND k.due_at <> v.due_at
            THEN nullif(coalesce(k.told_due_at, k.due_at), v.due_at) ELSE k.told_due_at END
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::boolean[],
            %s::timestamptz[], %s::smallint[], %s::timestamptz[])
        AS v(case_id, id, state, due_at, provisional, next_at, next_level, breached_at)
    JOIN held ON held.id = v.case_id
    WHERE k.id = v.id
), cases AS (
    UPDATE core_case c SET version = held.version, seal = held.seal
    FROM held JOIN wanted w ON w.case_id = held.id AND w.seen <> w.version
    WHERE c.id = held.id
), events AS (
    INSERT INTO core_event
        ("case", seq, at, recorded_at, actor, role, action, data, previous, digest)
    SELECT held.number, e.seq, %s, %s, '', '', 'clock_moved',
        jsonb_build_object('promise', k.code, 'was', e.was, 'due', e.due), e.previous, e.digest
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[],
            %s::text[])
        AS e(case_id, clock_id, seq, was, due, previous, digest)
    JOIN held ON held.id = e.case_id
    JOIN core_clock k ON k.id = e.clock_id
)
SELECT id FROM held
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
            self._sent.append((part, self._aside.ask(read_rows, _WRITE, _values(part, now))))

    def arrived(self) -> Iterator[tuple[list[Difference], set[int]]]:
        """Wait for each batch that was sent: itself, and the cases that were had of it."""
        sent, self._sent = self._sent, []
        for part, future in sent:
            yield part, {case_id for (case_id,) in answer(future)}


def _values(part: Iterable[Difference], now: datetime) -> list[Any]:
    """The parameters of one statement: the cases, their clocks, what the record is to say."""
    heads: list[tuple[Any, ...]] = []
    clocks: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    for case_id, group in groupby(part, key=lambda each: each.clock.case_id):
        found = list(group)
        seen = version = found[0].clock.version
        seal = found[0].clock.seal
        for each in found:
            clock = each.clock
            clocks.append((case_id, clock.pk, *each.figures))
            if each.moved:
                version += 1
                data = moved_data(clock.code, clock.due_at, each.due_at)
                line = record.Line(
                    clock.number, version, now, now, "", "", "clock_moved", data, seal
                )
                before, seal = seal, record.digest(line)
                events.append((case_id, clock.pk, version, data["was"], data["due"], before, seal))
        heads.append((case_id, seen, version, seal))
    *ids, seals = _columns(heads, 4)
    *said, before, after = _columns(events, 7)
    return [
        *map(plain, ids),
        spelled(seals),
        *map(plain, _columns(clocks, 8)),
        now,
        now,
        *map(plain, said),
        spelled(before),
        spelled(after),
    ]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def moved_data(code: str, was: datetime, due: datetime) -> dict[str, str]:
    """How the record tells of it: which promise, due when before (`was`) and when now (`due`)."""
    return {"promise": code, "was": _instant(was), "due": _instant(due)}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
