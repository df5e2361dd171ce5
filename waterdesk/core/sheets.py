"""Clocks read a page at a time and replayed: for looking at a million of them.

Reading times as text costs many times what a replay costs. So a page is one statement, in
PostgreSQL's binary format. Clocks that no pause holds are reckoned by their shape, see core.shapes;
all others by core.clocks itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from waterdesk.core.aside import Aside, answer
from waterdesk.core.bulk import read_rows
from waterdesk.core.policy import Policy
from waterdesk.core.readings import Difference, Halt, Reading, Scope, replay
from waterdesk.core.shapes import Figures, Shapes
from waterdesk.sla.clock import Pause as Interval
from waterdesk.sla.errors import SlaError

# Read at a time, without a lock.
PAGE = 4_000

# What stands after the figures is what a shape is known by.
_PAGE = """
SELECT k.state, k.due_at, k.provisional, k.next_at, k.next_level, k.breached_at,
    k.calendar_id, k.unit, (k.amount * 100)::int8, (k.granted * 100)::int8,
    jsonb_hash_extended(k.ladder, 0), k.passed,
    k.started_at, k.stopped_at,
    (SELECT at FROM core_crossing WHERE clock_id = k.id AND level = 100
        AND withdrawn_at IS NULL),
    k.id, k.code, k.name, k.case_id, c.number, c.version, c.seal
FROM core_clock k
-- Said of both, or PostgreSQL reads the cases from the first one on for every page.
JOIN core_case c ON c.id = k.case_id AND c.id > %(after)s
WHERE k.case_id > %(after)s AND {wanted}
ORDER BY k.case_id, k.id
LIMIT %(size)s
"""
_PAUSES = """
SELECT case_id, reason, started_at, ended_at, lapses_at
FROM core_pause WHERE case_id BETWEEN %(first)s AND %(last)s
"""
_DETAILS = "SELECT id, pause_reasons, ladder::text FROM core_clock WHERE id = ANY(%(ids)s)"


# Where they stand in a row, and what else is read from it by place.
_FIGURES, _KEY = slice(0, 6), slice(6, 12)
_STARTED, _STOPPED, _FELL, _ID, _CASE = 12, 13, 14, 15, 18


@dataclass(frozen=True, slots=True)
class Page:
    """So many clocks were looked at; these of them are not what their replay gives."""

    looked: int
    differences: list[Difference]


def pages(scope: Scope, rules: Policy, size: int = PAGE) -> Iterator[Page]:
    """Look at every clock of `scope`, replayed by `rules`, which may be supposed ones.

    Some `size` clocks at a time, whole cases, in the order of the cases. Nothing is locked.
    """
    with Aside() as aside:
        for sheet in sheets(aside, scope, rules, size):
            yield sheet.page(aside)


def sheets(aside: Aside, scope: Scope, rules: Policy, size: int = PAGE) -> Iterator[Sheet]:
    """The same pages as they are read, each while the one before is replayed."""
    shapes = Shapes(rules)
    coming = aside.ask(_read, scope, 0, size, shapes)
    while (sheet := answer(coming)) is not None:
        after = sheet.rows[-1][_CASE]
        coming = aside.ask(_read, scope, after, size, shapes)
        yield sheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it was read: its rows, what more is known of the odd ones, and the shapes.

    The pauses may be newer than the rows; then the version of the case is too, and tells.
    """

    rows: list[Any]
    halts: dict[int, list[Halt]]
    details: dict[int, Any]
    shapes: Shapes

    def page(self, aside: Aside) -> Page:
        """Replay it. Asks the database only about what cannot be reckoned."""
        return Page(len(self.rows), _differences(self, aside))


def _read(raw: Connection, scope: Scope, after: int, size: int, shapes: Shapes) -> Sheet | None:
    """The next page with all that replaying it will want; None after the last."""
    wanted = _PAGE.format(wanted=scope.condition)
    rows = read_rows(raw, wanted, scope.values | {"after": after, "size": size})
    if len(rows) == size:
        rows = _whole_cases(rows) or _one_case(raw, wanted, scope, rows[0])
    if not rows:
        return None
    halts: dict[int, list[Halt]] = defaultdict(list)
    span = {"first": rows[0][_CASE], "last": rows[-1][_CASE]}
    for case_id, *rest in read_rows(raw, _PAUSES, span):
        halts[case_id].append(Halt(*rest))
    odd = [row[_ID] for row in rows if row[_STOPPED] is not None or row[_CASE] in halts]
    new = {key: row[_ID] for row in rows if (key := row[_KEY]) not in shapes.known}
    details = _details(raw, [*odd, *new.values()])
    for key, pk in new.items():
        if pk in details:
            shapes.learn(key, json.loads(details[pk][1]))
    return Sheet(rows, halts, details, shapes)


def _details(raw: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """For these clocks the reasons they pause for, and their ladders as text."""
    return {row[0]: row[1:] for row in read_rows(raw, _DETAILS, {"ids": ids})} if ids else {}


def _whole_cases(rows: Sequence[Any]) -> list[Any]:
    """The rows without those of the last case, of which there may be more."""
    last = rows[-1][_CASE]
    return [row for row in rows if row[_CASE] != last]


def _one_case(raw: Connection, wanted: str, scope: Scope, row: Any) -> list[Any]:
    """All rows of a case that has more clocks than a page."""
    only = wanted.replace("_id > %(after)s", "_id = %(after)s").replace("c.id > ", "c.id = ")
    return read_rows(raw, only, scope.values | {"after": row[_CASE], "size": None})


def _differences(sheet: Sheet, aside: Aside) -> list[Difference]:
    odd: list[Any] = []
    found: list[Difference] = []
    known, halts = sheet.shapes.known, sheet.halts
    for row in sheet.rows:
        shape = known.get(row[_KEY])
        if shape is None or row[_STOPPED] is not None or row[_CASE] in halts:
            odd.append(row)
            continue
        try:
            figures = shape.figures(row[_STARTED], row[_FELL])
        except SlaError:
            odd.append(row)
        else:
            if figures != row[_FIGURES]:
                found.append(Difference(Reading(*row), figures))
    if odd:
        found += _oddities(odd, sheet, aside)
        found.sort(key=lambda each: (each.clock.case_id, each.clock.pk))
    return found


def _oddities(rows: Sequence[Any], sheet: Sheet, aside: Aside) -> Iterator[Difference]:
    """Those that were paused once, by their shape too; what is odder as the door replays it."""
    details = sheet.details
    if unknown := [row[_ID] for row in rows if row[_ID] not in details]:
        details |= answer(aside.ask(_details, unknown))
    for row in rows:
        reasons, ladder = details.get(row[_ID], ((), "[]"))
        counted = [each for each in sheet.halts.get(row[_CASE], ()) if each.reason in reasons]
        figures = _by_shape(row, counted, sheet.shapes)
        if figures is None:
            clock = Reading(*row, pause_reasons=reasons, ladder=json.loads(ladder))
            replayed, fault = replay(clock, counted, sheet.shapes.rules)
            if fault or replayed != clock.figures:
                yield Difference(clock, replayed, fault)
        elif figures != row[_FIGURES]:
            yield Difference(Reading(*row), figures)


def _by_shape(row: Any, halts: Sequence[Halt], shapes: Shapes) -> Figures | None:
    """The figures of an open clock whose pauses have all ended; None for any other."""
    shape = shapes.known.get(row[_KEY])
    if shape is None or row[_STOPPED] is not None or any(h.ended_at is None for h in halts):
        return None
    with suppress(SlaError):
        pauses = [Interval(each.started_at, each.ended_at) for each in halts]
        return shape.paused(row[_STARTED], row[_FELL], pauses)
    return None
