"""The private servers: what they keep, what they refuse, and that they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import psycopg
import pytest
import redis

from tests.services.conftest import Place
from waterdesk.services import programs
from waterdesk.services.data import ServersLock
from waterdesk.services.errors import CannotRun
from waterdesk.services.postgres import Postgres
from waterdesk.services.process import Process
from waterdesk.services.valkey import Valkey

STARTER = """
import json, signal, sys
from pathlib import Path
from waterdesk.services import account, programs
from waterdesk.services.postgres import Postgres
from waterdesk.services.valkey import Valkey
home, owner = Path(sys.argv[1]), account.for_servers()
servers = [
    Postgres(home, home, owner, keep=False),
    Valkey(programs.valkey(), home, home, owner, keep=False),
]
for server in servers:
    server.start()
print(json.dumps([server.process.pid for server in servers]), flush=True)
signal.pause()
"""
STARVED = """
import resource, sys
from pathlib import Path
from waterdesk.services import account
from waterdesk.services.errors import CannotRun
from waterdesk.services.postgres import Postgres
home = Path(sys.argv[1])
postgres = Postgres(home, home, account.for_servers(), keep=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    postgres.start()
except CannotRun as reason:
    sys.exit(str(reason))
"""
STOP = [(signal.SIGTERM, 5.0)]


@pytest.fixture
def started() -> Iterator[list[Process]]:
    """Stops what the test puts in it."""
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.stop(hurry=True)


def postgres_in(place: Place, started: list[Process], keep: bool = False) -> Postgres:
    server = Postgres(place.home, place.home, place.owner, keep=keep)
    started.append(server.process)
    server.start()
    return server


def valkey_in(place: Place, started: list[Process], keep: bool = False) -> Valkey:
    server = Valkey(programs.valkey(), place.home, place.home, place.owner, keep=keep)
    started.append(server.process)
    server.start()
    return server


def test_the_private_database_counts_and_searches_chinese(place, started):
    with psycopg.connect(postgres_in(place, started).url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute(
            "SELECT current_setting('server_encoding'), length('中山路爆管抢修'), "
            "cardinality(show_trgm('爆管漏水')), current_setting('listen_addresses')"
        ).fetchone()
    assert row == ("UTF8", 7, 5, "")


def test_a_database_that_was_killed_comes_back_with_every_commit(place, started):
    server = postgres_in(place, started, keep=True)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    number, pid_file = server.process.pid, server.data / "postmaster.pid"
    os.kill(number, signal.SIGKILL)
    server.process.stop(hurry=True)
    # The number it left behind may be another program's by now.
    other = Process("other", ["/bin/sleep", "60"], {}, place.home, STOP, account=place.owner)
    started.append(other)
    other.start()
    pid_file.write_text(pid_file.read_text().replace(str(number), str(other.pid)))
    ServersLock(place.home).close()
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_servers_wait_for_those_of_a_run_that_was_killed(place):
    earlier = ServersLock(place.home)
    with pytest.raises(CannotRun, match="earlier run"):
        ServersLock(place.home, seconds=0.3)
    earlier.close()
    ServersLock(place.home, seconds=0.3).close()


def test_a_cluster_that_could_not_be_made_is_not_taken_for_one(place):
    done = subprocess.run(
        [sys.executable, "-c", STARVED, str(place.home)], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("PostgreSQL could not make its cluster")
    assert len(done.stderr.splitlines()) == 1
    assert {path.name for path in place.home.iterdir()} == {"log"}


def test_a_broker_that_was_killed_comes_back_with_its_queue_on_the_same_socket(place, started):
    server = valkey_in(place, started, keep=True)
    client = redis.Redis.from_url(server.url)
    client.rpush("queue", "task")
    assert client.config_get("port") == {"port": "0"}
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.stop(hurry=True)
    server.start()
    assert client.lrange("queue", 0, -1) == [b"task"]
    client.close()


def test_the_servers_end_when_their_starter_is_killed(place):
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(place.home)], stdout=subprocess.PIPE, encoding="utf-8"
    )
    servers = [psutil.Process(pid) for pid in json.loads(starter.stdout.readline())]
    family = [member for server in servers for member in [server, *server.children()]]
    starter.kill()
    starter.wait()
    starter.stdout.close()
    _, left = psutil.wait_procs(family, timeout=15)
    assert left == []
