"""The what-if page: a supervisor's question in the address, and its answer."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_ticket, staff
from tests.web.desk import DAY, HOUR, MINUTE, NOW, as_role, dispatched, inline_in, text_of
from waterdesk.core import whatif
from waterdesk.core.models import Clock
from waterdesk.web import what_if

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE = "/desk/what-if/"
DAYS = {"since": "2026-11-16", "until": "2026-11-16"}
SHORT = DAYS | {"promise": "respond", "amount": "5", "unit": "natural"}


@pytest.fixture
def leak():
    """A leak for which somebody was sent within ten of fifteen minutes."""
    return dispatched(staff("field", "east-1"), at=NOW - HOUR)


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead", "customer"])
def test_it_is_for_supervisors_and_administrators(role):
    assert as_role(role).get(PAGE).status_code == 403


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_they_find_it_on_their_way_around_and_an_empty_page_says_what_to_do(role):
    client = as_role(role)
    page = client.get(PAGE)
    assert "还没有推演" in text_of(page)
    assert "一次最多推演 200000 个计时" in text_of(page)
    assert PAGE in client.get("/").content.decode()
    assert re.search(r'<input[^>]*name="until"[^>]*value="2026-11-15"', page.content.decode())
    assert inline_in(page) == []


def test_a_shorter_limit_shows_shares_breaches_and_the_cases_that_change(leak):
    page = as_role("supervisor").get(PAGE, SHORT)
    text = text_of(page)
    assert "假设按时率 0% 实际 100%" in text
    assert "0 → 1" in text
    assert f"/desk/cases/{leak.number}/" in page.content.decode()
    assert "超 5 分钟" in text
    assert "改为时限 5 分钟" in text
    assert inline_in(page) == []


def test_what_was_asked_is_still_in_the_form(leak):
    page = as_role("supervisor").get(PAGE, SHORT | {"area": "east", "dropped": "payment"})
    html = page.content.decode()
    for name, value in (("since", "2026-11-16"), ("amount", "5")):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"', html)
    for value in ("east", "respond", "natural"):
        assert f'<option value="{value}" selected>' in html
    assert re.search(r'value="payment"[^>]*checked', html)


def test_one_of_several_promises_of_a_code_can_be_meant(leak):
    client = as_role("supervisor")
    meant = client.get(PAGE, SHORT | {"promise": "respond:漏水响应"})
    other = client.get(PAGE, SHORT | {"promise": "respond:爆管响应"})
    assert meant.context["page"].paginator.count == 1
    assert "这段时间没有计时" in text_of(other)


def test_without_a_supposition_it_shows_how_it_was(leak):
    assert "没有填写假设" in text_of(as_role("supervisor").get(PAGE, DAYS))


def test_no_change_says_so(leak):
    page = as_role("supervisor").get(PAGE, SHORT | {"amount": "14"})
    assert "没有办件的结果会改变" in text_of(page)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"since": ""}, "since"),
        ({"since": "16.11."}, "since"),
        ({"until": "2026-11-01"}, "until"),
        ({"until": "2030-11-01"}, "until"),
        ({"promise": ""}, "promise"),
        ({"promise": "fly"}, "promise"),
        ({"amount": "0"}, "amount"),
        ({"amount": "soon"}, "amount"),
        ({"unit": ""}, "unit"),
        ({"unit": "workdays", "amount": "1.5"}, "amount"),
        ({"calendar": "moon"}, "calendar"),
        ({"area": "atlantis"}, "area"),
        ({"dropped": "siesta"}, "dropped"),
    ],
)
def test_a_slip_is_named_at_its_field_and_the_rest_is_still_there(over, field, leak):
    page = as_role("supervisor").get(PAGE, SHORT | over)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page.content.decode()
    assert "outcome" not in page.context


def test_too_many_clocks_are_refused_with_what_to_do(leak, monkeypatch):
    monkeypatch.setattr(whatif, "MOST_CLOCKS", 0)
    page = as_role("supervisor").get(PAGE, SHORT)
    assert "请缩短区间" in text_of(page)


def test_a_supervisor_of_a_branch_counts_only_its_clocks(leak):
    open_ticket(at=NOW - HOUR, address="城西区科技大道 1 号")
    west = as_role("supervisor", "west").get(PAGE, SHORT)
    assert west.context["outcome"].count == 1
    assert leak.number not in west.content.decode()
    assert as_role("supervisor").get(PAGE, SHORT).context["outcome"].count == 2


def test_the_cases_come_in_pages_that_keep_the_question(monkeypatch):
    monkeypatch.setattr(what_if, "PAGE_ROWS", 1)
    handler = staff("field", "east-1")
    numbers = {
        dispatched(handler, at=NOW - h * HOUR, address=f"城东区朝阳路 {h} 号").number
        for h in (1, 2)
    }
    client = as_role("supervisor")
    first = client.get(PAGE, SHORT)
    second = client.get(PAGE + first.context["older"])
    shown = [page.context["lines"][0]["number"] for page in (first, second)]
    assert set(shown) == numbers
    assert "promise=respond" in second.context["newer"]
    assert client.get(PAGE, SHORT | {"page": "x"}).status_code == 200
    assert client.get(PAGE, SHORT | {"page": "3"}).status_code == 404


def test_it_writes_nothing_and_asks_no_more_for_more_clocks(leak):
    client = as_role("supervisor")
    client.get(PAGE, SHORT)
    asked = []
    for hours in (1, 2):
        before = list(Clock.objects.order_by("pk").values())
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE, SHORT)
        assert list(Clock.objects.order_by("pk").values()) == before
        assert not [q for q in queries if re.match(r"INSERT|UPDATE|DELETE", q["sql"])]
        asked.append(len(queries))
        for place in range(3):
            dispatched(
                staff("field", "east-1"), at=NOW - hours * HOUR, address=f"城东区朝阳路 {place} 号"
            )
    assert asked[0] == asked[1]


def test_clocks_of_other_days_are_not_counted():
    open_ticket(at=NOW - 2 * DAY + MINUTE)
    assert "这段时间没有计时" in text_of(as_role("supervisor").get(PAGE, SHORT))
