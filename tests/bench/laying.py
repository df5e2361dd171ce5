"""A year of applications, laid by SQL: some that went through the door, copied with their rows.

Each copy has a number, a phone and an address of its own, and everything that hangs on a case:
clocks, record, jobs, messages, keys, what is fetched. What a model gains is copied without a word
here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from applications import places
from applications.models import Application, Project, ProjectStage, Standing
from tests.factories import open_application, staff
from waterdesk.core import door
from waterdesk.core.models import Area

# How many cases the crowd has; smaller where others work on the same machine.
SIZE = int(os.environ.get("BENCH_SIZE", "1000000"))
YEAR = 365 * 86400
# Of twenty, these are still open; the rest ended, spread evenly over a year.
OPEN, OF = 1, 20
STREET = "湘江路"

# Tables with a column that names the case by its id, and those that name it by its number.
_BY_ID = (
    "core_clock", "applications_job", "applications_quote", "applications_fetchedfact",
    "applications_contract",
)  # fmt: skip
_BY_NUMBER = ("core_event", "notifications_message")
_SET = "SELECT setval(pg_get_serial_sequence('%s', 'id'), %%s)"

_ROLLED = """
INSERT INTO applications_endedday (day, area_id, service, done, met, trips, documents, approvals,
    fees, apart)
SELECT (ended_at AT TIME ZONE 'Asia/Shanghai')::date, ended_area_id, ended_service, count(*),
    count(*) FILTER (WHERE burden_trips = 0), count(*) FILTER (WHERE burden_trips > 0), 0, 0, 0, 0
FROM applications_application WHERE ended_at IS NOT NULL AND case_ptr_id > %s GROUP BY 1, 2, 3
ON CONFLICT (day, area_id, service) DO UPDATE SET done = applications_endedday.done + excluded.done,
    met = applications_endedday.met + excluded.met,
    trips = applications_endedday.trips + excluded.trips
"""


def grow(many: int, now: datetime) -> None:
    """Add `many` applications; all but one of twenty ended in the year before `now`."""
    templates = _templates(now)
    grids = list(Area.objects.filter(level="grid").values_list("pk", flat=True))
    with quick() as cursor:
        cursor.execute("SELECT max(id) FROM core_case")
        base = cursor.fetchone()[0]
        known = {
            "many": many, "base": base, "areas": grids, "year": YEAR,
            "ids": [case.pk for case in templates],
            "numbers": [case.number for case in templates],
            "closed": [case.closed_at is not None for case in templates],
        }  # fmt: skip
        own = {
            "id": "%(base)s + n", "number": _number("n"), "area_id": _pick("areas", "n"),
            "phone": "'139' || lpad((n %% 100000000)::text, 8, '0')",
            "address": f"'城东区{STREET} ' || n || ' 号'", "name": "'客户' || n",
        }  # fmt: skip
        _copy(cursor, "core_case", "id", own, known)
        here = {
            "case_ptr_id": "%(base)s + n",
            "place": f"CASE WHEN t.place = '' THEN '' ELSE '城东区{STREET}' || n END",
            "ended_area_id": f"CASE WHEN t.ended_area_id > 0 THEN {_pick('areas', 'n')} END",
        }
        _copy(cursor, "applications_application", "case_ptr_id", here, known)
        for table in _BY_ID:
            _copy(cursor, table, "case_id", _hanging(table), known)
        for table in _BY_NUMBER:
            _copy(cursor, table, "case", {"case": _number("n")} | _apart(table), known)
        _rest(cursor, known)
        cursor.execute(_SET % "core_case", [base + many])
        cursor.execute(_ROLLED, [base])
        cursor.execute("VACUUM ANALYZE")
    assert places.normal(f"城东区{STREET} 7 号") == f"城东区{STREET}7"


def _templates(now: datetime) -> list[Application]:
    """Twenty that went through the door: one is open, the first few of the rest cost a trip."""
    lead, clerk = staff("lead", "east"), staff("clerk")
    begun = now - timedelta(hours=2)
    made = []
    for n in range(OF):
        case = open_application(
            at=begun, by=clerk, channel="counter" if n in (2, 3) else "web",
            address=f"城东区朝阳路 {900 + n} 号", phone=f"1380000{900 + n:04d}",
            applicant_kind="organisation" if n == 4 else "person",
        )  # fmt: skip
        steps = (
            ("assign", {"handler": staff("field", "east").username}), ("survey", {}),
            ("install", {"meter_number": f"BENCH-{n}"}), ("water_on", {}), ("confirm", {}),
        )  # fmt: skip
        for action, changes in steps if n >= OPEN else ():
            case = door.move(case.number, action, actor=lead, at=begun, changes=changes)
        made.append(case)
    return made


def _hanging(table: str) -> dict[str, str]:
    return {"case_id": "%(base)s + n"} | _apart(table)


def _apart(table: str) -> dict[str, str]:
    """What has to be unlike its neighbours beside the case."""
    return {
        "applications_contract": {
            "number": "'H' || (%(base)s + n)", "key": "left(md5(n::text), 12)",
        },
        "notifications_message": {
            "occurrence": "t.occurrence || ':' || (%(base)s + n)", "key": "gen_random_uuid()",
            "address": "'139' || lpad((n %% 100000000)::text, 8, '0')",
        },
    }.get(table, {})  # fmt: skip


def _copy(cursor: CursorWrapper, table: str, by: str, own: dict[str, str], known: dict) -> None:
    """One INSERT: all columns of the template's rows, instants moved into the past with it."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s AND table_schema = current_schema() ORDER BY ordinal_position",
        [table],
    )
    columns = dict(cursor.fetchall())
    if "id" not in own and columns.get("id") != "uuid":
        columns.pop("id", None)
    past = "make_interval(secs => %(year)s * (1 - n::float / %(many)s))"
    moved = f"CASE WHEN {_pick('closed', 'n')} THEN {past} ELSE '0'::interval END"
    values = []
    for name, kind in columns.items():
        plain = f't."{name}"'
        if kind.startswith("timestamp"):
            plain = f"{plain} - {moved}"
        if name == "id" and kind == "uuid":
            plain = "gen_random_uuid()"
        values.append(own.get(name, plain))
    names = ", ".join(f'"{name}"' for name in columns)
    which = "numbers" if by == "case" else "ids"
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} "
        f'FROM generate_series(1, %(many)s) n JOIN {table} t ON t."{by}" = {_pick(which, "n")} ',
        known,
    )


def _rest(cursor: CursorWrapper, known: dict) -> None:
    """Keys that callers sent, windows of the throttle that are open, sources that were asked."""
    cursor.execute(
        "INSERT INTO core_once (scope, key, digest, serial, created_at) SELECT 'web', "
        "md5(%(base)s || ':' || n), md5(n::text), %(base)s + n, now() "
        "FROM generate_series(1, %(many)s) n",
        known,
    )
    cursor.execute(
        "INSERT INTO core_window (key, count, resets_at) "
        "SELECT 'apply:' || md5(%(base)s || ':' || n), 1, now() + interval '1 day' "
        "FROM generate_series(1, %(many)s / 10) n",
        known,
    )


def beside(many: int, now: datetime) -> None:
    """`many` each of projects, permits and standings, hung on the newest applications."""
    grids = list(Area.objects.filter(level="grid").values_list("pk", flat=True))
    stage = ProjectStage.objects.filter(means=ProjectStage.Means.AHEAD).first()
    Project.objects.create(
        code="BENCH", name="项目", organisation="某公司", address="城东区湘江路 1 号",
        area_id=grids[0], stage=stage, created_at=now, changed_at=now,
        expected_on=timezone.localdate(now) + timedelta(days=30),
    )  # fmt: skip
    case = Application.objects.exclude(ended_at=None).order_by("pk").first()
    Standing.objects.create(
        case=case, kind="relief", name="低保减免", begins_on=timezone.localdate(now),
        state=Standing.State.IN_FORCE, ends_on=timezone.localdate(now) + timedelta(days=90),
    )  # fmt: skip
    known = {"many": many, "areas": grids, "ids": [case.pk], "closed": [False], "year": 0}
    with quick() as cursor:
        cursor.execute("SELECT max(id) - %s FROM core_case", [many])
        known["base"] = cursor.fetchone()[0]
        first = Project.objects.get(code="BENCH").pk
        own = {"code": "'BENCH' || n", "area_id": _pick("areas", "n"), "application_id": "NULL"}
        own["id"] = f"{first} + n"
        own["expected_on"] = "t.expected_on + (n %% 700)::int - 100"
        _copy(
            cursor,
            "applications_project",
            "id",
            own | {"id": f"{first} + n"},
            known | {"ids": [first]},
        )
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('applications_project', 'id'), %s)",
            [first + many],
        )
        own = {"case_id": "%(base)s + n", "ends_on": "t.ends_on + (n %% 700)::int"}
        _copy(cursor, "applications_standing", "case_id", own, known)
        cursor.execute(
            "INSERT INTO applications_permit (case_id, kind, name, authority, round, state, "
            "number, filed_at, due_at, document, note, overridden, afterwards, wanted_at) SELECT "
            "%(base)s + n, 'road', '占道', '城管局', 1, 'filed', n::text, "
            "now() - interval '1 day', now() + (n %% 900 - 100) * interval '1 hour', "
            "'', '', false, false, now() "
            "FROM generate_series(1, %(many)s) n",
            known,
        )
        cursor.execute("VACUUM ANALYZE")


def _number(n: str) -> str:
    return f"'B' || lpad((90000000000000 + %(base)s + {n})::text, 14, '0')"


def _pick(array: str, n: str) -> str:
    kinds = {"numbers": "text[]", "closed": "boolean[]"}
    kind = kinds.get(array, "bigint[]")
    return f"(%({array})s::{kind})[1 + {n} %% array_length(%({array})s::{kind}, 1)]"


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
