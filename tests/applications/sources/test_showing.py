"""What staff and customers see of it."""

from __future__ import annotations

import pytest
from django.test import Client

from applications.sources.fetching import fetch_next
from tests.factories import open_application, open_ticket, staff
from tests.web.conftest import at_ten  # noqa: F401  fixture
from tests.web.desk import MINUTE, NOW, as_role, text_of
from waterdesk.core import door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten", "fresh_cache")]

CARD, NO_PAPERS = "已核实的信息", "不用交任何材料"


def opened(**over):
    return open_application(at=NOW - 2 * MINUTE, **over)


def page(case):
    return text_of(as_role("lead").get(f"/desk/cases/{case.number}/"))


def card(case):
    """From the heading of the card to the heading that follows."""
    text = page(case)
    return text[text.index(CARD) : text.index("办理经过")]


def fetched(**over):
    case = opened(**over)
    fetch_next(NOW - MINUTE)
    return case


def test_staff_see_what_came_from_where_and_when(sources):
    shown = card(fetched())
    for said in ("申请人身份", "姓名与号码一致", "按手机号", "实名核验，今天 09:59", "不动产登记"):
        assert said in shown
    assert "取得土地 2021-05-01" in shown
    assert "查勘时不用再核对" in shown


def test_staff_see_what_is_owed_and_that_a_person_decides(sources):
    sources.told("/arrears", 200, {"owed": "86.40", "since": "2026-01-05"})
    shown = card(fetched())
    assert "有欠费 86.40 元，自 2026-01-05 起" in shown
    assert "是否影响办理由人决定" in shown


def test_staff_see_what_the_survey_must_look_at(sources):
    sources.told("/property", 404)
    shown = card(fetched())
    assert "查无记录" in shown
    assert "查勘时核对 现场核对房屋是谁的" in shown


def test_staff_see_that_a_source_will_be_asked_again(sources):
    sources.told("/property", 503)
    assert "没有及时答复的会自动再查" in card(fetched())


def test_staff_see_that_the_sources_have_not_answered_yet(sources):
    assert "正在查询" in card(opened())


@pytest.mark.usefixtures("unconnected")
def test_where_nothing_is_connected_all_of_it_is_for_the_survey():
    shown = card(opened())
    assert "现场查看申请人证件" in shown
    assert "查勘前请营业所核对申请人有无欠费" in shown


@pytest.mark.usefixtures("unconnected")
def test_what_has_ended_without_facts_has_no_card():
    case = opened()
    door.move(case.number, "cancel", actor=staff("lead"), at=NOW - MINUTE)
    assert CARD not in page(case)


def test_a_ticket_has_no_such_card(sources):
    assert CARD not in page(open_ticket(at=NOW))


def test_the_record_tells_it_in_words(sources):
    sources.told("/property", 503)
    text = page(fetched())
    told = text[text.index("办理经过") :]
    assert "核实申请信息" in told
    assert "申请人身份 姓名与号码一致" in told
    assert "房屋土地 对方没有及时答复" in told


def test_the_customer_reads_that_no_papers_are_needed(sources):
    case = fetched()
    client = Client()
    client.post("/track/", {"number": case.number, "tail": case.phone[-4:]})
    text = text_of(client.get(f"/track/{case.number}/"))
    assert NO_PAPERS in text
    assert CARD not in text
    assert "姓名与号码一致" not in text


def test_the_page_reads_the_facts_with_two_queries(sources, django_assert_max_num_queries):
    case, client = fetched(), as_role("lead")
    client.get(f"/desk/cases/{case.number}/")
    with django_assert_max_num_queries(40) as asked:
        client.get(f"/desk/cases/{case.number}/")
    tables = [query["sql"] for query in asked.captured_queries]
    assert sum("fetchedfact" in sql or "factsdue" in sql for sql in tables) == 2
