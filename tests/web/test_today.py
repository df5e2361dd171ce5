"""今日要看: each list holds what it says, and the one thing beside each case really happens."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_application, staff
from tests.web.desk import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    as_role,
    client_of,
    dispatched,
    inline_in,
    some,
    text_of,
)
from waterdesk.core import door
from waterdesk.core.models import Case
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE = "/desk/oversight/today/"


@pytest.fixture
def worker():
    return staff("field", "east-1")


@pytest.fixture
def supervisor():
    return staff("supervisor")


@pytest.fixture
def leak(worker):
    """A leak that came in twenty minutes ago, and for which somebody was sent in time."""
    return dispatched(worker, NOW - 20 * MINUTE)


@pytest.fixture
def late_leak(worker):
    """A leak of yesterday: late to arrive, to contain, to finish."""
    ticket = dispatched(worker, NOW - 26 * HOUR, phone="13900000001", address="城东区朝阳路 1 号")
    sweep(NOW)
    return ticket


def listed(code, client=None):
    page = (client or as_role("supervisor")).get(f"{PAGE}{code}/")
    return [row.line.case.number for row in page.context["shown"].rows]


def why(code):
    page = as_role("supervisor").get(f"{PAGE}{code}/")
    return [row.why for row in page.context["shown"].rows]


def do(case, action, role="agent", at=NOW, **changes):
    return door.move(case.number, action, actor=staff(role), at=at, changes=changes)


def sent(client, case, action, code="late", **given):
    case.refresh_from_db()
    url = f"{PAGE}{case.number}/{action}/?from={code}"
    return client.post(url, {"seen": case.version, **given})


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "customer"])
@pytest.mark.parametrize("page", [PAGE, f"{PAGE}late/"])
def test_it_is_for_those_who_answer_for_it(role, page):
    assert as_role(role).get(page).status_code == 403


@pytest.mark.parametrize("role", ["lead", "supervisor", "admin"])
def test_they_find_it_at_home_and_on_the_way_around(role, late_leak):
    client = as_role(role)
    page = client.get(PAGE)
    assert late_leak.number in text_of(page)
    assert inline_in(page) == []
    assert PAGE in client.get("/").content.decode()


def test_a_case_that_is_late_in_three_things_is_there_once_by_the_oldest(late_leak, leak):
    assert listed("late") == [late_leak.number]
    assert why("late") == ["“漏水到场”已超 1 天 1 小时"]


def test_what_falls_late_before_midnight_is_told_and_what_is_late_already_is_not(leak, late_leak):
    tomorrow = open_application(at=NOW, external_line=True)
    assert listed("tonight") == [leak.number]
    assert tomorrow.number not in listed("tonight")


def test_an_explanation_waits_for_whoever_owes_it_and_then_for_the_lead(late_leak):
    assert listed("explain") == [late_leak.number]
    assert why("explain") == ["待说明"]
    do(late_leak, "explain", reason="crew-short", note="两处同时")
    assert why("explain") == ["待认可"]
    do(late_leak, "accept_explanation", "lead")
    assert listed("explain") == []


def test_what_is_paused_longest_stands_first():
    cases = [
        open_application(at=NOW - DAY, phone=f"1380000000{n}", address=f"城东区朝阳路 {n} 号")
        for n in (1, 2)
    ]
    do(cases[1], "pause", at=NOW - 3 * HOUR, reason="payment")
    do(cases[0], "pause", at=NOW - 2 * HOUR, reason="payment")
    assert listed("paused") == [cases[1].number, cases[0].number]
    assert why("paused")[0] == "待用户交费，已停 3 小时"
    do(cases[1], "resume")
    assert listed("paused") == [cases[0].number]


def test_who_was_chased_twice_is_there_and_who_was_chased_once_is_not(leak, late_leak):
    do(leak, "chase")
    do(late_leak, "chase")
    assert listed("chased") == []
    do(leak, "chase")
    assert listed("chased") == [leak.number]
    assert why("chased") == ["30 天内催办 2 次"]


def finished(case, value):
    for action in ("arrive", "contain"):
        do(case, action, "lead")
    do(case, "finish", "lead", result="换阀")
    return do(case, "call_back", call="reached", value=value)


def test_a_bad_answer_and_what_was_opened_again_are_there_the_worst_first(worker):
    places = [
        dispatched(
            worker, NOW - 20 * MINUTE, phone=f"1390000000{n}", address=f"城东区朝阳路 {n} 号"
        )
        for n in (1, 2, 3)
    ]
    for case, value in zip(places, "251", strict=True):
        finished(case, value)
    assert listed("dissatisfied") == [places[2].number, places[0].number]
    do(places[2], "supervise", "supervisor", addressee="lead", demand="回访")
    assert listed("dissatisfied") == [places[0].number]


def test_what_was_finished_and_opened_again_is_there(leak):
    for action in ("arrive", "contain"):
        do(leak, action, "lead")
    do(leak, "finish", "lead", result="换阀")
    assert listed("dissatisfied") == []
    do(leak, "reopen")
    assert why("dissatisfied") == ["办结后又重新办理"]


def test_each_sees_the_own_areas_alone(late_leak):
    assert listed("late", as_role("lead", "east")) == [late_leak.number]
    assert listed("late", as_role("lead", "west")) == []


def test_the_supervisor_orders_from_the_list_and_comes_back_to_it(late_leak, supervisor):
    client = client_of(supervisor)
    page = client.get(PAGE).content.decode()
    assert f"{PAGE}{late_leak.number}/supervise/?from=late" in unescape(page)
    given = {"addressee": "lead", "demand": "今天修好"}
    answer = sent(client, late_leak, "supervise", **given)
    assert (answer.status_code, answer.url) == (302, f"{PAGE}#late")
    late_leak.refresh_from_db()
    assert late_leak.supervision == "lead"
    assert listed("supervised") == [late_leak.number]
    shown = text_of(client.get(f"/desk/cases/{late_leak.number}/"))
    assert "督办中，待班长答复" in shown
    assert "今天修好" in shown
    lead = as_role("lead")
    assert late_leak.number in text_of(lead.get("/"))
    sent(lead, late_leak, "answer_supervision", "supervised", reply="材料已到")
    sent(client, late_leak, "accept_supervision", "supervised")
    assert listed("supervised") == []


def test_the_other_things_to_do_happen_as_well(leak, late_leak, worker):
    other = staff("field", "east-1", name="other")
    lead = as_role("lead")
    sent(lead, leak, "chase", "tonight")
    sent(lead, leak, "reassign", "tonight", handler=other.username)
    sent(lead, late_leak, "ask_explanation", "explain")
    leak.refresh_from_db()
    assert (leak.chased, leak.handler) == (1, other)
    assert late_leak.events.filter(action="ask_explanation").exists()


def test_to_reassign_is_a_page_of_its_own_with_the_people_there_are(leak, worker):
    page = as_role("lead").get(f"{PAGE}{leak.number}/reassign/?from=tonight")
    assert worker.username in page.content.decode()
    assert inline_in(page) == []


def test_what_is_refused_keeps_what_was_typed(late_leak, supervisor):
    answer = sent(client_of(supervisor), late_leak, "supervise", addressee="", demand="今天修好")
    assert answer.status_code == 400
    assert "今天修好" in text_of(answer)
    assert not Case.objects.exclude(supervision="").exists()


@pytest.mark.parametrize("action", ["cancel", "finish", "nothing"])
def test_nothing_else_is_done_from_here(leak, action):
    assert sent(as_role("lead"), leak, action).status_code == 404


def test_a_list_goes_on_after_its_first_page_and_counts_all(monkeypatch, worker):
    for n in range(1, 6):
        dispatched(worker, NOW - 26 * HOUR - n * MINUTE, phone=f"1390000000{n}",
                   address=f"城东区朝阳路 {n} 号")  # fmt: skip
    sweep(NOW)
    monkeypatch.setattr("waterdesk.web.today.page.PAGE_ROWS", 2)
    client, url, seen = as_role("supervisor"), f"{PAGE}late/", []
    for _turn in range(3):
        page = client.get(url)
        seen += [row.line.case.number for row in page.context["shown"].rows]
        url = f"{PAGE}late/{page.context['shown'].older}"
    assert len(set(seen)) == 5
    assert page.context["shown"].older == ""
    assert page.context["shown"].count == "5"
    assert client.get(f"{PAGE}late/?after=nonsense").status_code == 400


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}tonight/"])
def test_its_queries_do_not_follow_how_many_there_are(page):
    client = as_role("supervisor")
    some(1, NOW - 10 * MINUTE)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    some(4, NOW - 9 * MINUTE)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) <= len(few)


def test_no_two_things_of_the_page_share_an_id(late_leak, leak):
    do(late_leak, "chase")
    do(late_leak, "chase")
    ids = re.findall(r'\bid="([^"]+)"', as_role("supervisor").get(PAGE).content.decode())
    assert len(ids) == len(set(ids))
