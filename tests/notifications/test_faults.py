"""Killed workers, two at once, brokers that refuse or keep silent: with real commits."""

from __future__ import annotations

import os
import threading
import time

import pytest
import redis
from django.db import connection, transaction

from notifications import receipts
from notifications.delivery import LEASE, deliver
from notifications.models import Message, State
from notifications.outbox import queue
from tests.notifications.conftest import NOW, SECOND, notice
from tests.notifications.far_end import refused_port
from tests.notifications.processes import output, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DELIVER = """
from notifications.delivery import deliver
deliver(datetime.fromisoformat(sys.argv[1]))
"""
# Twenty requests that queue a message and commit: seconds of the middle one and of the longest.
QUEUE = """
from django.db import transaction
from notifications import nudge
from notifications.outbox import Notice, queue
now, times = datetime.fromisoformat(sys.argv[1]), []
for n in range(21):
    began = time.perf_counter()
    with transaction.atomic():
        queue([Notice("told", f"{os.getpid()}-{n}", None, "13800001234")], now)
    times.append(time.perf_counter() - began)
    time.sleep(0.05)
assert nudge._thread.is_alive()
times = sorted(times[1:])  # the first one connects to the database
print(times[10], times[-1])
"""


def in_threads(count: int, work) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_two_deliverers_at_once_send_each_message_once(queued, gateway):
    messages = queued(80)
    together = threading.Barrier(2)
    sent: list[int] = []

    def work() -> None:
        together.wait(10)
        sent.extend(deliver(NOW, limit=10) for _ in range(8))

    in_threads(2, work)
    assert (sum(sent), list(Message.objects.exclude(error="").values_list("error"))) == (80, [])
    assert sorted(gateway.keys) == sorted(str(message.pk) for message in messages)
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_many_at_once_queue_each_message_once(text):
    text()
    together = threading.Barrier(4)
    made: list[int] = []

    def work() -> None:
        together.wait(10)
        made.append(queue([notice(f"A{n}") for n in range(200)], NOW))

    in_threads(4, work)
    assert (len(made), sum(made)) == (4, 200)


def wait_until_somebody_is_blocked() -> None:
    with connection.cursor() as cursor:
        ends = time.monotonic() + 10
        blocked = 0
        while not blocked and time.monotonic() < ends:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (blocked,) = cursor.fetchone()


def test_two_that_name_the_same_messages_in_different_order_do_not_deadlock(text):
    text()
    made: list[int] = []
    backwards = [notice("A9"), notice("A5")]
    other = threading.Thread(
        target=in_threads, args=(1, lambda: made.append(queue(backwards, NOW)))
    )
    with transaction.atomic():
        queue([notice("A5")], NOW)
        other.start()
        wait_until_somebody_is_blocked()
        queue([notice("A9")], NOW)
    other.join(10)
    assert made == [0]


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing(queued, gateway):
    messages = queued(3)
    gateway.slow = threading.Event()
    worker = start(
        DELIVER, NOW.isoformat(), SMS_TRANSPORT="http", SMS_URL=gateway.url, SMS_TIMEOUT="20"
    )
    assert gateway.came.wait(20)
    worker.kill()
    worker.communicate()
    # The carrier took what the worker never heard of.
    gateway.slow.set()
    gateway.slow = None
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENDING}

    assert deliver(NOW + LEASE - SECOND) == 0
    assert deliver(NOW + LEASE) == 3
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 2)}
    assert set(gateway.keys) == set(gateway.taken) == {str(message.pk) for message in messages}


def test_no_lock_is_held_while_the_carrier_thinks(queued, gateway):
    (message,) = queued()
    gateway.slow = threading.Event()
    worker = threading.Thread(target=in_threads, args=(1, lambda: deliver(NOW)))
    worker.start()
    assert gateway.came.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'")
        Message.objects.filter(pk=message.pk).update(subject="touched")
    gateway.slow.set()
    worker.join(10)
    message.refresh_from_db()
    assert (message.state, message.subject) == (State.SENT, "touched")


def test_who_lost_the_lease_does_not_overwrite_the_one_who_has_it(queued, gateway):
    (message,) = queued()

    def claimed_by_another(_request) -> tuple[int, dict[str, str], bytes]:
        later = NOW + LEASE + LEASE
        Message.objects.update(lease_until=later, next_try_at=later, attempts=2)
        connection.close()
        return 400, {}, b"too late to say"

    gateway.answer = claimed_by_another
    deliver(NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENDING, 2)


def test_a_receipt_that_overtakes_the_settling_counts(queued, gateway):
    (message,) = queued()

    def receipt_first(request) -> tuple[int, dict[str, str], bytes]:
        assert receipts.record(request.key, True, "", NOW)
        connection.close()
        return 202, {}, b'{"id": "late"}'

    gateway.answer = receipt_first
    deliver(NOW)
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (State.DELIVERED, NOW)


def test_a_broker_that_refuses_delays_no_request(text):
    text()
    broker = f"redis://127.0.0.1:{refused_port()}/0"
    said = output(start(QUEUE, NOW.isoformat(), REDIS_URL=broker))
    usual, longest = map(float, said.split())
    # Publishing to it takes half a second at least. Generous, for a machine under load.
    assert (usual < 0.2, longest < 2) == (True, True), said
    assert Message.objects.filter(state=State.QUEUED).count() == 21


def test_a_broker_that_accepts_and_never_answers_delays_no_request(text, silent):
    text()
    broker = f"redis://127.0.0.1:{silent}/0"
    said = output(start(QUEUE, NOW.isoformat(), REDIS_URL=broker))
    usual, longest = map(float, said.split())
    # Publishing to it takes five seconds, the socket's timeout.
    assert (usual < 0.2, longest < 2) == (True, True), said
    assert Message.objects.filter(state=State.QUEUED).count() == 21


@pytest.fixture
def inbasket():
    """A queue of its own on the real broker: its name, and how many tasks lie in it."""
    name = f"nudged-{os.getpid()}"
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    yield name, lambda: broker.llen(name)
    broker.delete(name)
    broker.close()


def test_a_thousand_nudges_in_a_second_reach_the_worker_as_a_few(inbasket):
    name, waiting = inbasket
    code = """
    from notifications import nudge
    nudge.deliver_messages.app.conf.task_default_queue = sys.argv[1]
    for n in range(1000):
        nudge.nudge()
        time.sleep(0.001)
    time.sleep(2.5)
    """
    output(start(code, name))
    assert 1 <= waiting() <= 8


def test_a_forked_process_nudges_for_itself(inbasket):
    name, waiting = inbasket
    code = """
    import redis
    from notifications import nudge
    nudge.deliver_messages.app.conf.task_default_queue = sys.argv[1]

    def nudge_until(count):
        broker = redis.Redis.from_url(os.environ["REDIS_URL"])
        nudge.nudge()
        ends = time.monotonic() + 15
        while broker.llen(sys.argv[1]) < count and time.monotonic() < ends:
            time.sleep(0.02)

    nudge_until(1)
    nudge._starting.acquire()  # as it may be at the worst moment
    os.fork() or (nudge_until(2), os._exit(0))
    os.wait()
    """
    output(start(code, name))
    assert waiting() == 2
