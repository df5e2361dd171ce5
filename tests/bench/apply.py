"""Applying through the API: two gunicorn workers, eight connections, everything it writes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import zlib
from contextlib import closing
from statistics import quantiles

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from waterdesk.core.models import Area, Case, User
from waterdesk.core.models.people import Role

CONNECTIONS, WARM, SENT = 8, 400, 4000


def run() -> None:
    """Send SENT applications and print the rate, the latencies and the queries of one."""
    clerk, _ = User.objects.get_or_create(
        username="bench-clerk",
        defaults={"role": Role.CLERK, "area": Area.objects.get(code="company"), "password": "!"},
    )
    token, _ = Token.objects.get_or_create(user=clerk)
    print(f"applying: {_queries(token.key)} queries a request")
    port = _free_port()
    server = _serve(port)
    try:
        _wait(port)
        _load(port, token.key, WARM, "warm")
        before = Case.objects.count()
        took, latencies = _load(port, token.key, SENT, "run")
        assert Case.objects.count() - before == SENT
        cuts = quantiles(latencies, n=100)
        print(
            f"applying: {SENT / took:,.0f} requests a second (goal: at least 200), "
            f"p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms"
        )
    finally:
        server.terminate()
        server.wait(10)


def _body(name: str) -> dict[str, object]:
    phone = f"138{zlib.crc32(name.encode()) % 10**8:08d}"  # of a customer of its own
    return {
        "service": "new-connection",
        "applicant": {"kind": "person", "name": "张三", "phone": phone},
        "address": f"城东区朝阳路 {name} 号",
        "use": "residential",
        "calibre_mm": 20,
        "external_line": False,
    }


def _queries(token: str) -> int:
    """As counted inside: BEGIN and COMMIT are not in it, the look at the revision is."""
    client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Token {token}"})
    for name in ("q1", "q2"):
        with CaptureQueriesContext(connection) as asked:
            response = client.post(
                "/api/v1/applications/",
                _body(name),
                content_type="application/json",
                headers={"Idempotency-Key": f"{time.time_ns()}"},
            )
        assert response.status_code == 201, response.content[:300]
    return len(asked)


def _serve(port: int, name: str = "") -> subprocess.Popen[bytes]:
    """A desk on the database `name`, by default this run's own."""
    name = name or connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    head, _, options = url.partition("?")
    env = os.environ | {
        "DATABASE_URL": f"{head.rsplit('/', 1)[0]}/{name}?{options}",
        "DEBUG": "false",
        "SECRET_KEY": "bench",
        "LOG_LEVEL": "ERROR",
    }
    # As the deployment examples have it: every further thread makes the others wait for the
    # interpreter (8 threads: a fifth fewer requests), and a proxy is there for slow clients.
    gunicorn = [sys.executable, "-m", "gunicorn", "waterdesk.wsgi", "-k", "gthread"]
    return subprocess.Popen(
        [*gunicorn, "--workers", "2", "--threads", "3", "--bind", f"127.0.0.1:{port}"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("gunicorn did not come up")


def _load(port: int, token: str, many: int, run: str) -> tuple[float, list[float]]:
    """Keep CONNECTIONS busy until `many` applications are answered; 201 for each or it fails."""
    latencies: list[float] = []
    faults: list[bytes] = []

    def send(which: int) -> None:
        for each in range(which, many, CONNECTIONS):
            with closing(socket.create_connection(("127.0.0.1", port), 30)) as wire:
                answers = wire.makefile("rb")
                body = json.dumps(_body(f"{run}{each}")).encode()
                head = (
                    f"POST /api/v1/applications/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    "Connection: close\r\n"
                    f"Authorization: Token {token}\r\nContent-Type: application/json\r\n"
                    f"Idempotency-Key: {run}-{time.time_ns()}-{each}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                ).encode()
                began = time.perf_counter()
                wire.sendall(head + body)
                status = answers.readline()
                length = 0
                while (line := answers.readline()) not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                answers.read(length)
                latencies.append(time.perf_counter() - began)
                if b" 201 " not in status:
                    faults.append(status)
                    return

    threads = [threading.Thread(target=send, args=(n,)) for n in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    return time.perf_counter() - began, latencies
