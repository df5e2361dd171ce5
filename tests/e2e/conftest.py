"""Real workers and beats on the test database, and a carrier on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.notifications import processes
from tests.notifications.far_end import Gateway, serve

TOKEN = "carrier-secret"


class Machinery:
    """Celery processes in groups of their own; whatever is left is ended with the test."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.running: list[subprocess.Popen[bytes]] = []
        self.started: dict[int, tuple[tuple[str, ...], dict[str, str]]] = {}

    def worker(self, name: str = "one", **environment: str) -> subprocess.Popen[bytes]:
        return self._celery(
            "worker", "-c", "2", "-n", f"{name}@test", "--without-gossip", **environment
        )

    def beat(self, **environment: str) -> subprocess.Popen[bytes]:
        return self._celery("beat", "--pidfile=", **environment)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL for the process and all its children, as when the power goes."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)

    def revive(self) -> None:
        """What systemd and the launcher do all day: whoever died is started again."""
        for process in [each for each in self.running if each.poll() is not None]:
            self.running.remove(process)
            args, environment = self.started.pop(process.pid)
            self._celery(*args, **environment)

    def stop(self) -> None:
        for process in list(self.running):
            self.kill(process)

    def _celery(self, *args: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "waterdesk", *args, "--loglevel", "WARNING"],
            cwd=processes.ROOT,
            env=os.environ
            | {
                "DATABASE_URL": processes.database_url(),
                "SMS_TRANSPORT": "http",
                "SMS_URL": self.gateway.url,
                "SMS_TOKEN": TOKEN,
            }
            | environment,
            start_new_session=True,
        )
        self.running.append(process)
        self.started[process.pid] = args, environment
        return process


@pytest.fixture
def carrier() -> Iterator[Gateway]:
    far_end = Gateway()
    server = serve(far_end)
    yield far_end
    server.shutdown()
    server.server_close()


@pytest.fixture
def machinery(committed: None, carrier: Gateway) -> Iterator[Machinery]:
    machines = Machinery(carrier)
    yield machines
    machines.stop()


def until(holds: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for something that other processes bring about; say so when it does not come."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.1)
