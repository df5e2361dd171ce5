"""Keeping programs running, tried on small ones."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from waterdesk.services.errors import CannotRun
from waterdesk.services.process import Process, wait_until
from waterdesk.services.supervise import FIRST_PAUSE, LONGEST_PAUSE, STEADY, Supervisor

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); "
WITH_CHILD = "import subprocess; subprocess.Popen(['sleep', '60']); "
WAIT = "import time; time.sleep(60)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.kill()
    supervisor.stop()


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Process]:
    def make(code: str) -> Process:
        return Process(
            "worker",
            [sys.executable, "-c", code],
            env=dict(os.environ),
            cwd=tmp_path,
            stop_signals=[(signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0)],
            log=tmp_path / "log",
        )

    return make


def killed(process: Process) -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert wait_until(lambda: not process.runs(), 5)


def test_a_program_that_was_killed_is_started_again(supervisor, program, said):
    process = program(WAIT)
    supervisor.add(process)
    first, started = process.pid, supervisor.parts[0].started
    killed(process)
    supervisor.look(started + 1)
    assert not process.runs()
    supervisor.look(started + 1 + FIRST_PAUSE)
    assert process.runs()
    assert process.pid != first
    assert said == [
        "worker ended (killed by SIGKILL); starting it again in 1 s.",
        "worker runs again.",
    ]


def test_a_program_that_keeps_ending_is_started_later_each_time(supervisor, program):
    supervisor.add(program("raise SystemExit(3)"))
    part, pauses = supervisor.parts[0], []
    now = part.started
    for _ in range(7):
        assert wait_until(lambda: not part.process.runs(), 5)
        supervisor.look(now)
        pauses.append(part.again - now)
        now = part.again
        supervisor.look(now)
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE]


def test_an_end_after_a_steady_life_counts_as_the_first(supervisor, program):
    supervisor.add(program(WAIT))
    part = supervisor.parts[0]
    part.failures = 5
    killed(part.process)
    supervisor.look(part.started + STEADY + 1)
    assert part.failures == 1


def test_a_server_that_does_not_come_back_is_tried_again(supervisor, program, said):
    process = program(WAIT)

    def refuse() -> None:
        raise CannotRun("no room")

    supervisor.add(process, process.start)
    part = supervisor.parts[0]
    part.start = refuse
    killed(process)
    supervisor.look(part.started)
    supervisor.look(part.again)
    assert said[-1] == "worker ended (no room); starting it again in 2 s."
    assert part.again is not None


def test_a_stop_ends_also_what_a_program_started(supervisor, program):
    process = program(WITH_CHILD + WAIT)
    supervisor.add(process)
    whole = psutil.Process(process.pid)
    assert wait_until(lambda: len(whole.children()) == 1, 5)
    family = [whole, *whole.children()]
    supervisor.stop()
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_program_that_does_not_listen_is_killed(supervisor, program, tmp_path):
    process = program(STUBBORN + WAIT)
    supervisor.add(process)
    assert wait_until(lambda: (tmp_path / "log").read_text() == "1\n", 5)
    whole = psutil.Process(process.pid)
    supervisor.stop()
    assert not whole.is_running()


def test_clients_are_asked_to_end_before_their_servers(supervisor, program, monkeypatch):
    asked: list[str] = []
    for name, start in (("server", lambda: None), ("web", None), ("worker", None)):
        process = program(WAIT)
        process.name = name
        supervisor.add(process, start)
        monkeypatch.setattr(process, "ask", lambda name=name: asked.append(f"ask {name}"))
        monkeypatch.setattr(process, "stop", lambda name=name: asked.append(f"stop {name}"))
    supervisor.stop()
    monkeypatch.undo()
    assert asked == ["ask worker", "ask web", "stop worker", "stop web", "stop server"]
