"""Results over a real socket: signed, once, in order, until they arrive or are given up."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from notifications import sending, tasks
from notifications.claims import PUT_BACK
from notifications.results import outbox
from notifications.results.delivery import (
    FIRST_WAIT,
    LEASE,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    MAX_REFUSALS,
    RESULTS,
    deliver,
    replay,
)
from notifications.results.models import Delivery, State, Subscriber
from notifications.results.signing import signature
from tests.notifications.conftest import MINUTE, NOW, SECOND
from tests.notifications.far_end import refused_port, says
from tests.notifications.results_desk import LOOPBACK, SECRET, queued, result, subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(gateway, settings):
    settings.RESULTS_NETWORKS = [LOOPBACK]
    settings.RESULTS_SECRETS = {"BILLING": [SECRET]}
    settings.RESULTS_TIMEOUT = 5
    return gateway


def standing(row: Delivery) -> tuple:
    row.refresh_from_db()
    return (row.state, row.attempts, row.next_try_at)


def test_a_result_arrives_once_with_the_right_signature(receiver):
    subscriber(receiver)
    (row,) = queued()
    assert deliver(NOW) == 1
    (request,) = receiver.received
    stamp = str(int(NOW.timestamp()))
    assert request.raw == row.body.encode()
    assert request.headers["Waterdesk-Signature"] == f"v1={signature(SECRET, stamp, request.raw)}"
    assert request.headers["Waterdesk-Timestamp"] == stamp
    assert request.headers["Waterdesk-Topic"] == "account.open"
    assert (request.key, request.headers["Waterdesk-Replay"]) == (str(row.pk), "0")
    assert request.body["data"] == {"meter_number": "M1", "name": "张三"}
    assert (request.body["case"], request.body["version"]) == ("B1", 1)
    assert deliver(NOW + 600 * MINUTE) == 0
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts) == (State.SENT, NOW, 1)


def test_while_a_secret_changes_both_sign(receiver, settings):
    settings.RESULTS_SECRETS = {"BILLING": ["n" * 32, SECRET]}
    subscriber(receiver)
    queued()
    deliver(NOW)
    (request,) = receiver.received
    signed = request.headers["Waterdesk-Signature"].split(",")
    stamp = request.headers["Waterdesk-Timestamp"]
    assert signed == [f"v1={signature(key, stamp, request.raw)}" for key in ("n" * 32, SECRET)]


def test_who_does_not_subscribe_to_the_topic_hears_nothing(receiver):
    subscriber(receiver, topics=["meter.installed"])
    assert queued() == []


def test_each_subscriber_has_a_delivery_of_its_own(receiver):
    subscriber(receiver)
    subscriber(receiver, "gis")
    queued()
    assert deliver(NOW) == 2
    assert len(set(receiver.keys)) == 2


def test_queueing_the_same_again_queues_nothing(receiver):
    subscriber(receiver)
    queued()
    assert len(queued(at=NOW + MINUTE)) == 1


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_a_receiver_in_trouble_is_tried_again_later(receiver, status):
    subscriber(receiver)
    (row,) = queued()
    receiver.answer = says(status, b"later")
    deliver(NOW)
    assert standing(row) == (State.WAITING, 1, NOW + FIRST_WAIT)
    assert row.answer == f"HTTP {status} later"
    receiver.answer = None
    assert deliver(NOW + FIRST_WAIT - SECOND) == 0
    assert deliver(NOW + FIRST_WAIT) == 1
    assert standing(row) == (State.SENT, 2, None)
    assert receiver.keys == [str(row.pk)] * 2
    assert len({request.raw for request in receiver.received}) == 1


def test_a_receiver_that_is_down_gets_it_once_it_is_up(receiver):
    to = subscriber(receiver, url=f"http://127.0.0.1:{refused_port()}/")
    (row,) = queued()
    deliver(NOW)
    assert standing(row) == (State.WAITING, 1, NOW + FIRST_WAIT)
    assert row.answer.startswith("ConnectError")
    Subscriber.objects.filter(pk=to.pk).update(url=receiver.url)
    deliver(NOW + FIRST_WAIT)
    assert standing(row) == (State.SENT, 2, None)


def test_a_receiver_that_never_answers_is_tried_again(receiver, settings, silent):
    settings.RESULTS_TIMEOUT = 0.2
    subscriber(receiver, url=f"http://127.0.0.1:{silent}/")
    (row,) = queued()
    deliver(NOW)
    assert standing(row) == (State.WAITING, 1, NOW + FIRST_WAIT)
    assert row.answer.startswith("ReadTimeout")


def test_waiting_grows_to_hours_and_lasts_for_days():
    waits = [RESULTS.backoff(n) for n in range(1, MAX_ATTEMPTS)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (FIRST_WAIT, LONGEST_WAIT)
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=5)


def test_after_the_last_try_it_is_dead_and_says_why(receiver):
    subscriber(receiver)
    (row,) = queued()
    receiver.answer = says(500)
    Delivery.objects.update(attempts=MAX_ATTEMPTS - 1)
    deliver(NOW)
    assert standing(row) == (State.DEAD, MAX_ATTEMPTS, None)
    assert row.answer == "HTTP 500"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 422])
def test_a_refusal_is_dead_after_a_few_tries_and_no_redirect_is_followed(receiver, status):
    subscriber(receiver)
    (row,) = queued()
    receiver.answer = says(status, Location=receiver.url)
    for _ in range(MAX_REFUSALS):
        row.refresh_from_db()
        deliver(row.next_try_at)
    assert standing(row) == (State.DEAD, MAX_REFUSALS, None)
    assert len(receiver.received) == MAX_REFUSALS


def test_trouble_between_refusals_starts_their_count_anew(receiver):
    subscriber(receiver)
    (row,) = queued()
    for status in (400, 400, 500, 400, 400):
        receiver.answer = says(status)
        row.refresh_from_db()
        deliver(row.next_try_at)
    row.refresh_from_db()
    assert (row.state, row.refusals) == (State.WAITING, 2)


def test_a_long_answer_is_cut(receiver):
    subscriber(receiver)
    (row,) = queued()
    receiver.answer = says(500, b"x" * 1_000_000)
    deliver(NOW)
    row.refresh_from_db()
    assert len(row.answer) == 200


def test_who_is_gone_is_switched_off_and_what_he_should_have_is_held(receiver):
    to = subscriber(receiver)
    first, second = queued(result(), result("B2"))
    receiver.answer = says(410, b"bye")
    deliver(NOW)
    to.refresh_from_db()
    assert (to.active, to.gone_at) == (False, NOW)
    assert standing(first)[0] == standing(second)[0] == State.HELD
    (*_, third) = queued(result("B3"))
    assert third.state == State.HELD
    assert deliver(NOW + MINUTE) == 0

    receiver.answer = None
    Subscriber.objects.update(active=True, gone_at=None)
    assert deliver(NOW + 2 * MINUTE) == 3
    assert set(receiver.keys[-3:]) == {str(row.pk) for row in (first, second, third)}
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_what_waits_for_who_is_switched_off_by_hand_is_held(receiver):
    subscriber(receiver)
    (row,) = queued()
    Subscriber.objects.update(active=False)
    deliver(NOW)
    assert standing(row) == (State.HELD, 0, None)
    assert receiver.received == []


def test_the_results_of_one_case_arrive_one_after_the_other(receiver):
    subscriber(receiver)
    first, second, other = queued(result(version=1), result(version=2), result("B2"))
    receiver.answer = lambda request: (503 if request.key == str(first.pk) else 200, {}, b"")
    deliver(NOW)
    assert [standing(row)[0] for row in (first, second, other)] == ["waiting", "waiting", "sent"]
    assert deliver(NOW + SECOND) == 0
    receiver.answer = None
    deliver(NOW + FIRST_WAIT)
    deliver(NOW + FIRST_WAIT)
    assert receiver.keys[-2:] == [str(first.pk), str(second.pk)]


def test_one_that_is_dead_keeps_no_other_back(receiver):
    subscriber(receiver)
    first, second = queued(result(version=1), result(version=2))
    Delivery.objects.filter(pk=first.pk).update(state="dead", next_try_at=None, answer="HTTP 400")
    deliver(NOW)
    assert receiver.keys == [str(second.pk)]


def test_a_receiver_that_is_down_keeps_no_other_waiting(receiver):
    subscriber(receiver, "down", url=f"http://127.0.0.1:{refused_port()}/")
    subscriber(receiver)
    queued(*(result(f"B{n}") for n in range(40)))
    deliver(NOW)
    assert Delivery.objects.filter(state=State.SENT, subscriber__code="billing").count() == 40
    of_down = Delivery.objects.filter(subscriber__code="down", state=State.WAITING)
    assert of_down.filter(attempts=0, next_try_at=NOW + PUT_BACK).exists()


def test_a_replay_sends_the_same_body_under_the_same_id(receiver):
    subscriber(receiver)
    (row,) = queued()
    deliver(NOW)
    assert replay(Delivery.objects.all(), NOW + MINUTE) == 1
    assert replay(Delivery.objects.all(), NOW + MINUTE) == 0
    deliver(NOW + MINUTE)
    first, second = receiver.received
    assert (first.raw, first.key) == (second.raw, second.key)
    assert second.headers["Waterdesk-Replay"] == "1"
    assert first.headers["Waterdesk-Signature"] != second.headers["Waterdesk-Signature"]
    assert standing(row) == (State.SENT, 1, None)


def test_a_secret_that_is_not_set_is_waited_for(receiver, settings):
    settings.RESULTS_SECRETS = {}
    subscriber(receiver)
    (row,) = queued()
    deliver(NOW)
    assert standing(row) == (State.WAITING, 1, NOW + FIRST_WAIT)
    assert row.answer == "RESULTS_SECRET_BILLING is not set"


def test_a_row_at_which_every_worker_died_is_given_up(receiver):
    subscriber(receiver)
    (row,) = queued()
    Delivery.objects.update(attempts=MAX_ATTEMPTS)
    deliver(NOW)
    assert standing(row)[0] == State.DEAD
    assert receiver.received == []


def test_a_killed_workers_lease_runs_out_and_it_is_sent_again(receiver):
    subscriber(receiver)
    (row,) = queued()
    until = NOW + LEASE
    Delivery.objects.update(state="sending", attempts=1, lease_until=until, next_try_at=until)
    assert deliver(until - SECOND) == 0
    assert deliver(until) == 1
    assert standing(row) == (State.SENT, 2, None)


def test_a_slow_receiver_is_given_up_in_time(receiver, monkeypatch):
    subscriber(receiver)
    (row,) = queued()
    receiver.slow = threading.Event()
    monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(sending.send_all, "__defaults__", (0.1, lambda _row: None))
    deliver(NOW)
    row.refresh_from_db()
    assert (row.state, row.answer) == (State.WAITING, "no answer in time")


def test_the_task_goes_on_until_nothing_is_due(receiver, time_machine):
    time_machine.move_to(NOW, tick=True)
    subscriber(receiver)
    queued(*(result(version=n) for n in range(1, 5)))
    assert tasks.deliver_results() == 4
    assert [request.body["version"] for request in receiver.received] == [1, 2, 3, 4]


def test_a_body_is_one_line_of_json_with_its_keys_in_order():
    body = outbox.body_of("k", result())
    assert body.startswith('{"at":"2026-03-02T01:00:00+00:00","case":"B1","data":{')
    assert (list(json.loads(body)), "\n" in body) == (sorted(json.loads(body)), False)
