"""What one application costs the server, on an empty desk and beside a million others.

A household applies through the API and on the customer's page; one request at a time on one
connection after the other, so that nothing waits for anything but the server. The empty desk is a
copy of the database made before the crowd is laid: both are asked in turn, so that whatever else
the machine does falls on both. Every statement is looked at for tables read to the end.
One case in ten of the crowd is an application with all that hangs on it, the others are tickets
with one clock each: a million of the former are fifty million rows.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.cookies import SimpleCookie
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.authtoken.models import Token

from tests.bench import apply, crowd, laying
from tests.bench.apply_page import environment, served
from tests.servers import with_number
from waterdesk.core.models import Area, User
from waterdesk.core.models.people import Role

ROUNDS, WARM = int(os.environ.get("BENCH_ROUNDS", "300")), 20
GOAL_RATIO, GOAL_MS = 1.3, 60
ONE_IN = 10
PATIENCE = 180  # seconds; a worker that has just begun answers late
LONG = 1_000  # rows from which on a table that is read to the end is told of

Times = dict[tuple[str, str], list[float]]


def run() -> None:
    """Lay the crowd beside a copy of the empty desk, measure both; print goal, figure and ratio."""
    _token()
    now = timezone.now()
    empty = _copy()
    began = time.perf_counter()
    laying.grow(laying.SIZE // ONE_IN, now)
    crowd.grow(laying.SIZE - laying.SIZE // ONE_IN, now)
    print(
        f"applying: {laying.SIZE:,} cases, {laying.SIZE // ONE_IN:,} of them applications, laid "
        f"in {time.perf_counter() - began:.0f} s"
    )
    times = _measured({"empty": empty, "full": connection.settings_dict["NAME"]})
    for name in ("API", "page"):
        before, after = (quantiles(times[desk, name], n=100) for desk in ("empty", "full"))
        for cut in (50, 95):
            was, is_now = before[cut - 1] * 1000, after[cut - 1] * 1000
            goal = f"at most {GOAL_RATIO}, {GOAL_MS} ms" if cut == 50 else "none"
            print(
                f"applying, {name}, p{cut}: {was:.1f} ms empty, {is_now:.1f} ms beside "
                f"{laying.SIZE:,}: {is_now / was:.2f} (goal: {goal})"
            )
    for name, table, sql in _read_to_the_end():
        print(f"applying, {name}: reads all of {table}: {sql[:300]}")


def _copy() -> str:
    """The name of a copy of this run's database, which nobody may use meanwhile."""
    name = connection.settings_dict["NAME"]
    copy = f"{name}_empty"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {copy}")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
    return copy


def _measured(databases: dict[str, str]) -> Times:
    """Seconds of ROUNDS requests for each desk and kind, all in turn; the first are not counted."""
    times: Times = {}
    # Every request of the page comes from an address of its own: nobody is throttled.
    with ExitStack() as desks, environment(TRUSTED_PROXIES="127.0.0.1"):
        probes = {}
        for number, (desk, database) in enumerate(databases.items()):
            with environment(REDIS_URL=with_number(os.environ["REDIS_URL"], number + 1)):
                port = urlsplit(desks.enter_context(served(database))).port
            probes |= {(desk, "API"): _api(port), (desk, "page"): _page(port)}
        for _ in range(WARM + ROUNDS):
            for name, probe in probes.items():
                times.setdefault(name, []).append(probe())
    return {name: taken[WARM:] for name, taken in times.items()}


def _api(port: int) -> Callable[[], float]:
    token = _token()
    head = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def probe() -> float:
        body = json.dumps(apply._body(uuid.uuid4().hex)).encode()
        return _sent(
            port, "/api/v1/applications/", body, head | {"Idempotency-Key": uuid.uuid4().hex}, 201
        )

    return probe


def _page(port: int) -> Callable[[], float]:
    fresh = _addresses()
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    wire.request("GET", "/apply/")
    answer = wire.getresponse()
    html = answer.read().decode()
    cookies = SimpleCookie(answer.getheader("Set-Cookie"))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]
    head = {
        "Cookie": "; ".join(f"{name}={value.value}" for name, value in cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://127.0.0.1:{port}",
    }

    def probe() -> float:
        given = _form(uuid.uuid4().hex) | {"csrfmiddlewaretoken": token}
        return _sent(
            port, "/apply/", urlencode(given).encode(), head | {"X-Forwarded-For": next(fresh)}, 302
        )

    return probe


def _sent(port: int, path: str, body: bytes, head: dict[str, str], wanted: int) -> float:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    wire.connect()
    began = time.perf_counter()
    wire.request("POST", path, body, head)
    answer = wire.getresponse()
    said = answer.read()
    took = time.perf_counter() - began
    wire.close()
    assert answer.status == wanted, (answer.status, said[:2000].decode())
    return took


def _form(name: str) -> dict[str, str]:
    told = apply._body(name)
    return {
        "once": uuid.uuid4().hex,
        "applicant_kind": "person",
        "name": "张三",
        "phone": told["applicant"]["phone"],
        "address": told["address"],
        "use": "residential",
        "calibre_mm": "20",
        "pipe": "yes",
    }


def _addresses() -> Iterator[str]:
    while True:
        yield f"10.{'.'.join(str(each) for each in uuid.uuid4().bytes[:3])}"


def _token() -> str:
    clerk, _ = User.objects.get_or_create(
        username="bench-clerk",
        defaults={"role": Role.CLERK, "area": Area.objects.get(code="company"), "password": "!"},
    )
    return Token.objects.get_or_create(user=clerk)[0].key


def _read_to_the_end() -> Iterator[tuple[str, str, str]]:
    """(request, table, statement) for every long table that a statement of a request scans."""
    client = Client(SERVER_NAME="127.0.0.1")
    key = {"Authorization": f"Token {_token()}"}
    asked = {
        "API": lambda: client.post(
            "/api/v1/applications/", apply._body(uuid.uuid4().hex), content_type="application/json",
            headers=key | {"Idempotency-Key": uuid.uuid4().hex},
        ),
        "page": lambda: client.post("/apply/", _form(uuid.uuid4().hex)),
    }  # fmt: skip
    for name, ask in asked.items():
        with CaptureQueriesContext(connection) as found:
            answer = ask()
        assert answer.status_code in (201, 302), answer.content[:500]
        for query in found.captured_queries:
            for table in scanned(query["sql"]):
                yield name, table, query["sql"]


def scanned(sql: str) -> list[str]:
    """The long tables that PostgreSQL means to read to the end for this statement."""
    if not sql.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        return []
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("SELECT relname FROM pg_class WHERE reltuples >= %s", [LONG])
        long = {row[0] for row in cursor.fetchall()}
    return [name for name in _scans(plan) if name in long]


def _scans(node: dict) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _scans(below)
