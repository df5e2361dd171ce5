"""Every service of the seeds, from its application to its result."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.catalogue import held
from applications.catalogue.definition import Question
from applications.catalogue.reading import parse
from applications.models import Application, Job, ServiceRow
from tests.factories import HOUR, MONDAY_0900, application_facts, open_application, staff
from waterdesk.core import door, policy
from waterdesk.core.flow import allowed, flow_of, steps_of
from waterdesk.core.models import Utility

pytestmark = pytest.mark.django_db
FILES = sorted((Path(settings.BASE_DIR) / "seeds" / "services").glob("*.json"))
CODES = [file.stem for file in FILES]
ANSWERS = {
    "text": "写明", "lines": "写明", "number": 5, "flag": True,
    "account": "100200300", "mobile": "13712345678", "identity": "11010519491231002X",
}  # fmt: skip
DETAILS = {"text": "写明", "decimal": "1", "flag": True, "number": 1}


def answer(question: Question, given: dict) -> object:
    allowed_here = question.allowed(given)
    least = question.least if question.kind == "number" else None
    known = ANSWERS | {"date": soon()}
    return allowed_here[0][0] if allowed_here else (least or known[question.kind])


def soon() -> str:
    """Answers are checked by the day on which they are given."""
    return (timezone.localdate() + timedelta(days=14)).isoformat()


def answers(service) -> dict:
    given: dict = {"applicant_kind": service.applicants[0]}
    for question in service.own:
        given |= {question.code: answer(question, given)} if question.asked(given) else {}
    return {
        question.code: given[question.code] for question in service.own if question.code in given
    }


def open_service(code: str, **over) -> Application:
    service = held.service(code)
    facts = application_facts(
        applicant_kind=service.applicants[0], account="100200300", answers=answers(service), **over
    )
    from applications import intake

    draft = intake.draft(facts, by=None, channel="web", service=code)
    return door.open_case(draft, actor=None, at=MONDAY_0900)


def work(case: Application) -> Application:
    """Do whatever can be done, one job after the other, until nothing is left before the result."""
    clerk = staff("admin", "company")
    for turn in range(20):
        case = Application.objects.get(pk=case.pk)
        ready = [m for m in allowed(clerk, case, MONDAY_0900) if m.tone == "primary"]
        todo = [m for m in ready if m.action not in ("assign", "confirm", "correct", "resume")]
        for move in todo[:1]:
            changes = {
                f.name: f.choices[0][0] if f.choices else DETAILS[f.kind]
                for f in move.fields
                if f.required
            }
            door.move(
                case.number, move.action, actor=clerk, at=MONDAY_0900 + turn * HOUR / 10,
                changes=changes,
            )  # fmt: skip
    return Application.objects.get(pk=case.pk)


def test_there_are_at_least_twenty_four_services():
    assert len(CODES) >= 24
    assert {service.code for service in held.services()} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_service_goes_from_request_to_result(code):
    case = open_service(code)
    assert case.status == "accepted"
    case = work(case)
    assert (code, case.status) == (code, held.service(code).result)
    assert {step["status"] for step in steps_of(case)} == {"done"}
    assert not case.clocks.filter(stopped_at=None).exists()
    assert set(case.jobs.exclude(step="").values_list("state", flat=True)) <= {"done", "skipped"}


@pytest.mark.parametrize("code", CODES)
def test_every_service_makes_a_promise(code):
    clock = open_service(code).clocks.get()
    assert clock.due_at > MONDAY_0900
    assert clock.promise.source


def test_jobs_that_nothing_forbids_can_be_done_side_by_side():
    case = open_service("meter-check")
    assert [job.code for job in case.jobs.filter(state="ready")] == ["fetch"]


def test_what_a_job_found_out_decides_what_comes_after():
    case = work(open_service("quality-test"))
    states = dict(case.jobs.values_list("code", "state"))
    assert states["flush"] == "skipped"


def test_a_job_of_the_desk_is_not_offered_to_a_crew():
    case = open_service("transfer")
    crew = staff("field", "east-1")
    assert not [m for m in allowed(crew, case) if m.action.startswith("job-")]


def test_jobs_are_void_when_the_customer_cancels_during_the_work():
    case = open_service("move-meter")
    door.move(case.number, "cancel", actor=staff("clerk", "company"), at=MONDAY_0900 + HOUR)
    assert set(case.jobs.values_list("state", flat=True)) == {"void"}


def test_work_that_is_done_again_is_another_round_of_jobs():
    case = open_application()
    plumber = staff("admin", "company")
    for n, (action, changes) in enumerate(
        [("survey", {}), ("install", {"meter_number": "Z1"}), ("water_on", {}), ("confirm", {})]
    ):
        door.move(case.number, action, actor=plumber, at=MONDAY_0900 + n * HOUR, changes=changes)
    door.move(
        case.number, "reopen", actor=plumber, at=MONDAY_0900 + 5 * HOUR,
        changes={"status": "surveyed"},
    )  # fmt: skip
    again = dict(case.jobs.filter(round=2).values_list("code", "state"))
    assert (again["survey"], again["install"], again["water-on"]) == ("done", "ready", "waiting")


def test_the_hall_of_two_hundred_services_needs_no_query_for_any_of_them(client):
    text = FILES[CODES.index("transfer")].read_text(encoding="utf-8")
    more = [f"more-{n}" for n in range(200)]
    ServiceRow.objects.bulk_create(
        [
            ServiceRow(code=code, name=code, text=text.replace('"transfer"', f'"{code}"'))
            for code in more
        ]
    )
    client.get("/services/")
    with CaptureQueriesContext(connection) as few:
        client.get("/services/")
    Utility.touch()
    policy.forget()
    page = client.get("/services/").content.decode()
    assert page.count("过户更名") == 201
    with CaptureQueriesContext(connection) as many:
        client.get("/services/")
    assert len(few) == len(many)


@pytest.mark.parametrize("code", CODES)
def test_every_service_has_a_page_that_asks_its_questions(client, code):
    page = client.get(f"/apply/{code}/").content.decode()
    asked = [q for q in held.service(code).questions if not q.staff]
    assert all(f'name="{question.code}"' in page for question in asked)


def test_a_service_that_is_not_offered_has_no_page(client):
    ServiceRow.objects.filter(code="transfer").update(active=False)
    policy.forget()
    assert client.get("/apply/transfer/").status_code == 404
    assert "过户更名" not in client.get("/services/").content.decode()


def test_the_rows_of_a_flow_and_of_a_case_do_not_share_an_action():
    case = open_service("meter-check")
    actions = [row.action for row in flow_of(case).rows(case)]
    assert len(actions) == len(set(actions))


def test_jobs_keep_what_was_noted():
    case = work(open_service("close-account"))
    assert Job.objects.get(case=case, code="remove").result == {
        "final_reading": 1.0,
        "meter_number": "写明",
    }


def test_a_definition_is_read_once_a_revision():
    assert held.service("transfer") is held.service("transfer")
    assert parse(FILES[0].read_text(encoding="utf-8")).code == CODES[0]
