"""What an exchange tells: kept once, in any order, and only from one that is known."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, staff
from tests.tickets.calls.conftest import at_phone
from tickets.calls import phones, taking
from tickets.models import AgentPhone, Call, CallEvent
from waterdesk.core.errors import Invalid, NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def test_a_ring_is_kept_and_its_agent_known(exchange):
    wang = at_phone("8001", "wang")
    answer = exchange.tell("ringing", extension="8001", number="+86 139-8765-4321")
    assert answer.status_code == 201
    assert answer.json() == {
        "call": "c1", "state": "ringing", "number": "13987654321", "extension": "8001",
        "unknown_extension": False,
    }  # fmt: skip
    call = Call.objects.get()
    assert (call.number_given, call.rings.get().user) == ("+86 139-8765-4321", wang)


def test_a_call_is_the_same_in_whatever_order_it_is_told(exchange):
    wang = at_phone("8001", "wang")
    told = [
        ("ringing", 0, {"extension": "8001", "number": "anonymous"}),
        ("answered", 10, {"extension": "8001"}),
        ("held", 20, {}),
        ("ended", 60, {}),
    ]
    for place, order in enumerate(itertools.permutations(told)):
        for kind, after, more in order:
            exchange.tell(kind, f"c{place}", after, **more)
    columns = "state", "number", "agent", "wait", "talk", "extension", "began_at", "ended_at"
    assert len(set(Call.objects.values_list(*columns))) == 1
    assert set(Call.objects.values_list("state", "number", "agent", "wait", "talk")) == {
        ("ended", "", wang.pk, 10, 10)
    }


def test_the_same_event_again_changes_nothing(exchange):
    first = exchange.tell("ringing", extension="8001")
    again = exchange.tell("ringing", extension="8001")
    assert (first.status_code, again.status_code) == (201, 200)
    assert CallEvent.objects.count() == 1


def test_an_event_id_stands_for_one_event(exchange):
    exchange.tell("ringing", event="e1", extension="8001")
    refused = exchange.tell("ended", event="e1")
    assert (refused.status_code, refused.json()["code"]) == (409, "doubled_event")
    assert Call.objects.get().state == "ringing"


def test_a_refused_event_leaves_no_call_behind(exchange):
    exchange.tell("ringing", event="e1")
    exchange.tell("ended", "another", event="e1")
    assert [call.provider_call for call in Call.objects.all()] == ["c1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "x" * 32},
        {"X-Signature": "v1=00"},
        {"X-Signature": ""},
        {"X-Provider": "other"},
        {"X-Provider": ""},
        {"stamp": str(int((MONDAY_0900 - 6 * MINUTE).timestamp()))},
        {"stamp": str(int((MONDAY_0900 + 6 * MINUTE).timestamp()))},
        {"stamp": "soon"},
    ],
)
def test_what_is_forged_or_overheard_is_refused(exchange, wrong):
    event = {"event": "e", "call": "c", "kind": "ended", "at": MONDAY_0900.isoformat()}
    assert exchange.post(json.dumps(event).encode(), **wrong).status_code == 403
    assert Call.objects.count() == 0


def test_without_a_key_nobody_is_believed(exchange, settings):
    settings.CALLS_SECRETS = {}
    assert exchange.tell("ringing", extension="8001").status_code == 403


def test_while_a_key_is_changed_both_are_right(exchange, settings):
    settings.CALLS_SECRETS = {"MAIN": ["n" * 32, "k" * 32]}
    assert exchange.tell("ringing").status_code == 201


@pytest.mark.parametrize("after", [-8 * 24 * 3600, -10 * 365 * 24 * 3600, 6 * 60])
def test_what_is_years_old_or_still_to_come_is_refused(exchange, after):
    answer = exchange.tell("ringing", after=after)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["at"])
    assert Call.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "expired"}, {"kind": "sung"}, {"at": "yesterday"}, {"call": ""}, {"call": "c" * 81}],
)
def test_what_has_not_the_shape_is_refused(exchange, wrong):
    assert exchange.tell(wrong.pop("kind", "ringing"), **wrong).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[1, 2]", b'"ringing"', b"\xff"])
def test_what_is_no_event_is_refused(exchange, body):
    assert exchange.post(body).status_code == 400


def test_a_list_of_one_event_is_that_event(exchange):
    event = {"event": "e", "call": "c", "kind": "ringing", "at": MONDAY_0900.isoformat()}
    assert exchange.post(json.dumps([event]).encode()).status_code == 201


def test_an_extension_of_nobody_is_kept_and_marked(exchange):
    answer = exchange.tell("ringing", extension="9999")
    assert answer.json()["unknown_extension"] is True
    assert Call.objects.get().rings.get().user is None


def test_who_sits_down_later_did_not_see_it_ring(exchange):
    exchange.tell("ringing", extension="8001")
    at_phone("8001", "wang")
    exchange.tell("answered", after=5, extension="8001")
    assert Call.objects.get().agent is None


def test_a_call_that_never_ends_is_ended_by_the_desk(exchange):
    exchange.ring("8001")
    assert taking.end_lost(MONDAY_0900 + 4 * HOUR) == 0
    assert taking.end_lost(MONDAY_0900 + 5 * HOUR) == 1
    assert taking.end_lost(MONDAY_0900 + 5 * HOUR) == 0
    call = Call.objects.get()
    assert (call.state, call.expired) == ("abandoned", True)


def test_an_end_that_is_told_later_is_believed(exchange, monday):
    exchange.ring("8001")
    exchange.tell("answered", after=5, extension="8001")
    taking.end_lost(MONDAY_0900 + 5 * HOUR)
    exchange.tell("ended", after=65)
    call = Call.objects.get()
    assert (call.state, call.expired, call.talk) == ("ended", False, 60)


def test_whoever_says_so_last_sits_at_an_extension():
    first, second = at_phone("8001", "wang"), staff("agent", name="li")
    taken_from = phones.sit_down(second, "8001", by=second, at=MONDAY_0900 + DAY)
    assert taken_from == first
    assert [row.user for row in AgentPhone.objects.all()] == [second]


def test_a_lead_says_it_for_others_and_an_agent_does_not():
    wang, lead = staff("agent", name="wang"), staff("lead")
    phones.sit_down(wang, "8001", by=lead, at=MONDAY_0900)
    with pytest.raises(NotAllowed):
        phones.sit_down(lead, "8001", by=wang, at=MONDAY_0900)
    assert phones.extension_of(wang) == "8001"


def test_an_extension_is_given_up_and_what_is_none_is_refused():
    wang = at_phone("8001", "wang")
    phones.sit_down(wang, "", by=wang, at=MONDAY_0900)
    assert phones.extension_of(wang) == ""
    with pytest.raises(Invalid):
        phones.sit_down(wang, "分机一", by=wang, at=MONDAY_0900)
