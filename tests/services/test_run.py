"""The launcher with the whole desk under it, as `make run` starts it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from tests.services.conftest import Place
from waterdesk.services.process import wait_until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "waterdesk.services.run"]
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@dataclass
class Desk:
    """A launcher in a folder of its own."""

    var: Path
    port: int = field(default_factory=free_port)
    launcher: subprocess.Popen[str] | None = None
    names: set[str] = field(default_factory=set)  # of the processes of the first start
    code: int | None = None  # its exit code
    left: list[psutil.Process] = field(default_factory=list)  # what outlived it

    @property
    def env(self) -> dict[str, str]:
        mine = {"VAR_DIR": str(self.var), "PORT": str(self.port), "DEMO": "0", "WEB_WORKERS": "1"}
        # As on a machine that says nothing of its language and names no server.
        return {"PATH": os.environ["PATH"], "HOME": str(self.var)} | mine

    @property
    def output(self) -> str:
        return (self.var / "output").read_text("utf-8")

    def start(self) -> None:
        with (self.var / "output").open("w") as output:
            self.launcher = subprocess.Popen(
                COMMAND, env=self.env, cwd=ROOT, stdout=output, stderr=output
            )
        assert wait_until(self.is_ready, PATIENCE), self.output

    def is_ready(self) -> bool:
        assert self.launcher.poll() is None, self.output
        return "ready at" in self.output

    def says(self, text: str) -> bool:
        return wait_until(lambda: text in self.output, PATIENCE)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.launcher.pid).children(recursive=True)

    def kill(self) -> list[psutil.Process]:
        """As `kill -9` does; returns those of its processes that outlive it by 20 seconds."""
        family = self.family() if self.launcher.poll() is None else []
        self.launcher.kill()
        self.launcher.wait()
        return psutil.wait_procs(family, timeout=20)[1]

    def member(self, word: str) -> psutil.Process:
        """The child of the launcher whose command has `word` in it."""
        children = psutil.Process(self.launcher.pid).children()
        return next(child for child in children if word in child.cmdline())

    def shared(self) -> dict[str, str]:
        lines = (self.var / "run.env").read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)


def run_once(desk: Desk, **env: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        COMMAND, env=desk.env | env, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=30
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Kept over the starts, as var/ is."""
    path = Path(tempfile.mkdtemp(prefix="waterdesk-run-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[Desk]:
    """Started for the second time: the first makes the data and is stopped with SIGINT."""
    desk = Desk(folder)
    desk.start()
    with psycopg.connect(desk.shared()["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    first = desk.family()
    desk.names = {child.name() for child in first}
    desk.launcher.send_signal(signal.SIGINT)
    desk.code = desk.launcher.wait(PATIENCE)
    desk.left = psutil.wait_procs(first, timeout=0)[1]
    desk.start()
    yield desk
    desk.kill()


def test_a_stop_ends_every_process_and_says_so(desk: Desk):
    assert desk.code == 0
    assert {"postgres", "valkey-server"} < desk.names
    assert desk.left == []


def test_a_second_start_keeps_the_data_and_prepares_nothing(desk: Desk):
    with psycopg.connect(desk.shared()["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert "seeds" not in desk.output


def test_the_desk_answers_where_it_says(desk: Desk):
    with urllib.request.urlopen(f"http://127.0.0.1:{desk.port}/login/", timeout=10) as answer:
        assert answer.status == 200
    assert f"http://127.0.0.1:{desk.port}/" in desk.output


def test_a_command_beside_it_sees_the_same_database(desk: Desk):
    code = "from django.db import connection as c; k = c.cursor(); k.execute('TABLE kept')"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", f"{code}; print(k.fetchone())"],
        env=desk.env, cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert "(1,)" in done.stdout, done.stderr


def test_a_second_desk_of_the_same_folder_is_refused_and_touches_nothing(desk: Desk):
    # The programs themselves: PostgreSQL's own processes come and go.
    before, shared = psutil.Process(desk.launcher.pid).children(), desk.shared()
    code, lines = run_once(desk, PORT=str(free_port()))
    assert code == 1
    assert lines == [
        f"waterdesk: Already running at http://127.0.0.1:{desk.port} (process {desk.launcher.pid})."
    ]
    assert all(child.is_running() for child in before)
    assert desk.shared() == shared


def test_a_worker_that_was_killed_is_started_again(desk: Desk):
    desk.member("worker").kill()
    assert desk.says("worker ended (killed by SIGKILL)")
    assert desk.says("worker runs again.")


def test_a_broker_that_was_killed_comes_back_where_it_was(desk: Desk):
    client = redis.Redis.from_url(desk.shared()["REDIS_URL"])
    client.set("kept", 1)
    os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
    assert desk.says("Valkey runs again.")
    assert client.get("kept") == b"1"
    client.close()


def test_a_launcher_that_was_killed_leaves_no_process(desk: Desk):
    assert desk.kill() == []


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"PORT": "none"}, "PORT must be"),
        ({"DEBUG": "maybe"}, "DEBUG must be"),
        ({"DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk"}, "The database of DATABASE_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "The server of REDIS_URL"),
    ],
)
def test_what_stands_in_the_way_is_one_line_and_starts_nothing(
    tmp_path: Path, env: dict[str, str], reason: str
):
    code, lines = run_once(Desk(tmp_path), **env)
    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith(f"waterdesk: {reason}")
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "run.env").exists()


def test_a_full_disk_is_one_line_and_starts_nothing(place: Place):
    desk = Desk(place.home)
    # The largest file that may be written is 1 MB: what a full disk or a quota answers.
    starved = ["sh", "-c", 'ulimit -f 2048; exec "$@"', "sh", *COMMAND]
    done = subprocess.run(starved, env=desk.env, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert done.stderr.startswith("waterdesk: The disk is full: ")
    assert len(done.stderr.splitlines()) == 1
    assert not (place.home / "postgres").exists()
