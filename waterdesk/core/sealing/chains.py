"""Checking the chains: every event against its digest, the one before it, and its case's head.

In slices of cases, each read as of one instant through a server-side cursor in the binary format:
memory follows the slice, and a run can stop between two of them and go on another time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from waterdesk.core.bulk import read_rows
from waterdesk.core.record import Line, said
from waterdesk.core.sealing.findings import Fault, Finding

SLICE = 20_000
FETCHED = 2_000
Head = tuple[int, str]

_COLUMNS = '"case", seq, at, recorded_at, actor, role, action, data, previous, digest'
_WANTED = {
    "case": '"case" = %(case)s',
    "since": '"case" IN (SELECT "case" FROM core_event WHERE recorded_at >= %(since)s)',
}
_HEADED = {
    "case": "number = %(case)s",
    "since": "(changed_at >= %(since)s OR number IN "
    '(SELECT "case" FROM core_event WHERE recorded_at >= %(since)s))',
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: every one; those recorded of since an instant, whole; or a single one."""

    since: datetime | None = None
    case: str = ""

    def sql(self, parts: dict[str, str]) -> str:
        asked = [parts["case"]] if self.case else []
        asked += [parts["since"]] if self.since else []
        return "".join(f" AND {each}" for each in asked)

    @property
    def values(self) -> dict[str, Any]:
        return {"since": self.since, "case": self.case}


@dataclass(slots=True)
class Slice:
    """What was looked at; `reached` is the last case, "" when there is nothing after it."""

    looked: int = 0
    reached: str = ""
    findings: list[Finding] = field(default_factory=list)


def check(wanted: Wanted, after: str = "") -> Slice:
    """Look at the cases that follow `after`, in order of number, with about SLICE events."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        raw = connection.connection
        done = Slice(reached=_end_of(raw, wanted, after))
        values = wanted.values | {"after": after, "until": done.reached}
        heads = _heads(raw, wanted, values)
        done.findings += faults(_counted(_lines(raw, wanted, values), done), heads)
    return done


def faults(rows: Iterable[tuple[Any, ...]], heads: dict[str, Head]) -> Iterator[Finding]:
    """What is wrong with events in order of case and seq, and with the heads of their cases.

    A row is a Line and its digest. `heads` are used up.
    """
    case, seq, last = "", 0, ""
    for row in rows:
        if row[0] != case:
            yield from _ended(case, (seq, last), heads)
            case, seq, last = row[0], 0, ""
        if row[1] != seq + 1:
            name = f"{case}#{seq + 1}"
            yield Finding(Fault.MISSING, name if row[1] == seq + 2 else f"{name}–{row[1] - 1}")
        elif row[8] != last:
            yield Finding(Fault.UNLINKED, f"{case}#{row[1]}")
        if sha256(said(Line._make(row[:9]))).hexdigest() != row[9]:
            yield Finding(Fault.CHANGED, f"{case}#{row[1]}")
        seq, last = row[1], row[9]
    yield from _ended(case, (seq, last), heads)
    # Of these no event is left.
    yield from (Finding(Fault.HEAD, number) for number, head in heads.items() if head != (0, ""))


def _ended(case: str, end: Head, heads: dict[str, Head]) -> Iterator[Finding]:
    if not case:
        return
    head = heads.pop(case, None)
    if head is None:
        yield Finding(Fault.ORPHAN, case)
    elif head != end:
        yield Finding(Fault.HEAD, case)


def _counted(rows: Iterable[tuple[Any, ...]], done: Slice) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        done.looked += 1
        yield row


class _Data(Loader):
    """What jsonb says after the number of its version; psycopg's own takes twice as long."""

    format = Format.BINARY
    _scan = staticmethod(json.JSONDecoder().scan_once)

    def load(self, data: Buffer) -> Any:
        return self._scan(str(data, "utf-8"), 1)[0]


# Only the names above stand in these texts; every value is a parameter.
def _end_of(raw: psycopg.Connection, wanted: Wanted, after: str) -> str:
    found = read_rows(
        raw,
        f'SELECT "case" FROM core_event WHERE "case" > %(after)s{wanted.sql(_WANTED)} '  # noqa: S608
        f'ORDER BY "case", seq OFFSET {SLICE:d} LIMIT 1',
        wanted.values | {"after": after},
    )
    return found[0][0] if found else ""


def _heads(raw: psycopg.Connection, wanted: Wanted, values: dict[str, Any]) -> dict[str, Head]:
    until = " AND number <= %(until)s" if values["until"] else ""
    rows = read_rows(
        raw,
        "SELECT number, version, seal FROM core_case "  # noqa: S608
        f"WHERE number > %(after)s{until}{wanted.sql(_HEADED)}",
        values,
    )
    return {number: (version, seal) for number, version, seal in rows}


def _lines(
    raw: psycopg.Connection, wanted: Wanted, values: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    until = ' AND "case" <= %(until)s' if values["until"] else ""
    with psycopg.ServerCursor(raw, "record") as cursor:
        cursor.format, cursor.itersize = Format.BINARY, FETCHED
        cursor.adapters.register_loader("jsonb", _Data)
        cursor.execute(
            f'SELECT {_COLUMNS} FROM core_event WHERE "case" > %(after)s'  # noqa: S608
            f'{until}{wanted.sql(_WANTED)} ORDER BY "case", seq',
            values,
            binary=True,
        )
        yield from cursor
