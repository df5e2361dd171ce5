"""What is in hand on the phone: applications with their jobs."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import ServiceRow
from tests.factories import MONDAY_0900, open_application, staff
from waterdesk.core import door, policy
from waterdesk.core.models import Utility

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


def together(code="new-connection"):
    """From now on two jobs of a new connection may begin at the same time."""
    row = ServiceRow.objects.get(code=code)
    said = json.loads(row.text)
    said["jobs"].append(
        {"code": "mark-out", "name": "管位放线", "step": "water", "needs": [], "team": "field"}
    )
    row.text = json.dumps(said, ensure_ascii=False)
    row.save()
    Utility.touch()
    policy.forget()


def test_all_that_may_begin_stands_on_the_list_and_not_only_the_first():
    together()
    worker = staff("field", "east-1")
    case = in_hand(worker, 8)
    client = Client()
    client.force_login(worker)
    page = client.get("/desk/jobs/").content.decode()
    assert "查勘完成" in page
    assert "完成“管位放线”" in page
    seen = type(case).objects.get(pk=case.pk).version
    client.post(f"/desk/jobs/{case.number}/moves/job-mark-out/", {"seen": seen})
    assert case.jobs.get(code="mark-out").done_by == worker
    page = client.get("/desk/jobs/").content.decode()
    assert "查勘完成" in page
    assert "/moves/job-mark-out/" not in page
