"""The list of cases: newest first, narrowed by the address, and finding one among them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_application, open_ticket, staff
from tests.web.desk import HOUR, NOW, as_role, client_of, dispatched, some
from waterdesk.core import door, search
from waterdesk.web import cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

CASES = "/desk/cases/"


def numbers(response):
    return [line.case.number for line in response.context["lines"]]


def find(wanted, client=None, **filters):
    return (client or as_role("agent")).get(CASES, {"q": wanted} | filters)


def test_the_newest_stand_first():
    opened = [open_ticket(at=NOW - HOUR).number for _each in range(3)]
    assert numbers(as_role("agent").get(CASES)) == opened[::-1]


def test_pages_lead_on_and_back_without_a_gap(monkeypatch):
    monkeypatch.setattr(cases, "PAGE_ROWS", 3)
    opened = [open_ticket(at=NOW - HOUR).number for _each in range(8)][::-1]
    client = as_role("agent")
    pages, address = [], ""
    for _page in range(3):
        response = client.get(CASES + address)
        pages.append(numbers(response))
        address = response.context["after"]
    assert pages == [opened[0:3], opened[3:6], opened[6:8]]
    assert address == ""
    before = client.get(CASES + response.context["before"])
    assert numbers(before) == opened[3:6]
    assert client.get(CASES + before.context["before"]).context["before"] == ""


def test_filters_narrow_and_survive_paging(monkeypatch):
    monkeypatch.setattr(cases, "PAGE_ROWS", 1)
    for _each in range(2):
        open_ticket(at=NOW - HOUR)
        open_application(at=NOW - HOUR, phone="13700000000")
    wanted = {"kind": "ticket", "status": "ticket.logged", "area": "east", "stand": "open"}
    client = as_role("agent")
    response = client.get(CASES, wanted)
    assert [line.case.kind for line in response.context["lines"]] == ["ticket"]
    second = client.get(CASES + response.context["after"])
    assert [line.case.kind for line in second.context["lines"]] == ["ticket"]
    assert '<option value="east" selected>' in second.content.decode()


def test_closed_and_own_cases_can_be_asked_for():
    worker = staff("field", "east-1", name="wang")
    mine = dispatched(worker)
    open_ticket(at=NOW - HOUR)
    gone = open_application(at=NOW - HOUR)
    changes = {"reason": "arrears"}
    door.move(gone.number, "refuse", actor=staff("clerk"), at=NOW, changes=changes)
    assert numbers(client_of(worker).get(CASES, {"whose": "me"})) == [mine.number]
    assert numbers(as_role("clerk").get(CASES, {"stand": "closed"})) == [gone.number]


def test_a_number_leads_straight_to_its_case_with_or_without_the_letter():
    ticket = open_ticket(at=NOW - HOUR)
    number = ticket.number
    for typed in (number, number.lower(), number[1:], f" {number[:7]} {number[7:]} "):
        response = find(typed)
        assert response.status_code == 302
        assert response.url == f"{CASES}{ticket.number}/"


def test_the_beginning_of_a_number_finds_what_begins_so():
    ticket = open_ticket(at=NOW - HOUR)
    open_application(at=NOW - HOUR)
    assert numbers(find(ticket.number[:9])) == [ticket.number]


def test_a_phone_finds_its_cases_however_it_is_written():
    ticket = open_ticket(at=NOW - HOUR)
    open_application(at=NOW - HOUR)
    for typed in ("13987654321", "139 8765 4321", "+86 139-8765-4321"):
        assert numbers(find(typed)) == [ticket.number]


def test_names_and_addresses_are_found_by_a_part_of_them():
    ticket = open_ticket(at=NOW - HOUR, name="欧阳䶮", address="城东区朝阳路 77 号 3 栋")
    open_application(at=NOW - HOUR)
    assert numbers(find("阳䶮")) == [ticket.number]
    assert numbers(find("77 号 3")) == [ticket.number]


@pytest.mark.parametrize("wanted", ["%", "_", "\\", "' OR 1=1", "𬱖", "x" * 500, "x\x00x"])
def test_what_means_something_to_a_database_means_nothing_here(wanted):
    open_ticket(at=NOW - HOUR)
    assert numbers(find(wanted)) == []


def test_the_search_through_texts_is_bounded(monkeypatch):
    monkeypatch.setattr(search, "MOST", 2)
    opened = [open_ticket(at=NOW - HOUR, name="赵六").number for _each in range(3)]
    response = find("赵六")
    assert numbers(response) == opened[:0:-1]
    assert "只列出最近的" in response.content.decode()


def test_what_is_common_is_paged_through_to_its_end(monkeypatch):
    monkeypatch.setattr(search, "COMMON", 2)
    monkeypatch.setattr(cases, "PAGE_ROWS", 2)
    opened = [open_ticket(at=NOW - HOUR, name="赵六").number for _each in range(3)]
    first = find("赵六")
    second = as_role("agent").get(CASES + first.context["after"])
    assert numbers(first) + numbers(second) == opened[::-1]


def test_a_caller_is_found_by_the_end_of_the_number_and_a_street_by_its_initials():
    ticket = open_ticket(at=NOW - HOUR, address="城东区中山东路 7 号")
    open_application(at=NOW - HOUR)
    assert numbers(find("4321")) == [ticket.number]
    assert numbers(find("zsdl")) == [ticket.number]


def test_a_search_keeps_to_what_this_person_may_see():
    ticket = open_ticket(at=NOW - HOUR)
    west = as_role("agent", "west")
    assert numbers(find("李四", west)) == []
    assert numbers(find("13987654321", west)) == []
    assert find(ticket.number, west).status_code == 200


@pytest.mark.parametrize("key", ["x", "1e9", "-", "9" * 5000])
def test_a_spoilt_page_key_is_refused(key):
    assert as_role("agent").get(CASES, {"after": key}).status_code == 400


def test_the_list_asks_the_same_number_of_questions_for_5_cases_and_for_50():
    client = as_role("agent")
    counts = []
    for more in (5, 45):
        some(more)
        client.get(CASES)
        with CaptureQueriesContext(connection) as queries:
            client.get(CASES)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_case_is_one_link_that_can_be_reached_with_the_keyboard():
    ticket = open_ticket(at=NOW - HOUR)
    page = as_role("agent").get(CASES).content.decode()
    assert len(re.findall(rf'<a [^>]*href="{CASES}{ticket.number}/"', page)) == 1
