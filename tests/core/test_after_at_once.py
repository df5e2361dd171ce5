"""Two at once: one customer is called by one agent, and complains of one case once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import HOUR, MONDAY_0900, staff
from tests.finished import finished
from tickets.models import Ticket
from waterdesk.core import door
from waterdesk.core.errors import Conflict
from waterdesk.core.models.after import Aftercare

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

LATER = MONDAY_0900 + 4 * HOUR


def at_once(*jobs):
    """Run the jobs in threads that begin together; what each returned or how it was refused."""
    ready = Barrier(len(jobs))

    def run(job):
        try:
            ready.wait()
            return job()
        except Conflict as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_of_two_agents_one_has_the_call():
    case = finished()
    agents = [staff("agent", name=f"agent{n}") for n in range(2)]

    def take(agent):
        return lambda: door.move(case.number, "take_call", actor=agent, at=LATER)

    outcomes = at_once(*map(take, agents))
    assert [isinstance(each, Conflict) for each in outcomes].count(True) == 1
    assert Aftercare.objects.get(case_id=case.pk).taken_by in agents
    assert case.events.filter(action="take_call").count() == 1


def test_two_bad_answers_at_once_are_one_complaint():
    case = finished()

    def rate(value):
        changes = {"value": value, "by": "link"}
        return lambda: door.move(case.number, "rated", actor=None, at=LATER, changes=changes)

    at_once(rate(1), rate(2), rate(1))
    assert case.events.filter(action="rated").count() == 3
    assert Ticket.objects.filter(category="complaint", phone=case.phone).count() == 1
