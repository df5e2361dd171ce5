"""A kept connection that broke between two requests is replaced, and nobody sees an error."""

from __future__ import annotations

import socket
import time

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from waterdesk.database import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept():
    """A connection of its own, as a web worker's thread has one; its first request is done."""
    other = connections.create_connection("default")
    ask(other)
    yield other
    other.close()


def ask(kept) -> int:
    """The first statement of a request; the backend's process, to tell connections apart."""
    kept.health_check_enabled, kept.health_check_done = True, False
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_connection_used_a_moment_ago_is_not_asked(kept):
    first = ask(kept)
    with CaptureQueriesContext(kept) as asked:
        assert ask(kept) == first
    assert len(asked) == 1


def test_one_that_the_server_ended_is_replaced(kept):
    first = ask(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    assert ask(kept) != first


def test_one_whose_socket_was_shut_is_replaced(kept):
    first = ask(kept)
    with socket.socket(fileno=kept.connection.fileno()) as wire:
        wire.shutdown(socket.SHUT_RDWR)
        wire.detach()
    assert ask(kept) != first


def test_one_that_rested_is_asked_as_django_asks(kept, monkeypatch):
    first = ask(kept)
    kept.proved_at = time.monotonic() - base.TRUSTED_SECONDS
    tried: list[bool] = []
    djangos = base.base.DatabaseWrapper.is_usable
    monkeypatch.setattr(
        base.base.DatabaseWrapper,
        "is_usable",
        lambda self: tried.append(djangos(self)) or tried[-1],
    )
    assert ask(kept) == ask(kept) == first
    assert tried == [True]
