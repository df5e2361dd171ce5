"""The pages on which a window is chosen: with an account, by number alone, and by staff."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.applications.visits import TUESDAY_0900, book, one_more, survey_of
from tests.factories import HOUR, MONDAY_0900, customer, open_application, staff
from tests.web.desk import as_role, client_of, inline_in, text_of
from waterdesk.core import door

pytestmark = pytest.mark.django_db
SLOT = f"{TUESDAY_0900.isoformat()}/{(TUESDAY_0900 + 2 * HOUR).isoformat()}"
LATER = f"{(TUESDAY_0900 + 5 * HOUR).isoformat()}/{(TUESDAY_0900 + 7 * HOUR).isoformat()}"


@pytest.fixture(autouse=True)
def clock():
    """It is Monday, 09:00 in Shanghai, and stays so."""
    with time_machine.travel(MONDAY_0900, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case():
    return open_application()


@pytest.fixture
def by_number(case):
    """A browser in which number and the last digits of the phone were typed."""
    client = Client()
    client.post("/track/", {"number": case.number, "tail": "5678"})
    return client


def page_of(case, at="track"):
    return f"{'/desk/cases' if at == 'desk' else '/track'}/{case.number}/visit/survey/"


def choose(client, case, slot=SLOT, at="track", **more):
    case.refresh_from_db()
    given = {"slot": slot, "seen": case.version} | more
    return client.post(page_of(case, at), given)


def test_the_tracking_page_leads_to_the_windows(by_number, case):
    page = by_number.get(f"/track/{case.number}/")
    assert page_of(case) in page.content.decode()
    assert "选择上门时间" in text_of(page)


def test_who_knows_number_and_digits_books_without_an_account(by_number, case):
    answer = choose(by_number, case)
    assert (answer.status_code, answer.url) == (302, f"/track/{case.number}/")
    page = by_number.get(answer.url)
    assert "已约好：11月17日 周二 09:00–11:00" in text_of(page)
    assert case.events.get(action="book").data["booked_by"] == "link"


def test_the_page_tells_nothing_of_the_person(by_number, case):
    page = text_of(by_number.get(page_of(case)))
    assert "张三" not in page
    assert "朝阳路" not in page


def test_who_proved_nothing_is_led_to_the_question(case):
    answer = choose(Client(), case)
    assert (answer.status_code, answer.url) == (302, f"/track/{case.number}/")
    assert survey_of(case).window_from is None


def test_the_customer_books_and_gives_it_up_again(case):
    client = client_of(customer())
    choose(client, case)
    assert case.events.get(action="book").actor == "c13812345678"
    assert choose(client, case, unbook="1").status_code == 302
    assert survey_of(case).window_from is None


def test_staff_book_for_the_customer(case):
    client = client_of(staff("agent"))
    assert "上门时间" in text_of(client.get(f"/desk/cases/{case.number}/"))
    answer = choose(client, case, at="desk")
    assert answer.url == f"/desk/cases/{case.number}/"
    page = text_of(client.get(answer.url))
    assert "预约上门" in page
    assert "任务 查勘" in page


@pytest.mark.parametrize(("role", "status"), [("supervisor", 403), ("customer", 403), ("", 302)])
def test_who_may_not_book_at_the_desk_is_refused(case, role, status):
    assert choose(as_role(role), case, at="desk").status_code == status
    assert survey_of(case).window_from is None


def test_staff_of_another_branch_do_not_know_the_case(case):
    assert choose(as_role("lead", "west"), case, at="desk").status_code == 404


def test_a_full_window_cannot_be_chosen_and_the_choice_is_offered_again(by_number, case):
    for _each in range(2):
        book(one_more())
    page = by_number.get(page_of(case))
    assert f'value="{SLOT}" required disabled' in page.content.decode()
    answer = choose(by_number, case)
    assert answer.status_code == 409
    assert "这个时段已约满" in text_of(answer)
    assert choose(by_number, case, LATER).status_code == 302


@pytest.mark.parametrize("slot", ["", "x", "a/b", "2026-11-17/2026-11-17", "2026-11-15T09:00/x"])
def test_what_is_no_window_is_refused(by_number, case, slot):
    answer = choose(by_number, case, slot)
    assert answer.status_code == 400
    assert SLOT in answer.content.decode()


def test_a_page_that_is_stale_changes_nothing(by_number, case):
    answer = choose(by_number, case, seen="1")
    assert answer.status_code == 409
    assert survey_of(case).window_from is None


def test_a_job_that_is_done_has_no_page(by_number, case):
    door.move(case.number, "survey", actor=staff("admin"), at=MONDAY_0900)
    assert by_number.get(page_of(case)).status_code == 404
    assert choose(by_number, case).status_code == 409


def test_the_page_obeys_the_policy_for_scripts(by_number, case):
    assert inline_in(by_number.get(page_of(case))) == []


def test_the_form_is_not_among_the_other_moves(case):
    page = client_of(staff("agent")).get(f"/desk/cases/{case.number}/").content.decode()
    assert "/moves/book/" not in page


def test_the_page_asks_as_much_for_one_appointment_as_for_many(by_number, case):
    counts = []
    for slot in (TUESDAY_0900, TUESDAY_0900 + 5 * HOUR, TUESDAY_0900 + 7 * HOUR):
        book(one_more(), slot)
        with CaptureQueriesContext(connection) as queries:
            by_number.get(page_of(case))
        counts.append(len(queries))
    assert counts[1] == counts[2]


# --- the field page -----------------------------------------------------------------------------
@pytest.fixture
def worker():
    return staff("field", "east-1", name="wang")


def handed(case, worker):
    changes = {"handler": worker.username}
    door.move(case.number, "assign", actor=staff("lead"), at=MONDAY_0900, changes=changes)


def test_the_crew_reads_which_job_it_is_and_when_it_is_expected(case, worker):
    handed(case, worker)
    client = client_of(worker)
    assert "已约" not in text_of(client.get("/desk/jobs/"))
    book(case)
    page = client.get("/desk/jobs/")
    assert page.context["jobs"][0].work == "查勘"
    assert "查勘 已约 11月17日 周二 09:00–11:00" in text_of(page)


def test_one_tap_finishes_a_bare_job_and_the_next_one_asks_what_it_must_know(case, worker):
    handed(case, worker)
    client = client_of(worker)
    case.refresh_from_db()
    seen = {"seen": case.version}
    answer = client.post(f"/desk/jobs/{case.number}/moves/survey/", seen)
    assert answer.status_code == 302
    job = client.get("/desk/jobs/").context["jobs"][0]
    assert (job.work, job.next.is_bare) == ("装表", False)
    assert [each.name for each in job.next.asked][:1] == ["meter_number"]


def test_the_field_page_asks_as_much_for_2_applications_as_for_12(worker):
    client = client_of(worker)
    counts = []
    for more in (2, 10):
        for _each in range(more):
            handed(one_more(), worker)
        client.get("/desk/jobs/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/jobs/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
