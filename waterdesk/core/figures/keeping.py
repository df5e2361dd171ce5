"""The only writer of the facts: with the clocks, in their transaction, one statement for many.

What a fact belongs to is written once, when the clock is judged, and stays: a later correction
moves its times and its verdict, never its area or its person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection

from waterdesk.core.causes import outside_of
from waterdesk.core.figures import judging
from waterdesk.database.arrays import spelled

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case, Pause
    from waterdesk.core.models.clocks import Clock
    from waterdesk.core.policy import Policy

_COLUMNS = {
    "clock_id": "bigint", "case_id": "bigint", "number": "text", "kind": "text", "code": "text",
    "area_id": "bigint", "subject": "text", "channel": "text", "team_id": "bigint",
    "person_id": "bigint", "started_at": "timestamptz", "judged_at": "timestamptz",
    "on_time": "boolean", "stopped_at": "timestamptz", "net": "int", "gross": "int",
}  # fmt: skip
_MOVED = ("started_at", "judged_at", "on_time", "stopped_at", "net", "gross")
# Only names from above stand in the text; every value is a parameter.
_KEEP = f"""
INSERT INTO core_clockfact AS f ({", ".join(_COLUMNS)})
SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())})
ON CONFLICT (clock_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _MOVED)},
    cause = CASE WHEN excluded.on_time THEN '' ELSE f.cause END,
    outside = f.outside AND NOT excluded.on_time
WHERE ({", ".join(f"f.{name}" for name in _MOVED)})
    IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _MOVED)})
"""  # noqa: S608
# The causes that the clocks of a case have by now; see core.clocks.blame.
_BLAME = """
UPDATE core_clockfact f SET cause = k.cause FROM core_clock k
WHERE k.case_id = %s AND f.clock_id = k.id AND NOT f.on_time AND NOT k.cause_accepted
    AND f.cause <> k.cause
"""
_ACCEPT = """
UPDATE core_clockfact f SET outside = true FROM core_clock k
WHERE k.case_id = %s AND f.clock_id = k.id AND NOT f.on_time AND NOT k.cause_accepted
    AND f.cause = ANY(%s) AND NOT f.outside
"""
_RESTORE = """
UPDATE core_clockfact f SET cause = k.cause, outside = k.cause_accepted AND k.cause = ANY(%s)
FROM core_clock k WHERE k.id = ANY(%s) AND f.clock_id = k.id AND NOT f.on_time
    AND f.cause <> k.cause
"""


def keep(clocks: Iterable[Clock], pauses: Mapping[int, Sequence[Pause]], policy: Policy) -> int:
    """Write the facts of those of `clocks` that are judged, whose rows are written already.

    `pauses` are all of each case, by its id. Returns the rows that came or changed: one statement,
    none where nothing was judged. A repetition changes nothing.
    """
    rows = [_row(each, pauses.get(each.case_id, ()), policy) for each in _judged(clocks)]
    if not rows:
        return 0
    columns = [spelled(row[place] for row in rows) for place in range(len(_COLUMNS))]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, columns)
        return cursor.rowcount


def restore_causes(clocks: Iterable[Clock], policy: Policy) -> None:
    """Write the causes of facts made anew, as their clocks have them."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, [sorted(outside_of(policy)), [clock.pk for clock in clocks]])


def blame(case: Case) -> None:
    """The cause of its late clocks was written, or taken back; not where one was accepted."""
    with connection.cursor() as cursor:
        cursor.execute(_BLAME, [case.pk])


def accept(case: Case, policy: Policy) -> None:
    """A lead accepts these causes; what lies outside is what the list says now.

    Called before the clocks themselves know that theirs is accepted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPT, [case.pk, sorted(outside_of(policy))])


def _judged(clocks: Iterable[Clock]) -> list[Clock]:
    """Each once, as it is in the end."""
    return list({clock.pk: clock for clock in clocks if judging.is_judged(clock)}.values())


def _row(clock: Clock, pauses: Sequence[Pause], policy: Policy) -> tuple[Any, ...]:
    case = clock.case
    of = clock.judged_as or judging.whose(case, case.handler)
    person = of.person
    return (
        clock.pk, case.pk, case.number, case.kind, clock.code,
        of.area_id, of.subject, of.channel, of.team_id, None if person is None else person.pk,
        clock.started_at, clock.breached_at or clock.stopped_at,
        clock.breached_at is None, clock.stopped_at,
        judging.net(clock, pauses, policy), judging.gross(clock),
    )  # fmt: skip
