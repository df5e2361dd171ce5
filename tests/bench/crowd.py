"""A crowd of cases with running clocks, laid by SQL: a bench needs a million, not their history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from waterdesk.core.models import Area, Promise, User, WorkCalendar
from waterdesk.core.models.people import Role

LIMIT = timedelta(minutes=1440)

_CASES = """
INSERT INTO core_case (kind, number, subject, area_id, status, handler_id, name, phone, address,
    remark, channel, urgent, paused_reason, opened_at, changed_at, outcome, explanation, version,
    seal)
SELECT 'ticket', 'G' || lpad((%(first)s + n)::text, 14, '0'), 'repair.leak',
    (%(areas)s::bigint[])[1 + n %% array_length(%(areas)s::bigint[], 1)], 'dispatched',
    (%(crew)s::bigint[])[1 + n %% array_length(%(crew)s::bigint[], 1)],
    '客户' || n, '138' || lpad((n %% 100000000)::text, 8, '0'), '朝阳路 ' || n || ' 号', '',
    'hotline', false, '', %(at)s, %(at)s, '', '', 0, ''
FROM generate_series(1, %(many)s) AS n
"""
_TICKETS = """
INSERT INTO tickets_ticket (case_ptr_id, {columns})
SELECT id, {values} FROM core_case c WHERE id > %(first)s
"""
_CLOCKS = """
INSERT INTO core_clock (case_id, area_id, promise_id, code, name, amount, unit, calendar_id,
    pause_reasons, pause_most, granted, cause, cause_accepted, ladder, public, state, started_at,
    due_at, provisional, next_at, next_level)
SELECT id, area_id, %(promise)s, 'finish', '漏水修复', 1440, 'natural', %(calendar)s, '{}',
    '{}', 0, '', false, %(ladder)s, true, 'running', %(at)s, %(at)s::timestamptz + %(limit)s, false,
    %(at)s::timestamptz + %(limit)s / 2, 50
FROM core_case c WHERE id > %(first)s
"""


# Clocks in working time, started in the hour after opening: one in a hundred has six weeks, one in
# ten has been paused, one in a hundred still is.
_WORKING = """
UPDATE core_clock SET
    unit = CASE WHEN id %% 100 = 0 THEN 'workdays'
        ELSE (ARRAY['minutes', 'days', 'workdays', 'minutes'])[1 + id %% 4] END,
    amount = CASE WHEN id %% 100 = 0 THEN 30 ELSE (ARRAY[960, 2, 3, 1200.5])[1 + id %% 4] END,
    pause_reasons = '{customer-delay}',
    started_at = %(at)s::timestamptz + (id %% 3600) * interval '1 second'
"""
_PAUSES = """
INSERT INTO core_pause (case_id, reason, started_at, ended_at, note, document)
SELECT case_id, 'customer-delay', started_at + interval '10 minutes',
    CASE WHEN case_id % 100 <> 7 THEN started_at + interval '55 minutes' END, '', ''
FROM core_clock WHERE case_id % 10 = 7
"""


def staff() -> tuple[list[int], list[int]]:
    """The grids, and fifty field workers, with a lead and a supervisor over them."""
    grids = list(Area.objects.filter(level="grid").values_list("pk", flat=True))
    crew = [
        User(username=f"crew{n}", role=Role.FIELD, area_id=grids[n % len(grids)], password="!")
        for n in range(50)
    ]
    chiefs = [
        User(username=f"{role}{area.pk}", role=role, area=area, password="!")
        for area in Area.objects.filter(level="branch")
        for role in (Role.LEAD, Role.SUPERVISOR)
    ]
    User.objects.bulk_create([*crew, *chiefs], ignore_conflicts=True)
    return grids, list(User.objects.filter(role=Role.FIELD).values_list("pk", flat=True))


def grow(many: int, at: datetime) -> None:
    """Add `many` cases, each with one clock of 24 hours that has run since `at`."""
    grids, crew = staff()
    promise = Promise.objects.get(kind="ticket", name="漏水修复")
    with quick() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM core_case")
        first = cursor.fetchone()[0]
        cursor.execute(
            _CASES, {"first": first, "many": many, "areas": grids, "crew": crew, "at": at}
        )
        columns = _required("tickets_ticket")
        cursor.execute(
            _TICKETS.format(columns=", ".join(columns), values=", ".join(columns.values())),
            {"first": first},
        )
        cursor.execute(
            _CLOCKS,
            {
                "first": first,
                "promise": promise.pk,
                "calendar": WorkCalendar.objects.get(code="office").pk,
                "ladder": _json(promise.ladder.levels),
                "at": at,
                "limit": LIMIT,
            },
        )
        cursor.execute("VACUUM ANALYZE core_case, core_clock, tickets_ticket")


def grow_working(many: int, at: datetime) -> None:
    """Add `many` cases with clocks in working time begun after `at`, not reckoned yet."""
    grow(many, at)
    with connection.cursor() as cursor:
        cursor.execute(_WORKING, {"at": at})
        cursor.execute(_PAUSES)
        cursor.execute(
            "UPDATE core_case c SET paused_reason = 'customer-delay' FROM core_pause p "
            "WHERE p.case_id = c.id AND p.ended_at IS NULL"
        )


def tidy() -> None:
    """What autovacuum does in a desk's quiet hours."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE core_case, core_clock, core_pause, core_event")


def breach_together(many: int, now: datetime) -> int:
    """Let `many` clocks reach their limit in one and the same instant, a second before `now`."""
    due = now - timedelta(seconds=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_clock SET started_at = %s, due_at = %s, next_at = %s, next_level = 100, "
            "passed = (SELECT coalesce(bit_or(1::bigint << (place - 1)::int), 0) FROM "
            "jsonb_array_elements(ladder) WITH ORDINALITY AS rung(said, place) "
            "WHERE (said->>'level')::int < 100) "
            "WHERE id IN (SELECT id FROM core_clock WHERE unit = 'natural' "
            "ORDER BY id DESC LIMIT %s)",
            [due - LIMIT, due, due, many],
        )
        return cursor.rowcount


def make_due(first: int, many: int, now: datetime) -> int:
    """Let the half-way level of `many` clocks from the `first` on fall a moment before `now`."""
    started = now - LIMIT / 2 - timedelta(seconds=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_clock SET started_at = %s, due_at = %s, next_at = %s, next_level = 50, "
            "passed = 0 "
            "WHERE id IN (SELECT id FROM core_clock WHERE unit = 'natural' "
            "ORDER BY id OFFSET %s LIMIT %s)",
            [started, started + LIMIT, started + LIMIT / 2, first, many],
        )
        return cursor.rowcount


@contextmanager
def quick() -> Iterator[CursorWrapper]:
    """Without looking after each row at what it refers to: a million times it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        try:
            yield cursor
        finally:
            cursor.execute("RESET session_replication_role")
            cursor.execute("RESET synchronous_commit")


def _required(table: str) -> dict[str, str]:
    """The columns of a ticket that have no default, each with a value: its shape may grow."""
    known = {"category": "'repair'", "subtype": "'leak'"}
    plain = {"text": "''", "character varying": "''", "boolean": "false", "jsonb": "'{}'"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s "
            "AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> 'case_ptr_id'",
            [table],
        )
        return {name: known.get(name) or plain.get(kind, "0") for name, kind in cursor.fetchall()}


def _json(value: object) -> object:
    from psycopg.types.json import Jsonb

    return Jsonb(value)
