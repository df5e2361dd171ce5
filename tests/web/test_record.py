"""The record for supervisors: seals, checking, and who read personal data in full."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core import forging
from tests.core.forging import KEY, THURSDAY, two_days
from tests.factories import open_application, open_ticket, staff
from tests.web.desk import HOUR, NOW, as_role, client_of, inline_in, text_of
from waterdesk.core import disclosed, door
from waterdesk.core.errors import NotAllowed
from waterdesk.core.models import Disclosure, User, Verification
from waterdesk.core.sealing import running

PAGE, LIST, VERIFY = "/desk/record/", "/desk/disclosures/", "/desk/record/verify/"
ID = "11010519491231002X"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]


@pytest.fixture
def sealed(settings, tmp_path):
    settings.SEALS_DIR, settings.RECORD_KEY = tmp_path / "seals", KEY
    return two_days()


# --- seals and checking --------------------------------------------------------------------
@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead", "customer"])
@pytest.mark.parametrize("page", [PAGE, LIST])
def test_who_watches_over_nothing_is_refused(role, page):
    assert as_role(role).get(page).status_code == 403


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_who_watches_finds_it_on_the_way_around(role, sealed):
    client = as_role(role)
    assert PAGE in client.get("/").content.decode()
    page = client.get(PAGE)
    assert "2026-11-17" in text_of(page)
    assert inline_in(page) == []


def test_what_was_found_is_named_with_the_way_to_its_case(sealed):
    forging.change("actor", "somebody")(sealed)
    as_role("supervisor").post(VERIFY, {"days": ""})
    running.work(THURSDAY)
    page = as_role("supervisor").get(PAGE)
    assert f"{sealed[0].number}#2 内容被改动" in text_of(page)
    assert f'href="/desk/cases/{sealed[0].number}/"' in page.content.decode()


def test_asking_twice_is_one_run(sealed):
    Verification.objects.update(finished_at=THURSDAY)
    for _ in range(2):
        assert as_role("supervisor").post(VERIFY, {"days": "7"}).status_code == 302
    assert Verification.objects.filter(finished_at=None).count() == 1


def test_a_run_that_goes_on_shows_how_far_it_is_and_asks_again(sealed):
    Verification.objects.update(finished_at=None, looked=50, expected=200)
    page = as_role("supervisor").get(PAGE, headers={"hx-request": "true"})
    assert "25%" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    Verification.objects.update(finished_at=THURSDAY)
    page = as_role("supervisor").get(PAGE, headers={"hx-request": "true"})
    assert "hx-trigger" not in page.content.decode()


def test_a_supervisor_of_a_branch_sees_that_something_is_wrong_and_not_with_whom(sealed):
    forging.change("actor", "somebody")(sealed)
    running.ask(None, THURSDAY)
    running.work(THURSDAY)
    page = as_role("supervisor", "east").get(PAGE)
    assert "发现问题" in text_of(page)
    assert sealed[0].number not in text_of(page)
    assert as_role("supervisor", "east").post(VERIFY).status_code == 403


def test_the_public_key_is_for_everybody(sealed, settings):
    answer = as_role("").get("/record/key.txt")
    assert re.fullmatch(r"[0-9a-f]{64}\n", answer.content.decode())
    settings.RECORD_KEY = ""
    assert as_role("").get("/record/key.txt").status_code == 404


# --- the person of a case ------------------------------------------------------------------
@pytest.fixture
def household():
    return open_application(
        at=NOW - HOUR, name="张三丰", id_number=ID, address="城东区朝阳路 8 号 3 栋 402"
    )


@pytest.mark.parametrize("role", ["agent", "clerk", "lead"])
def test_who_works_on_cases_sees_whom_it_is_about_but_no_number_of_identity(household, role):
    text = text_of(as_role(role).get(f"/desk/cases/{household.number}/"))
    assert "13812345678" in text
    assert ID not in text


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_who_oversees_sees_nobody_in_full_unasked(household, role):
    page = as_role(role).get(f"/desk/cases/{household.number}/")
    shown = page.content.decode().split("<h2")
    card = next(part for part in shown if "客户与事项" in part)
    assert "138****5678" in card
    assert "张*" in card
    for secret in ("13812345678", "张三丰", "402", ID):
        assert secret not in card
    assert inline_in(page) == []


@pytest.mark.parametrize("role", ["clerk", "lead", "supervisor", "admin"])
def test_with_a_reason_it_is_shown_once_and_stands_in_the_record(household, role):
    url = f"/desk/cases/{household.number}/person/"
    page = as_role(role).post(url, {"reason": "核对投诉"})
    for secret in ("13812345678", "张三丰", "402", ID):
        assert secret in text_of(page)
    assert page["Cache-Control"].startswith("max-age=0")
    event = household.events.latest("seq")
    assert (event.action, event.actor, event.data) == (
        "person_read", f"{role}-company", {"reason": "核对投诉"},
    )  # fmt: skip
    row = Disclosure.objects.get()
    assert (row.by.role, row.case, row.area_id) == (role, household.number, household.area_id)
    assert ID not in text_of(as_role(role).get(f"/desk/cases/{household.number}/"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_shown(household, reason):
    page = as_role("supervisor").post(f"/desk/cases/{household.number}/person/", {"reason": reason})
    assert page.status_code == 400
    assert "13812345678" not in text_of(page)
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [("agent", "company", 403), ("field", "company", 403), ("customer", "company", 403),
     ("supervisor", "west", 404), ("", "company", 302)],
)  # fmt: skip
def test_who_may_not_reads_nobody_in_full(household, role, area, status):
    url = f"/desk/cases/{household.number}/person/"
    assert as_role(role, area).post(url, {"reason": "好奇"}).status_code == status
    assert not Disclosure.objects.exists()


def test_a_reading_is_refused_below_the_pages_as_well(household):
    with pytest.raises(NotAllowed):
        disclosed.read_person(household, "好奇", actor=staff("agent"), at=NOW)


def test_programs_of_who_oversees_are_told_masked_names(household):
    shown = as_role("supervisor").get(f"/api/v1/applications/{household.number}/").json()
    assert (shown["applicant"]["name"], shown["applicant"]["phone"]) == ("张*", "138****5678")
    assert "402" not in shown["address"]
    assert shown["promises"][0]["name"] != ""
    assert "*" not in shown["promises"][0]["name"]
    ticket = open_ticket(at=NOW - HOUR)
    shown = as_role("supervisor").get(f"/api/v1/tickets/{ticket.number}/").json()
    assert shown["caller"] == {"name": "李*", "phone": "139****4321"}
    shown = as_role("lead").get(f"/api/v1/tickets/{ticket.number}/").json()
    assert shown["caller"]["phone"] == "13987654321"


def test_texts_that_were_sent_name_nobody_to_who_oversees(household):
    lead = staff("lead")
    staff("field", "east-1", name="crew")
    door.move(household.number, "assign", actor=lead, at=NOW, changes={"handler": "crew"})
    text = text_of(as_role("supervisor").get(f"/desk/cases/{household.number}/"))
    assert "13812345678" not in text
    assert "张三丰" not in text


# --- the list ------------------------------------------------------------------------------
def read_by(user: User, case, reason: str = "核对") -> None:
    disclosed.read_person(case, reason, actor=user, at=NOW)


def test_the_list_says_who_read_what_and_why_and_narrows(household):
    other = open_application(at=NOW - HOUR, phone="13800000002", address="城东区朝阳路 80 号")
    read_by(staff("lead", name="wang"), household, "回访")
    read_by(staff("clerk", name="liu"), other, "补件")
    page = as_role("supervisor").get(LIST)
    assert "回访" in text_of(page)
    assert "补件" in text_of(page)
    assert inline_in(page) == []
    for asked in ({"by": "wang"}, {"case": household.number.lower()}):
        text = text_of(as_role("supervisor").get(LIST, asked))
        assert "回访" in text
        assert "补件" not in text
    for asked in ({"what": "record_exported"}, {"until": "2026-11-15"}, {"since": "2026-11-17"}):
        assert "没有符合条件的查阅" in text_of(as_role("supervisor").get(LIST, asked))


@pytest.mark.parametrize("wrong", [{"what": "x"}, {"since": "gestern"}, {"after": "x"}])
def test_a_filter_that_cannot_be_is_refused(wrong):
    assert as_role("supervisor").get(LIST, wrong).status_code == 400


def test_a_supervisor_sees_the_readings_of_the_own_areas(household):
    read_by(staff("lead"), household)
    disclosed.of_period("审计", actor=staff("admin"), at=NOW)
    assert len(as_role("supervisor", "east").get(LIST).context["rows"]) == 1
    assert len(as_role("supervisor", "west").get(LIST).context["rows"]) == 0
    assert len(as_role("supervisor").get(LIST).context["rows"]) == 2


def test_the_list_is_paged_and_asks_no_more_for_more(household):
    client = client_of(staff("supervisor"))
    read_by(staff("lead"), household)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for n in range(34):
        disclosed.of_period(f"审计 {n}", actor=staff("admin"), at=NOW)
    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)
    assert len(many) == len(few)
    second = client.get(LIST + first.context["older"])
    assert (len(first.context["rows"]), len(second.context["rows"])) == (30, 5)
