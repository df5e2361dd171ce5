"""Results with real commits: two workers at once, a killed one, locks, a cause that is undone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from notifications.results import outbox
from notifications.results.delivery import LEASE, deliver
from notifications.results.models import Delivery, State
from tests.notifications.conftest import NOW, SECOND
from tests.notifications.processes import start
from tests.notifications.results_desk import LOOPBACK, SECRET, queued, result, subscriber
from tests.notifications.test_faults import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DELIVER = """
from notifications.results.delivery import deliver
deliver(datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture
def receiver(gateway, settings):
    settings.RESULTS_NETWORKS = [LOOPBACK]
    settings.RESULTS_SECRETS = {"BILLING": [SECRET]}
    return gateway


def test_two_workers_at_once_send_each_result_once(receiver):
    subscriber(receiver)
    rows = queued(*(result(f"B{n}") for n in range(60)))
    together = threading.Barrier(2)
    claimed: list[int] = []

    def work() -> None:
        together.wait(10)
        claimed.extend(deliver(NOW, limit=10) for _ in range(6))

    in_threads(2, work)
    assert sum(claimed) == 60
    assert sorted(receiver.keys) == sorted(str(row.pk) for row in rows)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_two_workers_at_once_keep_the_order_of_a_case(receiver):
    subscriber(receiver)
    queued(*(result(version=n) for n in range(1, 13)))
    together = threading.Barrier(2)

    def work() -> None:
        together.wait(10)
        for _ in range(30):
            deliver(NOW, limit=5)

    in_threads(2, work)
    assert [request.body["version"] for request in receiver.received] == list(range(1, 13))


def test_a_worker_killed_while_the_receiver_thinks_loses_nothing(receiver):
    subscriber(receiver)
    (row,) = queued()
    receiver.slow = threading.Event()
    settings = {"RESULTS_NETWORKS": LOOPBACK, "RESULTS_SECRET_BILLING": SECRET}
    worker = start(DELIVER, NOW.isoformat(), RESULTS_TIMEOUT="20", **settings)
    assert receiver.came.wait(20)
    worker.kill()
    worker.communicate()
    receiver.slow.set()
    receiver.slow = None
    row.refresh_from_db()
    assert row.state == State.SENDING

    assert deliver(NOW + LEASE - SECOND) == 0
    assert deliver(NOW + LEASE) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.SENT, 2)
    # The receiver knows it by its id.
    assert set(receiver.keys) == set(receiver.taken) == {str(row.pk)}


def test_no_lock_is_held_while_the_receiver_thinks(receiver):
    subscriber(receiver)
    (row,) = queued()
    receiver.slow = threading.Event()
    worker = threading.Thread(target=in_threads, args=(1, lambda: deliver(NOW)))
    worker.start()
    assert receiver.came.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'")
        Delivery.objects.filter(pk=row.pk).update(replays=7)
    receiver.slow.set()
    worker.join(10)
    row.refresh_from_db()
    assert (row.state, row.replays) == (State.SENT, 7)


def test_what_is_undone_is_told_to_nobody(receiver):
    subscriber(receiver)
    with transaction.atomic():
        outbox.queue([result()], NOW)
        transaction.set_rollback(True)
    assert deliver(NOW) == 0
    assert receiver.received == []
