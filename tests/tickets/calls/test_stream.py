"""What goes down a stream: all that rings at one's extension, to whoever sits there alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.e2e.conftest import until
from tests.factories import staff
from tests.tickets.calls.conftest import Exchange, at_phone, signed_in
from tickets.calls import stream as streams
from tickets.calls.hub import Full, Hub, hub
from tickets.calls.opening import take_up
from tickets.models import Call

pytestmark = pytest.mark.usefixtures("committed")

URL = "/desk/calls/stream/"
# Heartbeats to wait for an event: half a minute of a busy machine.
PATIENCE = 100


class Listener:
    """A browser: reads events, and leaves out the comments that keep the line open."""

    def __init__(self, client: Client, tab: str = "t1", **headers: str) -> None:
        self.answer = client.get(URL, {"tab": tab}, headers=headers)
        self.lines = iter(self.answer.streaming_content)

    def next(self) -> tuple[str, dict[str, Any]]:
        for line in islice(self.lines, PATIENCE):
            said = dict(each.split(": ", 1) for each in line.decode().splitlines() if ": " in each)
            if "event" in said:
                return said["event"], json.loads(said["data"])
        raise AssertionError("nothing more came")

    def states(self) -> list[tuple[int, str]]:
        return [(call["id"], call["state"]) for call in self.next()[1]["now"]]

    def close(self) -> None:
        self.answer.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Every stream of the test is left, and the listener ends, before the tables are emptied."""
    yield
    for held in list(hub._streams.values()):
        hub.leave(held)
    listener = hub._listener
    assert listener is None or listener.join(20) is None


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.3)
    monkeypatch.setattr("tickets.calls.hub.LOOK", 1.0)


def settled(listener: Listener) -> Listener:
    """One that has what it begins with, and what its process reads as it begins to listen."""
    listener.next()
    until(hub._listening.is_set)
    return listener


def until_states(listener: Listener, wanted: list[tuple[int, str]]) -> None:
    while listener.states() != wanted:
        pass


def test_only_the_ringing_agent_is_told_and_it_goes_when_it_is_over():
    wang, li = at_phone("8001", "wang"), at_phone("8002", "li")
    exchange = Exchange()
    mine, other = (settled(Listener(signed_in(user))) for user in (wang, li))
    call = exchange.ring("8001", number="anonymous")
    until_states(mine, [(call.pk, "ringing")])
    exchange.tell("answered", after=1, extension="8001")
    until_states(mine, [(call.pk, "talking")])
    exchange.tell("ended", after=2)
    until_states(mine, [])
    assert pops_seen(other) == []
    mine.close()
    other.close()


def pops_seen(listener: Listener) -> list[Any]:
    """What a stream has got by now that names a call."""
    held = next(each for each in hub._streams.values() if each.user == user_of(listener))
    return held.fresh or []


def user_of(listener: Listener) -> int:
    return listener.answer.wsgi_request.user.pk


def test_what_rings_at_two_goes_from_the_one_who_was_slower():
    wang, li = at_phone("8001", "wang"), at_phone("8002", "li")
    exchange = Exchange()
    fast, slow = (settled(Listener(signed_in(user))) for user in (wang, li))
    exchange.ring("8001")
    call = exchange.ring("8002")
    until_states(slow, [(call.pk, "ringing")])
    exchange.tell("answered", after=1, extension="8001")
    until_states(slow, [])
    until_states(fast, [(call.pk, "talking")])
    take_up(call.pk, by=wang, at=timezone.now())
    while not fast.next()[1]["now"][0]["is_opened"]:
        pass
    fast.close()
    slow.close()


def test_a_stream_that_was_cut_begins_with_what_rings_and_what_was_missed():
    wang = at_phone("8001", "wang")
    exchange = Exchange()
    client = signed_in(wang)
    last = str(int(timezone.now().timestamp() * 1000))
    exchange.ring("8001", "lost", "13800000001")
    exchange.tell("ended", "lost", after=1)
    rings = exchange.ring("8001", "rings", "13800000002")
    back = Listener(client, **{"Last-Event-ID": last})
    said = back.next()[1]
    assert [call["id"] for call in said["now"]] == [rings.pk]
    assert [call["number"] for call in said["missed"]] == ["13800000001"]
    back.close()
    first_time = Listener(client)
    assert first_time.next()[1]["missed"] == []
    first_time.close()


def test_a_later_page_of_a_tab_ends_the_stream_of_the_one_before():
    client = signed_in(at_phone("8001", "wang"))
    before = settled(Listener(client))
    after = settled(Listener(client))
    while before.next()[0] != "moved":
        pass
    assert len(hub._streams) == 1
    after.close()
    assert hub._streams == {}


def test_a_process_takes_as_many_streams_as_it_may(settings):
    settings.CALLS_STREAMS = 1
    wang = signed_in(at_phone("8001", "wang"))
    held = settled(Listener(wang))
    full = signed_in(at_phone("8002", "li")).get(URL)
    assert (full.status_code, full["Retry-After"]) == (503, "2")
    held.close()
    settled(Listener(signed_in(at_phone("8003", "zhao")))).close()
    with pytest.raises(Full):
        settings.CALLS_STREAMS = 0
        Hub().join(1, "t")


def test_a_listener_that_lost_the_database_comes_back_and_has_missed_nothing():
    mine = settled(Listener(signed_in(at_phone("8001", "wang"))))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND (query LIKE 'LISTEN %' OR query = 'SELECT 1')"
        )
    call = Exchange().ring("8001")
    until_states(mine, [(call.pk, "ringing")])
    mine.close()


def test_while_it_waits_a_stream_holds_no_connection():
    mine = settled(Listener(signed_in(at_phone("8001", "wang"))))
    assert connection.connection is None
    mine.close()


def test_who_sits_nowhere_is_told_so_and_customers_are_refused():
    assert Listener(signed_in(staff("agent", name="zhao"))).next() == ("off", {})
    assert signed_in(staff("supervisor")).get(URL).status_code == 403
    assert Client().get(URL).status_code == 403


def test_pages_at_another_address_may_read_it(settings):
    settings.CALLS_STREAM_URL = "https://calls.example.cn"
    answer = signed_in(staff("agent", name="zhao")).get(URL)
    assert answer["Access-Control-Allow-Origin"] == settings.SITE_URL
    assert answer["X-Accel-Buffering"] == "no"


def test_twenty_streams_are_told_by_one_reading(django_assert_max_num_queries):
    exchange = Exchange()
    users = [at_phone(f"9{place:03}", f"a{place}") for place in range(20)]
    own = Hub()
    held = [own.join(user.pk, "t") for user in users]
    call = exchange.ring("9007")
    own.feed(None)  # what is read once a process is read here
    with django_assert_max_num_queries(4):
        own.feed(None)
    assert [bool(each.fresh) for each in held].index(True) == 7
    assert Call.objects.get().pk == call.pk
    for each in held:
        own.leave(each)
    listener = own._listener
    assert isinstance(listener, threading.Thread)
    listener.join(20)
