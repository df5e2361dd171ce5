"""The pop: from the exchange's ringing event to the agent's browser, with 200 agents connected.

Real processes: the web server takes the signed events, the process for streams holds the agents;
one thread here reads all of them, as so many browsers would. What is measured runs from before the
POST to the arrival of the line that names the call.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import random
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.factories import staff
from tests.notifications import processes
from tickets.calls import phones
from waterdesk.core.models import User
from waterdesk.services import desk

AGENTS = int(os.environ.get("POP_AGENTS", "200"))
RINGS = int(os.environ.get("POP_RINGS", "200"))
EACH_SECOND = float(os.environ.get("POP_RATE", "10"))
GOAL = 0.300  # seconds, p95
KEY = "b" * 32


def run() -> None:
    agents = [_agent(place) for place in range(AGENTS)]
    with _served() as (web, streams):
        crowd = Crowd(streams, [_cookie(agent) for agent in agents])
        crowd.wait_until_all_are_there()
        rung: dict[str, float] = {}
        line = http.client.HTTPConnection("127.0.0.1", web)
        for place in range(RINGS):
            extension = f"8{random.randrange(AGENTS):04}"
            _ring(line, place, extension, rung)
            time.sleep(random.expovariate(EACH_SECOND))
        time.sleep(2)
        crowd.stop()
    _say(rung, crowd.seen)


def _say(rung: dict[str, float], seen: dict[str, float]) -> None:
    took = sorted(seen[number] - at for number, at in rung.items() if number in seen)
    p95 = took[int(len(took) * 0.95)]
    print(
        f"pop: {AGENTS} agents, {len(took)} of {len(rung)} rings arrived, "
        f"median {statistics.median(took) * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms, "
        f"slowest {took[-1] * 1e3:.0f} ms ({p95 / GOAL:.2f} x the {GOAL * 1e3:.0f} ms allowed)"
    )


def _agent(place: int) -> User:
    user = staff("agent", name=f"bench-{place}")
    phones.sit_down(user, f"8{place:04}", by=user, at=timezone.now())
    return user


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user, backend="waterdesk.web.accounts.backends.StaffPassword")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _ring(
    line: http.client.HTTPConnection, place: int, extension: str, rung: dict[str, float]
) -> None:
    number = f"139{place:08}"
    event = {
        "event": f"e{place}", "call": f"c{place}", "kind": "ringing", "number": number,
        "at": timezone.now().isoformat(), "extension": extension,
    }  # fmt: skip
    body = json.dumps(event).encode()
    stamp = str(int(time.time()))
    signed = hmac.new(KEY.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    rung[number] = time.perf_counter()
    line.request("POST", "/api/v1/calls/events/", body, {
        "Content-Type": "application/json", "X-Provider": "main", "X-Timestamp": stamp,
        "X-Signature": f"v1={signed}",
    })  # fmt: skip
    answer = line.getresponse()
    answer.read()
    assert answer.status == 201, answer.status


class Crowd:
    """Many browsers in one thread: when each number first came down the stream of its agent."""

    def __init__(self, port: int, cookies: list[str]) -> None:
        self.seen: dict[str, float] = {}
        self._there: set[int] = set()
        self._many = len(cookies)
        self._selector = selectors.DefaultSelector()
        self._stopped = threading.Event()
        for place, cookie in enumerate(cookies):
            line = socket.create_connection(("127.0.0.1", port), timeout=60)
            line.sendall(
                f"GET /desk/calls/stream/?tab=b{place} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Cookie: {cookie}\r\n\r\n".encode()
            )
            self._selector.register(line, selectors.EVENT_READ, place)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_until_all_are_there(self, seconds: float = 120) -> None:
        ends = time.monotonic() + seconds
        while len(self._there) < self._many:
            assert time.monotonic() < ends, f"{len(self._there)} of {self._many} are there"
            time.sleep(0.1)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()

    def _read(self) -> None:
        while not self._stopped.is_set():
            for key, _ready in self._selector.select(0.1):
                read = key.fileobj.recv(65_536)
                at = time.perf_counter()
                if not read:
                    self._selector.unregister(key.fileobj)
                if b"event: calls" in read:
                    self._there.add(key.data)
                for piece in read.split(b'"number":"')[1:]:
                    self.seen.setdefault(piece.partition(b'"')[0].decode(), at)


@contextmanager
def _served() -> Iterator[tuple[int, int]]:
    """The ports of the web server and of the process for streams."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0), backlog=512) as two,
    ):
        environment = os.environ | {
            "DATABASE_URL": processes.database_url(), "CALLS_SECRET_MAIN": KEY,
            "SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        servers = [
            desk.web(processes.ROOT, environment, one),
            desk.streams(processes.ROOT, environment, two),
        ]
        for server in servers:
            server.start()
        try:
            yield one.getsockname()[1], two.getsockname()[1]
        finally:
            for server in servers:
                server.stop()
