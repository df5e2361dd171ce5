"""What is in hand on the phone: applications with their jobs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY_0900, open_application, staff
from waterdesk.core import door

pytestmark = pytest.mark.django_db


def in_hand(of, number: int):
    lead = staff("lead", "east")
    case = open_application(address=f"城东区朝阳路 {number} 号")
    door.move(case.number, "assign", actor=lead, at=MONDAY_0900, changes={"handler": of.username})
    return case


def test_it_asks_no_more_for_more_applications():
    worker = staff("field", "east-1")
    client = Client()
    client.force_login(worker)
    counts = []
    for numbers in (range(1, 4), range(10, 25)):
        for number in numbers:
            in_hand(worker, number)
        client.get("/desk/jobs/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/jobs/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_next_job_of_each_can_be_finished_from_the_list():
    worker = staff("field", "east-1")
    case = in_hand(worker, 8)
    client = Client()
    client.force_login(worker)
    assert "查勘完成" in client.get("/desk/jobs/").content.decode()
    seen = type(case).objects.get(pk=case.pk).version
    client.post(f"/desk/jobs/{case.number}/moves/survey/", {"seen": seen})
    assert "装表完成" in client.get("/desk/jobs/").content.decode()
    assert case.jobs.get(code="survey").done_by == worker
