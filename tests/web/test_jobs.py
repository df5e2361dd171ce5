"""The jobs in one person's hands: in order of what is due, with one button each."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_application, staff
from tests.web.desk import HOUR, MINUTE, NOW, as_role, client_of, dispatched, seen_in, text_of
from waterdesk.core import door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

JOBS = "/desk/jobs/"


@pytest.fixture
def worker():
    return staff("field", "east-1", name="wang")


def numbers(response):
    return [job.line.case.number for job in response.context["jobs"]]


def test_jobs_stand_in_order_of_what_is_due(worker):
    late = dispatched(worker, at=NOW - 2 * HOUR)
    fresh = dispatched(worker, at=NOW - 20 * MINUTE)
    soon = dispatched(worker, at=NOW - 40 * MINUTE)
    dispatched(staff("field", "east-1", name="other"))
    assert numbers(client_of(worker).get(JOBS)) == [late.number, soon.number, fresh.number]


def test_a_job_shows_where_to_go_whom_to_ring_and_the_one_next_move(worker):
    dispatched(worker)
    response = client_of(worker).get(JOBS)
    page = response.content.decode()
    assert "城东区朝阳路 9 号" in page
    assert 'href="tel:13987654321"' in page
    assert response.context["jobs"][0].next.move.action == "arrive"


def test_one_tap_arrives_and_the_list_comes_back(worker):
    ticket = dispatched(worker)
    client = client_of(worker)
    seen = seen_in(client.get(JOBS), "arrive")
    response = client.post(f"{JOBS}{ticket.number}/moves/arrive/", {"seen": seen})
    assert response.status_code == 302
    assert response.url.startswith(JOBS)
    assert client.get(JOBS).context["jobs"][0].next.move.action == "contain"


def test_what_must_be_filled_in_is_asked_in_place_and_kept_when_refused(worker):
    ticket = dispatched(worker)
    client = client_of(worker)
    for action in ("arrive", "contain"):
        seen = seen_in(client.get(JOBS), action)
        client.post(f"{JOBS}{ticket.number}/moves/{action}/", {"seen": seen})
    seen = seen_in(client.get(JOBS), "finish")
    response = client.post(
        f"{JOBS}{ticket.number}/moves/finish/", {"seen": seen, "result": "", "note": "换了阀门"}
    )
    assert response.status_code == 400
    assert response.context["jobs"][0].next.open
    assert "换了阀门" in response.content.decode()


def test_the_second_tap_of_two_is_refused_and_the_list_shows_how_it_stands(worker):
    ticket = dispatched(worker)
    client = client_of(worker)
    seen = seen_in(client.get(JOBS), "arrive")
    client.post(f"{JOBS}{ticket.number}/moves/arrive/", {"seen": seen})
    response = client.post(f"{JOBS}{ticket.number}/moves/arrive/", {"seen": seen})
    assert response.status_code == 409
    assert "办件已被他人更新" in text_of(response)
    assert response.context["jobs"][0].next.move.action == "contain"


def test_paused_jobs_stay_on_the_list(worker):
    case = open_application(at=NOW - HOUR)
    lead = staff("lead")
    handler = {"handler": worker.username}
    door.move(case.number, "assign", actor=lead, at=NOW - HOUR, changes=handler)
    reason = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=lead, at=NOW - 30 * MINUTE, changes=reason)
    response = client_of(worker).get(JOBS)
    assert numbers(response) == [case.number]
    assert "停表" in text_of(response)
    assert response.context["jobs"][0].next.move.action == "resume"


def test_what_is_closed_or_out_of_sight_is_not_a_job(worker):
    ticket = dispatched(worker)
    changes = {"reason": "duplicate"}
    door.move(ticket.number, "cancel", actor=staff("lead"), at=NOW, changes=changes)
    assert numbers(client_of(worker).get(JOBS)) == []


def test_a_lead_looks_at_the_jobs_of_the_own_people_only(worker):
    ticket = dispatched(worker)
    assert numbers(as_role("lead", "east").get(JOBS, {"who": "wang"})) == [ticket.number]
    assert as_role("lead", "west").get(JOBS, {"who": "wang"}).status_code == 404
    assert as_role("lead").get(JOBS, {"who": "nobody"}).status_code == 404


def test_a_field_worker_looks_at_nobody_elses_jobs(worker):
    dispatched(worker)
    other = staff("field", "east-1", name="other")
    assert client_of(other).get(JOBS, {"who": "wang"}).status_code == 404


def test_the_list_asks_the_same_number_of_questions_for_5_jobs_and_for_50(worker):
    client = client_of(worker)
    counts = []
    for jobs in (5, 45):
        for place in range(jobs):
            dispatched(worker, phone=f"139{jobs:04d}{place:04d}")
        client.get(JOBS)
        with CaptureQueriesContext(connection) as queries:
            client.get(JOBS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_only_waits_for_a_call_back_is_no_longer_a_job(worker):
    ticket = dispatched(worker)
    for action, changes in (("arrive", {}), ("contain", {}), ("finish", {"result": "已修复"})):
        door.move(ticket.number, action, actor=worker, at=NOW, changes=changes)
    assert numbers(client_of(worker).get(JOBS)) == []
