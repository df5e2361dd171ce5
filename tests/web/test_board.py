"""The board: open clocks by due time, the breached first, narrowed by the address alone."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_application, open_ticket, staff
from tests.web.desk import DAY, HOUR, MINUTE, NOW, as_role, some, text_of
from waterdesk.core import door
from waterdesk.core.models import Clock
from waterdesk.core.sweep import sweep
from waterdesk.web import board

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

BOARD = "/desk/board/"


def sections(response):
    return {each.state: each for each in response.context["sections"]}


def due_times(section):
    return [line.face.clock.due_at for line in section.lines]


def paused_application():
    case = open_application(at=NOW - HOUR)
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=NOW - 30 * MINUTE, changes=changes)
    return case


def test_the_breached_stand_first_and_each_section_is_in_order_of_due():
    for hours in (3, 1, 2):
        open_ticket(at=NOW - hours * HOUR, address=f"城东区朝阳路 {hours} 号")
    paused_application()
    sweep(NOW)
    response = as_role("lead").get(BOARD)
    assert [each.state for each in response.context["sections"]] == [
        "breached",
        "running",
        "paused",
    ]
    for section in response.context["sections"]:
        assert section.lines
        assert due_times(section) == sorted(due_times(section))


def test_a_line_says_what_is_left_and_until_when():
    ticket = open_ticket(at=NOW - 30 * MINUTE)
    text = text_of(as_role("lead").get(BOARD))
    assert "还剩 30 分钟" in text
    assert "今天 10:30 到期" in text
    assert ticket.number in text


def test_a_paused_clock_says_that_it_stands_still():
    paused_application()
    text = text_of(as_role("lead").get(BOARD))
    assert "停表中，还剩 3 小时 30 分" in text


def test_filters_narrow_and_survive_in_every_link_and_in_the_refresh():
    open_ticket(at=NOW - HOUR)
    open_ticket(at=NOW - HOUR, address="城西区科技大道 1 号")
    response = as_role("lead").get(BOARD, {"area": "west", "kind": "ticket", "promise": "finish"})
    running = sections(response)["running"]
    assert [line.area for line in running.lines] == ["城西二网格"]
    assert {line.face.clock.code for line in running.lines} == {"finish"}
    page = response.content.decode()
    refresh = re.search(r'<div id="board"[^>]*hx-get="([^"]+)"', page)[1]
    assert refresh == "/desk/board/?area=west&amp;kind=ticket&amp;promise=finish"
    assert '<option value="west" selected>' in page
    assert '<option value="finish" selected>' in page


def test_an_unknown_filter_narrows_nothing():
    open_ticket(at=NOW - HOUR)
    response = as_role("lead").get(BOARD, {"area": "atlantis", "kind": "x", "promise": "y"})
    assert sections(response)["running"].lines


def test_the_pages_of_one_state_follow_each_other_without_a_gap(monkeypatch):
    monkeypatch.setattr(board, "PAGE_ROWS", 2)
    some(3)
    client, address, found = as_role("lead"), f"{BOARD}?state=running", []
    for _page in range(6):
        section = sections(client.get(address))["running"]
        found += [line.face.clock.pk for line in section.lines]
        address = BOARD + section.more
    wanted = Clock.objects.open().filter(state="running").order_by("due_at", "id")[:12]
    assert found == [clock.pk for clock in wanted]


@pytest.mark.parametrize("key", ["x", "5Lit", "MjAyNi0xMS0xNnwx", "%00"])
def test_a_spoilt_page_key_is_refused(key):
    assert as_role("lead").get(f"{BOARD}?state=running&after={key}").status_code == 400


def test_a_lead_sees_only_what_lies_in_the_own_area():
    open_ticket(at=NOW - HOUR)
    west = open_ticket(at=NOW - HOUR, address="城西区科技大道 1 号")
    response = as_role("lead", "west").get(BOARD)
    assert {line.case.number for line in sections(response)["running"].lines} == {west.number}
    assert [code for code, _name in response.context["filters"][0]["choices"]] == [
        "west",
        "west-1",
        "west-2",
    ]


def test_the_board_asks_the_same_number_of_questions_for_5_cases_and_for_50():
    client = as_role("lead")
    counts = []
    for _round in range(2):
        some(5 + 45 * len(counts))
        client.get(BOARD)
        with CaptureQueriesContext(connection) as queries:
            client.get(BOARD)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_counting_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(board, "MOST_COUNTED", 4)
    some(3)
    assert sections(as_role("lead").get(BOARD))["running"].count == "4+"


def test_no_list_counts_everything_or_skips_by_offset():
    some(2)
    client = as_role("lead")
    with CaptureQueriesContext(connection) as queries:
        client.get(BOARD)
        client.get("/desk/cases/")
    said = [each["sql"] for each in queries]
    assert not [sql for sql in said if "OFFSET" in sql]
    assert all("LIMIT" in sql for sql in said if "COUNT(*)" in sql)


def test_the_refresh_answers_with_the_board_alone():
    page = as_role("lead").get(BOARD, headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="board"')
    assert "<html" not in page


def test_a_refresh_after_the_session_is_over_takes_the_page_to_the_sign_in():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/board/?area=west"}
    response = as_role("").get(BOARD, headers=headers)
    assert response.headers["HX-Redirect"] == "/desk/login/?next=/desk/board/%3Farea%3Dwest"


def test_a_due_day_beyond_the_published_calendar_is_marked_provisional():
    open_application(at=NOW + 44 * DAY, external_line=True, calibre_mm=20)
    text = text_of(as_role("lead").get(BOARD))
    assert "暂定" in text


def test_clearing_is_offered_only_where_something_is_filtered():
    agent = as_role("agent")
    assert "清除" not in agent.get("/desk/board/").content.decode()
    assert "清除" in agent.get("/desk/board/?kind=ticket").content.decode()
