"""/desk/standing/ and the cards: what is in force until when, and what is to be done about it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.standing.ticking import tick
from tests.applications.standing.left import at, go, left
from tests.factories import customer
from tests.once import once
from tests.web.desk import as_role, client_of, inline_in, text_of

pytestmark = pytest.mark.django_db

LIST, FILE = "/desk/standing/", "/desk/standing/list.csv"
SOON = at(date(2026, 11, 23))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(SOON, tick=False) as traveller:
        yield traveller


@once(at=SOON)
def three():
    """A relief, a temporary supply that ends within the week, a suspension that was ended."""
    relief = left("relief")
    temporary = left("temporary", phone="13900000001", address="城东区朝阳路 10 号")
    suspended = left("suspend", phone="13900000002", address="城东区朝阳路 11 号")
    go(suspended, "end_standing", SOON.date())
    return relief, temporary, suspended


def shown(query="", client=None):
    return text_of((client or as_role("clerk")).get(f"{LIST}{query}"))


def test_the_list_has_everything_that_was_left(three):
    page = shown()
    assert all(case.number in page for case in three)
    assert "2029-11-16" in page


def test_the_record_names_what_was_left_in_words(three):
    entries = as_role("clerk").get(f"/desk/cases/{three[0].number}/").context["entries"]
    began = next(each for each in entries if each.title == "开始生效")
    assert dict(began.lines)["种类"] == "水费减免"


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?stand=in-force", (True, True, False)),
        ("?stand=ending", (False, True, False)),
        ("?stand=review", (False, False, False)),
        ("?stand=ended", (False, False, True)),
        ("?kind=temporary", (False, True, False)),
        ("?stand=in-force&kind=relief", (True, False, False)),
        ("?stand=nonsense", (True, True, True)),
    ],
)
def test_it_is_narrowed_by_the_address(three, query, there):
    page = shown(query)
    assert tuple(case.number in page for case in three) == there


def test_a_review_that_has_come_is_on_its_list(three, clock):
    relief, *_others = three
    clock.move_to(at(date(2027, 11, 16)))
    page = shown("?stand=review")
    assert relief.number in page
    assert "待复核" in page


def test_what_was_chosen_stays_chosen(three):
    page = as_role("clerk").get(f"{LIST}?stand=ending&kind=temporary").content.decode()
    assert '<option value="ending" selected>' in page
    assert '<option value="temporary" selected>' in page


def test_the_figures_lead_to_what_they_counted(three):
    page = as_role("clerk").get(f"{LIST}?kind=temporary").content.decode()
    assert "?kind=temporary&amp;stand=ending" in page


def test_the_file_has_what_the_list_has_and_masks_phones(three):
    relief, *_others = three
    answer = as_role("clerk").get(f"{FILE}?kind=relief")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    told = dict(zip(head, row, strict=True))
    assert (told["办件"], told["有效期至"]) == (relief.number, "2029-11-16")
    assert told["联系电话"] == "138****5678"


@pytest.mark.parametrize(("role", "status"), [("", 302), ("customer", 403), ("lead", 200)])
def test_the_list_is_for_staff(role, status):
    assert as_role(role).get(LIST).status_code == status


def test_everybody_sees_those_of_the_own_area(three):
    relief, *_others = three
    assert relief.number in shown(client=as_role("lead", "east"))
    assert relief.number not in shown(client=as_role("lead", "west"))


def test_the_list_needs_no_query_for_any_of_them(three):
    client = as_role("clerk")
    client.get(LIST)
    with CaptureQueriesContext(connection) as some:
        client.get(LIST)
    for place in range(3):
        left("relief", phone=f"1370000000{place}", address=f"城东区朝阳路 {20 + place} 号")
    with CaptureQueriesContext(connection) as more:
        client.get(LIST)
    assert len(some) == len(more)


def test_a_page_follows_a_page(three, monkeypatch):
    monkeypatch.setattr("waterdesk.web.standings.PAGE_ROWS", 2)
    client = as_role("clerk")
    first = client.get(LIST)
    assert three[0].number not in text_of(first)
    second = client.get(f"{LIST}?after={first.context['lines'][-1]['row'].pk}")
    assert three[0].number in text_of(second)


def test_there_are_no_inline_scripts_or_styles(three):
    assert inline_in(as_role("clerk").get(LIST)) == []


def test_the_page_of_the_case_says_how_it_stands(three):
    relief, _temporary, suspended = three
    clerk = as_role("clerk")
    page = text_of(clerk.get(f"/desk/cases/{relief.number}/"))
    assert "2029-11-16" in page
    assert "复核资格" in page
    assert "提前终止" in text_of(clerk.get(f"/desk/cases/{suspended.number}/"))


def test_a_refused_extension_comes_back_to_its_form(three):
    _relief, temporary, _suspended = three
    answer = as_role("clerk").post(
        f"/desk/cases/{temporary.number}/moves/extend_standing/",
        {"until": "2026-11-01", "note": "工期延长", "seen": temporary.version},
    )
    assert answer.status_code == 400
    assert "日期已过" in text_of(answer)


def test_the_customer_reads_until_when_and_what_to_do_next(three):
    _relief, temporary, _suspended = three
    page = client_of(customer("13900000001")).get(f"/track/{temporary.number}/")
    assert "临时用水有效期至 2026-11-30" in text_of(page)
    assert "还有 7 天" in text_of(page)
    assert 'href="/apply/temporary/"' in page.content.decode()


def test_the_customer_of_a_relief_reads_that_nothing_is_to_be_done(three):
    relief, *_others = three
    page = text_of(client_of(customer()).get(f"/track/{relief.number}/"))
    assert "水费减免有效期至 2029-11-16" in page
    assert "不用您办任何手续" in page


def test_the_customer_reads_that_it_has_ended(three, clock):
    _relief, temporary, _suspended = three
    clock.move_to(at(date(2026, 12, 1)))
    tick(at(date(2026, 12, 1)))
    page = text_of(client_of(customer("13900000001")).get(f"/track/{temporary.number}/"))
    assert "临时用水已于 2026-11-30 终止" in page
    assert "重新申请" in page
