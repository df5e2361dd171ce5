"""Workers that ask at once, cases that end meanwhile, and no transaction around any of it."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, transaction

from applications.models import FactsDue
from applications.sources.asking import ask_all
from applications.sources.fetching import fetch_next
from applications.sources.wanted import Applicant
from tests.applications.sources.far_end import RIGHT
from tests.factories import MINUTE, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.record import verify

pytestmark = [pytest.mark.usefixtures("committed", "fresh_cache"), pytest.mark.slow]

LATER_ON = MONDAY_0900 + MINUTE
# Who has begun a transaction in this database and waits for something else than the database.
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%%'
"""


def in_threads(count, work):
    def run():
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def besides(sources, path, work):
    """While this source is asked, `work` happens on a connection of its own; then it answers."""

    def answer(asked):
        in_threads(1, work)
        return 200, json.dumps(RIGHT[path](asked.body)).encode()

    sources.answers[path] = answer


def came(case):
    return case.events.filter(action="facts_came").count()


def test_of_many_workers_one_asks_about_an_application(sources):
    case = open_application()
    in_threads(6, lambda: fetch_next(LATER_ON))
    assert len(sources.asked) == 3
    assert came(case) == 1


def test_many_workers_fetch_each_application_once(sources):
    cases = [
        open_application(phone=f"1381234{n:04d}", address=f"城东区朝阳路 {n} 号") for n in range(6)
    ]
    in_threads(4, lambda: [fetch_next(LATER_ON) for _ in range(3)])
    assert [came(case) for case in cases] == [1] * 6
    assert [list(verify(case.events)) for case in cases] == [[]] * 6


def test_two_who_ask_about_the_same_one_bring_it_in_once(sources):
    """As when a lease ran out while its worker lived."""
    case = open_application()

    def the_other_one():
        sources.answers.clear()
        FactsDue.objects.update(next_at=LATER_ON)
        fetch_next(LATER_ON)

    besides(sources, "/identity", the_other_one)
    fetch_next(LATER_ON)
    assert len(sources.asked_at("/identity")) == 2
    assert came(case) == 1
    assert case.fetched.count() == 3
    assert list(verify(case.events)) == []


def test_while_a_source_is_asked_no_transaction_is_open(sources):
    open_application()
    open_ones = []

    def look():
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            open_ones.append(cursor.fetchone()[0])

    besides(sources, "/identity", look)
    fetch_next(LATER_ON)
    assert open_ones == [0]


def test_while_a_source_is_asked_anybody_may_change_the_case(sources):
    case, lead = open_application(), staff("lead")

    def cancel():
        door.move(case.number, "cancel", actor=lead, at=LATER_ON)

    besides(sources, "/identity", cancel)
    assert fetch_next(LATER_ON)
    case.refresh_from_db()
    assert case.status == "cancelled"
    assert (came(case), case.fetched.count()) == (0, 0)


def test_inside_a_transaction_nobody_is_asked(sources):
    open_application()
    zhang = Applicant("person", "new-connection", "张三", "13812345678")
    with pytest.raises(RuntimeError), transaction.atomic():
        ask_all(zhang, ["identity"], LATER_ON)
    with pytest.raises(RuntimeError), transaction.atomic():
        fetch_next(LATER_ON)
    assert sources.asked == []
