"""An Asterisk on loopback: what it says becomes calls, through lost lines and doubled clients."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone

from tests.e2e.conftest import until
from tests.factories import MINUTE, MONDAY_0900
from tests.tickets.calls.asterisk import SECRET, Asterisk
from tests.tickets.calls.conftest import at_phone
from tickets.calls.asterisk.client import Client, Place
from tickets.calls.asterisk.words import extension_in, told_by
from tickets.models import Call, CallEvent

CONTEXTS = frozenset({"from-trunk"})
IN = {
    "Event": "Newchannel", "Channel": "PJSIP/telecom-00000001", "Uniqueid": "1.1",
    "Linkedid": "1.1", "CallerIDNum": "+8613987654321", "Exten": "96390", "Context": "from-trunk",
}  # fmt: skip
RINGS = {
    "Event": "DialBegin", "Linkedid": "1.1", "DestLinkedid": "1.1", "DestUniqueid": "1.2",
    "DestChannel": "PJSIP/8001-00000002",
}  # fmt: skip
ANSWERED = RINGS | {"Event": "DialEnd", "DialStatus": "ANSWER"}
ENDED = {"Event": "Hangup", "Uniqueid": "1.1", "Linkedid": "1.1"}


@pytest.mark.parametrize(
    ("block", "kind", "extension"),
    [
        (IN, "arrived", ""),
        ({"Event": "QueueCallerJoin", "Linkedid": "1.1"}, "queued", ""),
        (RINGS, "ringing", "8001"),
        (RINGS | {"DestChannel": "Local/8001@agents-00000003;1"}, "ringing", "8001"),
        (ANSWERED, "answered", "8001"),
        (ANSWERED | {"DialStatus": "NOANSWER"}, "unanswered", "8001"),
        ({"Event": "AgentConnect", "Linkedid": "1.1", "Interface": "PJSIP/8001"},
         "answered", "8001"),
        ({"Event": "QueueCallerAbandon", "Linkedid": "1.1"}, "abandoned", ""),
        ({"Event": "Hold", "Linkedid": "1.1"}, "held", ""),
        ({"Event": "Unhold", "Linkedid": "1.1"}, "resumed", ""),
        ({"Event": "BlindTransfer", "TransfererLinkedid": "1.1", "Extension": "8002"},
         "transferred", "8002"),
        ({"Event": "AttendedTransfer", "OrigTransfererLinkedid": "1.1",
          "SecondTransfererConnectedLineNum": "8002"}, "answered", "8002"),
        ({"Event": "Newexten", "Linkedid": "1.1", "Application": "VoiceMail"}, "voicemail", ""),
        (ENDED, "ended", ""),
    ],
)  # fmt: skip
def test_what_asterisk_says_is_told_as_any_exchange_tells_it(block, kind, extension):
    told = told_by(block | {"Timestamp": "1763254800.5"}, CONTEXTS, MONDAY_0900)
    assert (told.call, told.kind, told.extension) == ("1.1", kind, extension)
    assert told.at.timestamp() == 1763254800.5


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"Event": "FullyBooted"},
        {"Response": "Success"},
        IN | {"Uniqueid": "1.2"},
        IN | {"Context": "internal", "Exten": "s"},
        ENDED | {"Uniqueid": "1.2"},
        {"Event": "Newexten", "Linkedid": "1.1", "Application": "Playback"},
        {"Event": "BlindTransfer", "TransfererLinkedid": "1.1", "Result": "Fail"},
        {"Event": "Hold"},
    ],
)
def test_what_is_of_no_interest_is_left(block):
    assert told_by(block, CONTEXTS, MONDAY_0900) is None


def test_a_call_that_begins_inside_goes_out():
    block = IN | {"Context": "internal", "Channel": "PJSIP/8001-0000000a", "Exten": "13987654321"}
    told = told_by(block, CONTEXTS, MONDAY_0900)
    assert (told.direction, told.extension, told.number) == ("out", "8001", "13987654321")
    assert told.at == MONDAY_0900


def test_no_channel_has_no_extension():
    assert extension_in("") == extension_in("8001") == ""


def test_two_clients_make_one_id_of_an_event_and_two_of_two():
    stamped = IN | {"Timestamp": "1763254800.5"}
    ids = {
        told_by(block, CONTEXTS, now).event
        for block, now in (
            (stamped, MONDAY_0900),
            (dict(reversed(stamped.items())), MONDAY_0900 + MINUTE),
            (IN | {"Timestamp": "1763254801.5"}, MONDAY_0900),
        )
    }
    assert len(ids) == 2


@pytest.fixture
def asterisk() -> Iterator[Asterisk]:
    server = Asterisk()
    yield server
    server.close()


@pytest.fixture
def run(committed: None, asterisk: Asterisk) -> Iterator[Callable[..., Client]]:
    """Clients in threads of their own; all are stopped with the test."""
    started: list[tuple[Client, threading.Thread]] = []

    def start(secret: str = SECRET, silence: float = 30.0) -> Client:
        place = Place("127.0.0.1", asterisk.port, "desk", secret, CONTEXTS, silence)
        client = Client(place)

        def work() -> None:
            client.run(first_pause=0.05)
            connection.close()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        started.append((client, thread))
        return client

    yield start
    for client, _thread in started:
        client.stop()
    asterisk.close()
    for _client, thread in started:
        thread.join(10)


def stamp(after: float = 0) -> str:
    return f"{time.time() + after:.6f}"


def state() -> str | None:
    return Call.objects.values_list("state", flat=True).first()


def test_a_call_on_asterisk_is_a_call_at_the_desk(run, asterisk):
    wang = at_phone("8001", "wang")
    run()
    until(lambda: asterisk.asked_for("CoreShowChannels") == 1)
    asterisk.say(**IN, Timestamp=stamp())
    asterisk.say(**RINGS, Timestamp=stamp(0.001))
    until(lambda: state() == "ringing")
    asterisk.say(**ANSWERED, Timestamp=stamp())
    asterisk.say(**ENDED, Timestamp=stamp(0.001))
    until(lambda: state() == "ended")
    call = Call.objects.get()
    assert (call.agent, call.number, call.called, call.trunk) == (
        wang, "13987654321", "96390", "telecom",
    )  # fmt: skip


def test_a_lost_line_is_taken_up_again_and_what_ended_meanwhile_is_over(run, asterisk):
    run()
    until(lambda: asterisk.asked_for("CoreShowChannels") == 1)
    earlier = time.time() - 60
    for call in ("1.1", "2.1"):
        asterisk.say(**(IN | {"Uniqueid": call, "Linkedid": call}), Timestamp=earlier)
    until(lambda: Call.objects.count() == 2)
    asterisk.standing = ["2.1"]
    asterisk.cut()
    until(lambda: not Call.objects.get(provider_call="1.1").is_live)
    assert (asterisk.signed_in(), Call.objects.get(provider_call="2.1").is_live) == (2, True)
    assert Call.objects.get(provider_call="1.1").expired
    asterisk.say(**RINGS, Timestamp=stamp())
    asterisk.say(**(IN | {"Uniqueid": "3.1", "Linkedid": "3.1"}), Timestamp=stamp())
    until(lambda: Call.objects.count() == 3)


def test_a_second_client_changes_nothing(run, asterisk):
    run()
    run()
    until(lambda: len(asterisk.lines) == 2)
    asterisk.say(**IN, Timestamp=stamp())
    asterisk.say(**RINGS, Timestamp=stamp())
    asterisk.say(**ENDED, Timestamp=stamp(1))
    until(lambda: state() == "abandoned")
    assert CallEvent.objects.count() == 3


def test_a_wrong_secret_is_not_tried_again_soon(run, asterisk):
    run(secret="wrong")
    until(lambda: asterisk.asked_for("Login") == 1)
    time.sleep(0.5)
    assert (asterisk.asked_for("Login"), asterisk.signed_in()) == (1, 0)


def test_a_quiet_line_is_asked_whether_it_is_there(run, asterisk):
    run(silence=0.4)
    until(lambda: asterisk.asked_for("Ping") > 1)
    assert asterisk.signed_in() == 1


def test_what_is_no_asterisk_is_left_and_tried_again(run, asterisk):
    asterisk.greeting = b"SSH-2.0-OpenSSH\r\n"
    run()
    time.sleep(0.3)
    assert asterisk.asked_for("Login") == 0
    asterisk.greeting = b"Asterisk Call Manager/9.0.0\r\n"
    until(lambda: asterisk.asked_for("CoreShowChannels") == 1)


def test_an_event_that_is_refused_does_not_stop_the_line(run, asterisk):
    run()
    until(lambda: asterisk.asked_for("CoreShowChannels") == 1)
    asterisk.say(**IN, Timestamp="1000000000")
    asterisk.say(**(IN | {"Uniqueid": "2.1", "Linkedid": "2.1"}), Timestamp=stamp())
    until(Call.objects.exists)
    assert Call.objects.get().provider_call == "2.1"
    assert Call.objects.get().began_at <= timezone.now() + MINUTE
