from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import receipts, sending, tasks
from notifications.claims import LONGEST_ASKED, PUT_BACK
from notifications.delivery import (
    FIRST_WAIT,
    LEASE,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    MESSAGES,
    deliver,
    requeue,
)
from notifications.models import Message, State, Text
from notifications.outbox import queue
from tests.notifications.conftest import MINUTE, NOW, PHONE, SECOND, notice
from tests.notifications.far_end import says

pytestmark = pytest.mark.django_db


def test_a_message_is_sent_with_its_id_as_key_and_our_token(queued, gateway):
    (message,) = queued()
    assert deliver(NOW) == 1
    (request,) = gateway.received
    assert request.body == {"to": PHONE, "text": "办件 A1"}
    assert (request.key, request.token) == (str(message.pk), "Bearer secret")
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (State.SENT, NOW)
    assert (message.carrier_id, message.attempts) == (f"carrier-{message.pk}", 1)


def test_nothing_due_is_one_statement_and_no_request(
    queued, gateway, django_assert_max_num_queries
):
    queued(at=NOW + MINUTE)
    with django_assert_max_num_queries(3):  # the claim, and the savepoint around it
        assert deliver(NOW) == 0
    assert gateway.received == []


@pytest.mark.parametrize("answer", [b"", b"OK", b"[1]", b'{"id": null}'])
def test_a_gateway_that_names_no_id_has_still_taken_the_message(queued, gateway, answer: bytes):
    (message,) = queued()
    gateway.answer = says(200, answer)
    deliver(NOW)
    message.refresh_from_db()
    assert (message.state, message.carrier_id) == (State.SENT, "")


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503, 302])
def test_a_temporary_failure_is_tried_again_later(queued, gateway, status: int):
    (message,) = queued()
    gateway.answer = says(status, "稍后".encode())
    assert deliver(NOW) == 1
    message.refresh_from_db()
    assert (message.state, message.next_try_at) == (State.QUEUED, NOW + FIRST_WAIT)
    assert (message.error, message.lease_until) == (f"HTTP {status} 稍后", None)
    gateway.answer = None
    assert deliver(NOW + FIRST_WAIT - SECOND) == 0
    assert deliver(NOW + FIRST_WAIT) == 1
    message.refresh_from_db()
    assert (message.state, message.error, message.attempts) == (State.SENT, "", 2)
    assert gateway.keys == [str(message.pk)] * 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_permanent_refusal_is_dead_and_says_why(queued, gateway, status: int):
    (message,) = queued()
    gateway.answer = says(status, b"bad number\x00")
    assert deliver(NOW) == 1
    message.refresh_from_db()
    assert (message.state, message.next_try_at) == (State.DEAD, None)
    assert message.error == f"HTTP {status} bad number "
    assert deliver(NOW + MINUTE) == 0


def test_waiting_grows_and_is_capped():
    waits = [MESSAGES.backoff(n) for n in range(1, MAX_ATTEMPTS)]
    assert waits[:3] == [FIRST_WAIT, 3 * FIRST_WAIT, 9 * FIRST_WAIT]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("120", timedelta(seconds=120)),
        ("3", FIRST_WAIT),
        ("999999999", LONGEST_ASKED),
        ("Mon, 02 Mar 2026 01:05:00 GMT", 5 * MINUTE),
        ("Sun, 01 Mar 2026 01:05:00 GMT", FIRST_WAIT),
        ("soon", FIRST_WAIT),
        ("-5", FIRST_WAIT),
    ],
)
def test_retry_after_is_honoured_within_reason(queued, gateway, asked: str, waits: timedelta):
    (message,) = queued()
    gateway.answer = says(503, Retry_After=asked)
    deliver(NOW)
    message.refresh_from_db()
    assert message.next_try_at == NOW + waits


def test_after_the_last_attempt_the_message_is_dead(queued, gateway):
    (message,) = queued()
    gateway.answer = says(500)
    Message.objects.update(attempts=MAX_ATTEMPTS - 2)
    deliver(NOW)
    message.refresh_from_db()
    assert message.state == State.QUEUED
    deliver(message.next_try_at)
    message.refresh_from_db()
    assert (message.state, message.error) == (State.DEAD, "HTTP 500")


def test_a_message_past_its_use_expires_unsent(queued, gateway):
    (message,) = queued(expires=NOW + 5 * MINUTE)
    assert deliver(NOW + 5 * MINUTE) == 1
    message.refresh_from_db()
    assert (message.state, message.next_try_at) == (State.EXPIRED, None)
    assert gateway.received == []


def test_a_failure_that_cannot_be_mended_in_time_expires_at_once(queued, gateway):
    (message,) = queued(expires=NOW + FIRST_WAIT)
    gateway.answer = says(500)
    deliver(NOW)
    message.refresh_from_db()
    assert (message.state, message.error) == (State.EXPIRED, "HTTP 500")


def test_what_loses_its_use_first_goes_first(text, gateway, monkeypatch):
    monkeypatch.setattr(sending, "THREADS", 1)
    text()
    text("urgent", ttl=5 * MINUTE, body="码")
    queue([notice(f"A{n}") for n in range(3)], NOW - MINUTE)
    queue([notice("code", key="urgent")], NOW)
    deliver(NOW)
    assert gateway.received[0].body["text"] == "码"


def test_a_killed_deliverers_message_is_sent_again_with_the_same_key(queued, gateway):
    (message,) = queued()
    gateway.answer = says(202)
    # What a kill -9 between the sending and the settling leaves behind.
    Message.objects.update(
        state=State.SENDING, attempts=1, lease_until=NOW + LEASE, next_try_at=NOW + LEASE
    )
    assert deliver(NOW + LEASE - SECOND) == 0
    assert deliver(NOW + LEASE) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 2)
    assert gateway.keys == [str(message.pk)]


def test_a_message_at_which_every_worker_died_is_given_up_without_another_try(queued, gateway):
    (message,) = queued()
    Message.objects.update(
        state=State.SENDING, attempts=MAX_ATTEMPTS, lease_until=NOW, next_try_at=NOW
    )
    assert deliver(NOW) == 1
    message.refresh_from_db()
    assert message.state == State.DEAD
    assert gateway.received == []


def test_one_batch_takes_no_more_than_its_limit(queued, gateway):
    queued(5)
    assert deliver(NOW, limit=3) == 3
    assert deliver(NOW, limit=3) == 2


def test_a_carrier_that_is_down_is_not_asked_about_every_message(queued, gateway):
    queued(60)
    gateway.answer = says(503)
    tried = deliver(NOW)
    assert sending.FAILURES_IN_A_ROW <= tried < 60
    untried = Message.objects.filter(attempts=0)
    assert untried.count() == 60 - tried
    assert set(untried.values_list("state", "next_try_at")) == {("queued", NOW + PUT_BACK)}
    gateway.answer = None
    assert deliver(NOW + PUT_BACK) == 60


def test_a_slow_carrier_does_not_make_the_others_wait_in_a_row(queued, gateway):
    queued(4)
    all_here = threading.Barrier(4)
    original = gateway.take

    def take(request):
        all_here.wait(5)  # breaks unless the four are under way at once
        return original(request)

    gateway.take = take
    deliver(NOW)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_what_is_not_sent_when_the_time_is_up_goes_back(queued, gateway, monkeypatch):
    queued(3)
    monkeypatch.setattr(sending.send_all, "__defaults__", (-1.0, lambda _row: None))
    assert deliver(NOW) == 0
    assert set(Message.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert gateway.received == []


def test_a_carrier_that_accepts_and_never_answers_is_a_temporary_failure(queued, settings, silent):
    (message,) = queued()
    settings.SMS_TRANSPORT, settings.SMS_URL = "http", f"http://127.0.0.1:{silent}/"
    settings.SMS_TIMEOUT = 0.2
    assert deliver(NOW) == 1
    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert message.error.startswith("ReadTimeout")


def test_a_transport_that_never_comes_back_is_given_up(queued, gateway, monkeypatch):
    (message,) = queued()
    gateway.slow = threading.Event()
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(sending.send_all, "__defaults__", (0.1, lambda _row: None))
    assert deliver(NOW) == 1
    message.refresh_from_db()
    assert (message.state, message.error) == (State.QUEUED, "no answer in time")


def test_a_transport_that_breaks_at_one_message_carries_the_others(queued, gateway, monkeypatch):
    first, *rest = queued(3)

    def broken(request):
        return (200, {}, b"") if request.key != str(first.pk) else 1 / 0

    gateway.answer = broken
    assert deliver(NOW) == 3
    assert Message.objects.filter(state=State.SENT).count() == len(rest)


def test_a_secret_text_does_not_outlive_its_sending(queued, gateway):
    Text.objects.create(key="told", channel="sms", body="码 {number}", secret=True)
    (message,) = queued()
    assert message.body == "码 A1"
    deliver(NOW)
    message.refresh_from_db()
    assert message.body == ""
    assert gateway.received[0].body["text"] == "码 A1"


def test_delivery_costs_the_same_statements_for_each_message(queued, gateway):
    costs = []
    for at, count in ((NOW, 2), (NOW + MINUTE, 20)):
        queue([notice(f"{at}{n}") for n in range(count)], at) if costs else queued(count)
        with CaptureQueriesContext(connection) as used:
            deliver(at)
        costs.append(len(used) - count)
    assert costs[0] == costs[1]


def test_the_task_goes_on_until_nothing_is_due(queued, gateway, monkeypatch, time_machine):
    time_machine.move_to(NOW, tick=True)
    monkeypatch.setattr(tasks, "BATCH", 2)
    monkeypatch.setattr(tasks.deliver, "__defaults__", (2,))
    queued(5)
    assert tasks.deliver_messages() == 5


def test_the_dead_get_another_day_when_staff_say_so(queued, gateway):
    (message,) = queued()
    gateway.answer = says(400)
    deliver(NOW)
    later = NOW + 600 * MINUTE
    assert requeue(Message.objects.all(), later) == 1
    gateway.answer = None
    assert deliver(later) == 1
    assert requeue(Message.objects.all(), later) == 0
    assert gateway.keys == [str(message.pk)] * 2


def test_the_console_writes_one_line(queued, settings, caplog):
    settings.SMS_TRANSPORT = "console"
    queued()
    with caplog.at_level("INFO", logger="notifications.transports.console"):
        deliver(NOW)
    assert [record.getMessage() for record in caplog.records] == ["短信 138****1234 办件 A1"]


class TestReceipts:
    @pytest.fixture
    def sent(self, queued, gateway) -> Message:
        (message,) = queued()
        deliver(NOW)
        message.refresh_from_db()
        return message

    def test_a_receipt_says_that_it_arrived(self, sent):
        assert receipts.record(sent.carrier_id, True, "", NOW + SECOND)
        sent.refresh_from_db()
        assert (sent.state, sent.sent_at) == (State.DELIVERED, NOW)

    def test_a_receipt_says_that_it_did_not(self, sent):
        assert receipts.record(sent.carrier_id, False, "停机", NOW)
        sent.refresh_from_db()
        assert (sent.state, sent.error) == (State.DEAD, "停机")

    @pytest.mark.parametrize("repeated", [(False, "late"), (True, "")])
    def test_what_has_arrived_stays_arrived(self, sent, repeated: tuple[bool, str]):
        assert receipts.record(sent.carrier_id, True, "", NOW)
        assert receipts.record(sent.carrier_id, *repeated, NOW + MINUTE)
        sent.refresh_from_db()
        assert (sent.state, sent.sent_at, sent.error) == (State.DELIVERED, NOW, "")

    def test_an_unknown_id_is_not_known(self, sent):
        assert not receipts.record("nobody", True, "", NOW)
