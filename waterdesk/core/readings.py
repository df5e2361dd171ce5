"""Clocks read as plain rows, a page at a time, and replayed: for looking at a million of them.

A row of a model costs many times what its replay costs, and so does reading times as text. So a
page is one statement, in PostgreSQL's binary format. Clocks that no pause holds are reckoned by
their shape, see core.shapes; all others by core.clocks itself, which asks of a clock no more than
a Reading has.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection

from waterdesk.core import clocks as timing
from waterdesk.core.aside import Aside, answer
from waterdesk.core.bulk import read_rows
from waterdesk.core.policy import Policy
from waterdesk.core.shapes import Figures, Key, Shapes
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
    (SELECT at FROM core_crossing WHERE clock_id = k.id AND level = 100),
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


@dataclass(frozen=True, slots=True)
class Scope:
    """Which clocks to look at: all open ones unless told otherwise.

    Those of one calendar; of these, where only days from `first` on changed, those with something
    still to come there, paused, or provisional; and, with `since`, those stopped from then on too.
    """

    calendar_id: int | None = None
    first: datetime | None = None
    since: datetime | None = None

    @property
    def condition(self) -> str:
        """This scope as SQL over core_clock k; its values are this object's attributes."""
        wanted = "k.stopped_at IS NULL"
        if self.first is not None:
            # What was due and fell before the first changed day cannot have moved.
            ahead = "k.due_at >= %(first)s OR k.next_at >= %(first)s"
            wanted += f" AND ({ahead} OR k.provisional OR k.state = 'paused')"
        if self.since is not None:
            wanted = f"({wanted} OR k.stopped_at >= %(since)s)"
        if self.calendar_id is not None:
            wanted += " AND k.calendar_id = %(calendar_id)s"
        return wanted

    @property
    def values(self) -> dict[str, Any]:
        return {"calendar_id": self.calendar_id, "first": self.first, "since": self.since}


@dataclass(slots=True)
class Halt:
    """One pause of a case, as far as its clocks are concerned."""

    reason: str
    started_at: datetime
    ended_at: datetime | None
    lapses_at: datetime | None


@dataclass(slots=True)
class Reading:
    """One clock with the head of its case's record, as one statement saw them together.

    Its figures are those stored, until core.clocks writes others into it.
    """

    state: str
    due_at: datetime
    provisional: bool
    next_at: datetime | None
    next_level: int | None
    breached_at: datetime | None
    calendar_id: int
    unit: str
    hundredths: int
    granted_hundredths: int
    ladder_hash: int
    passed: int
    started_at: datetime
    stopped_at: datetime | None
    fell: datetime | None
    pk: int
    code: str
    name: str
    case_id: int
    number: str
    version: int
    seal: str
    pause_reasons: Sequence[str] = ()
    ladder: Sequence[dict[str, Any]] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.hundredths).scaleb(-2)

    @property
    def granted(self) -> Decimal:
        return Decimal(self.granted_hundredths).scaleb(-2)

    @property
    def figures(self) -> Figures:
        return (
            self.state,
            self.due_at,
            self.provisional,
            self.next_at,
            self.next_level,
            self.breached_at,
        )

    @property
    def key(self) -> Key:
        return (
            self.calendar_id,
            self.unit,
            self.hundredths,
            self.granted_hundredths,
            self.ladder_hash,
            self.passed,
        )


FIGURES = ("state", "due_at", "provisional", "next_at", "next_level", "breached_at")
# Where they stand in a row, and what else is read from it by place.
_FIGURES, _KEY = slice(0, 6), slice(6, 12)
_STARTED, _STOPPED, _FELL, _ID, _CASE = 12, 13, 14, 15, 18


@dataclass(frozen=True, slots=True)
class Difference:
    """One clock as it is stored and as its replay would have it; `fault` says why it has none."""

    clock: Reading
    figures: Figures
    fault: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        return dict(zip(FIGURES, self.clock.figures, strict=True))

    @property
    def replayed(self) -> dict[str, Any]:
        return dict(zip(FIGURES, self.figures, strict=True))

    @property
    def fields(self) -> list[str]:
        """The names of the figures that differ."""
        both = zip(FIGURES, self.clock.figures, self.figures, strict=True)
        return [name for name, stored, replayed in both if stored != replayed]

    @property
    def moved(self) -> bool:
        """Whether the due time itself is another."""
        return self.clock.due_at != self.due_at

    @property
    def due_at(self) -> datetime:
        return self.figures[1]


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


def replay(clock: Reading, halts: Iterable[Halt], rules: Policy) -> tuple[Figures, str]:
    """What core.clocks makes of this clock, which is left as it is; or its own figures, and why."""
    stored = clock.figures
    try:
        timing.rederive(clock, halts, rules, clock.fell)
        return clock.figures, ""
    except (SlaError, LookupError) as fault:
        return stored, str(fault)
    finally:
        for name, figure in zip(FIGURES, stored, strict=True):
            setattr(clock, name, figure)
