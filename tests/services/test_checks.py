"""What the launcher looks at before it starts anything: one line each."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from waterdesk.services import checks
from waterdesk.services.account import Account, may_enter
from waterdesk.services.errors import CannotRun


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def ascii_database() -> Iterator[str]:
    """What an installation without a language setting makes."""
    server = {"dbname": "postgres", "autocommit": True}
    with psycopg.connect(os.environ["DATABASE_URL"], **server) as connection:
        connection.execute(
            "CREATE DATABASE desk_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
        )
        yield make_conninfo(os.environ["DATABASE_URL"], dbname="desk_ascii")
        connection.execute("DROP DATABASE desk_ascii")


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(checks, "PATIENCE", 2)  # the least that libpq keeps to


@pytest.mark.parametrize("text", ["0", "65536", "80a", "-1", "８０"])
def test_a_port_that_is_none_is_refused(text: str):
    with pytest.raises(CannotRun, match="PORT must be a number"):
        checks.port(text)


def test_a_busy_port_is_refused_with_the_way_out(silent_port: int):
    with pytest.raises(CannotRun, match=rf"in use.*PORT={silent_port + 1}"):
        checks.listener("127.0.0.1", silent_port)


def test_an_address_that_is_not_this_machines_is_refused():
    with pytest.raises(CannotRun, match=r"Cannot listen on 192\.0\.2\.1"):
        checks.listener("192.0.2.1", 8000)


def test_a_disk_without_room_is_refused(tmp_path: Path):
    with pytest.raises(CannotRun, match=r"The disk is full: [0-9]+ MB free"):
        checks.disk(tmp_path, 10**18)


def test_what_fits_leaves_nothing_behind(tmp_path: Path):
    checks.disk(tmp_path, checks.MEGABYTE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("check", "url"),
    [
        (checks.database, "postgresql://desk:hidden@127.0.0.1:1/desk"),
        (checks.database, "postgresql://desk:hidden@/desk?host=/nowhere"),
        (checks.broker, "redis://:hidden@127.0.0.1:1/0"),
        (checks.broker, "unix:///nowhere/valkey.sock?password=hidden"),
    ],
)
def test_a_server_that_is_not_there_is_named_in_one_line_without_its_password(check, url: str):
    with pytest.raises(CannotRun, match="cannot be reached: ") as refusal:
        check(url)
    assert len(str(refusal.value).splitlines()) == 1
    assert "hidden" not in str(refusal.value)


def test_a_database_that_counts_bytes_is_refused(ascii_database: str):
    with pytest.raises(CannotRun, match="SQL_ASCII; it must be in UTF8"):
        checks.database(ascii_database)


def test_a_database_that_never_answers_is_given_up(silent_port: int, impatient: None):
    with pytest.raises(CannotRun, match="cannot be reached: "):
        checks.database(f"postgresql://desk@127.0.0.1:{silent_port}/desk")


def test_a_broker_that_never_answers_is_given_up(silent_port: int, impatient: None):
    with pytest.raises(CannotRun, match="cannot be reached: "):
        checks.broker(f"redis://127.0.0.1:{silent_port}/0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("SMS_TRANSPORT", "pigeon"),
        ("DATABASE_URL", "mysql://desk:hidden@127.0.0.1/desk"),
        ("REDIS_URL", "amqp://desk:hidden@127.0.0.1"),
        ("POLICY_MAX_AGE", "soon"),
    ],
)
def test_a_setting_that_is_not_understood_is_named(name: str, value: str):
    with pytest.raises(CannotRun, match=rf"^{name} must ") as refusal:
        checks.settings({**os.environ, name: value})
    assert "hidden" not in str(refusal.value)


def test_without_debug_a_key_must_be_given():
    with pytest.raises(CannotRun, match=r"^SECRET_KEY must be set"):
        checks.settings({**os.environ, "DEBUG": "false", "SECRET_KEY": ""})


@pytest.mark.parametrize(
    ("mode", "account", "enters"),
    [
        (0o700, Account("other", 12345, 12345), False),
        (0o711, Account("other", 12345, 12345), True),
        (0o750, Account("group", 12345, os.getegid()), True),
        (0o700, Account("owner", os.geteuid(), 12345), True),
        (0o077, Account("owner", os.geteuid(), 12345), False),
        (0o000, None, True),
    ],
)
def test_a_closed_folder_is_known_before_a_server_stumbles(
    tmp_path: Path, monkeypatch, mode: int, account: Account | None, enters: bool
):
    # Only this folder is looked at: those above it are the machine's.
    monkeypatch.setattr(Path, "parents", property(lambda path: ()))
    tmp_path.chmod(mode)
    assert may_enter(tmp_path, account) is enters
