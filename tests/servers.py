"""Real servers for the tests, started before the settings are read and once for all of xdist.

PostgreSQL: DATABASE_URL (its role has to be a superuser, see tests.kept), or a private one without
fsync. Redis protocol: REDIS_URL, or a genuine Redis of the machine or of a wheel, or Valkey. The
header of the run names what was taken.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from xdist.scheduler import LoadScopeScheduling

from waterdesk.services import account, data, programs
from waterdesk.services.postgres import Postgres
from waterdesk.services.process import Process
from waterdesk.services.valkey import Valkey

PREFIX = "waterdesk-test-"
EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
# The tests say themselves what they want; of the developer's own desk nothing gets in but servers.
FIXED = {"DEBUG": "true", "SECRET_KEY": "tests", "LOG_LEVEL": "WARNING"}
KEPT = {"DATABASE_URL", "REDIS_URL"}

# Files whose tests share what is dear to start.
TOGETHER = ("tests/services/test_run.py",)


class InOrder(LoadScopeScheduling):
    """Tests go out one by one in pytest-django's order, those that commit (and empty the tables)
    last; a file of TOGETHER goes to one worker. Distributing whole files would mix that order.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((file for file in TOGETHER if nodeid.startswith(file)), nodeid)


_running: list[Process] = []
_folder: list[Path] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Before pytest-django, which reads the settings in the same hook."""
    # A worker of xdist inherits the addresses; each has a queue of its own, as it has a database.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    start(own=not worker)
    if worker:
        os.environ["REDIS_URL"] = with_number(os.environ["REDIS_URL"], int(worker[2:]) + 1)
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> InOrder:
    return InOrder(config, log)


def pytest_report_header() -> str:
    return f"servers: {os.environ['WATERDESK_TEST_SERVERS']}"


def pytest_unconfigure() -> None:
    stop()


def start(*, own: bool = True, **database: str) -> None:
    """Set the environment, and with `own` the servers' addresses; the bench comes here too.

    `database` are settings of a private PostgreSQL.
    """
    for name in documented() - KEPT:
        os.environ.pop(name, None)
    os.environ.update(FIXED)
    if own:
        os.environ["WATERDESK_TEST_SERVERS"] = " · ".join([_database(database), _broker()])


def with_number(url: str, number: int) -> str:
    """The address of another of the broker's numbered databases."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def stop() -> None:
    """End the servers that `start` began and remove their folder; twice does no harm."""
    for process in _running:
        process.stop()
    for folder in _folder:
        shutil.rmtree(folder, ignore_errors=True)
    _running.clear()
    _folder.clear()


def documented() -> set[str]:
    """The names of all settings."""
    return set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE))


def _home(owner: account.Account | None) -> Path:
    if not _folder:
        data.remove_stale_folders(PREFIX)
        _folder.append(data.temporary_folder(PREFIX, owner))
    return _folder[0]


def _database(settings: dict[str, str]) -> str:
    origin = "DATABASE_URL"
    if not os.environ.get("DATABASE_URL"):
        owner = account.for_servers()
        server = Postgres(_home(owner), _home(owner), owner, keep=False, settings=settings)
        _running.append(server.process)
        server.start()
        os.environ["DATABASE_URL"], origin = server.url, f"{server.program.origin}, fsync off"
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
        version = connection.info.parameter_status("server_version")
    return f"PostgreSQL {version} ({origin})"


def _broker() -> str:
    origin = "REDIS_URL"
    if not os.environ.get("REDIS_URL"):
        owner = account.for_servers()
        program = programs.genuine_redis() or programs.valkey()
        server = Valkey(program, _home(owner), _home(owner), owner, keep=False)
        _running.append(server.process)
        server.start()
        os.environ["REDIS_URL"], origin = server.url, program.origin
    with redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5) as client:
        facts = client.info("server")
    name = "Valkey" if facts.get("server_name") == "valkey" else "Redis"
    return f"{name} {facts.get('valkey_version', facts['redis_version'])} ({origin})"
