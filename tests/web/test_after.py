"""The pages of what comes after the work: the calls, the page behind the link, the figures."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import staff
from tests.finished import answered, finished, with_water
from tests.once import once
from tests.web.desk import DAY, HOUR, NOW, as_role, client_of, inline_in, text_of
from tickets.models import Ticket
from waterdesk.core import door
from waterdesk.core.after import links
from waterdesk.core.models.after import Aftercare

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

LIST, FIGURES = "/desk/follow-up/", "/desk/satisfaction/"
BEGUN = NOW - 5 * HOUR


def row_of(case):
    return Aftercare.objects.get(case_id=case.pk)


def link_of(case):
    return f"/s/{links.token(case.pk, row_of(case).link_serial)}/"


def sheet(case):
    return f"{LIST}{case.number}/"


def numbers_in(page):
    return re.findall(r'<span class="number">([BG]\d+)</span>', page.content.decode())


def rate(case, value, at=NOW):
    changes = {"value": value, "by": "link"}
    return door.move(case.number, "rated", actor=None, at=at, changes=changes)


# --- the list -----------------------------------------------------------------------------------
def test_the_longest_waiting_call_is_first():
    young, old = finished(begun=BEGUN), with_water(begun=BEGUN - DAY)
    assert numbers_in(as_role("agent").get(LIST)) == [old.number, young.number]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("agent", 200),
        ("clerk", 200),
        ("lead", 200),
        ("supervisor", 200),
        ("admin", 200),
        ("field", 403),
        ("customer", 403),
        ("", 302),
    ],
)
def test_who_calls_may_see_the_calls(role, status):
    assert as_role(role).get(LIST).status_code == status
    assert as_role(role).get(FIGURES).status_code == status


def test_a_lead_sees_the_calls_of_the_own_area_alone():
    finished(begun=BEGUN)
    assert numbers_in(as_role("lead", "west").get(LIST)) == []


def test_the_filters_stand_in_the_address_and_survive_a_call_that_was_taken():
    case, other = finished(begun=BEGUN), with_water(begun=BEGUN)
    agent = as_role("agent")
    page = agent.get(LIST, {"kind": "ticket", "area": "east"})
    assert numbers_in(page) == [case.number]
    assert 'value="ticket" selected' in page.content.decode()
    taken = agent.post(f"{sheet(case)}take/", {"kind": "ticket", "area": "east"})
    assert taken.url == f"{sheet(case)}?kind=ticket&area=east"
    done = agent.post(taken.url, {"call": "reached", "value": "5"})
    assert done.url == f"{LIST}?kind=ticket&area=east"
    assert other.number not in text_of(agent.get(done.url))


def test_an_empty_list_says_so():
    assert "现在没有要打的回访" in text_of(as_role("agent").get(LIST))
    assert "没有符合条件的回访" in text_of(as_role("agent").get(LIST, {"stand": "mine"}))


def test_what_was_put_off_is_on_the_list_again_in_time(at_ten):
    case = finished(begun=BEGUN)
    later = {"call": "later", "when": "2026-11-16T15:30"}
    agent = client_of(staff("agent"))
    assert agent.post(sheet(case), later).status_code == 302
    assert numbers_in(agent.get(LIST)) == []
    assert numbers_in(agent.get(LIST, {"stand": "later"})) == [case.number]
    at_ten.shift(6 * HOUR)
    assert numbers_in(agent.get(LIST)) == [case.number]


def test_what_waited_too_long_is_told():
    old, young = finished(begun=BEGUN - 4 * DAY), finished(begun=BEGUN)
    page = as_role("lead").get(LIST, {"stand": "over"})
    assert numbers_in(page) == [old.number]
    assert young.number not in text_of(page)


def test_the_next_page_goes_on_where_this_one_ends(monkeypatch):
    monkeypatch.setattr("waterdesk.web.after.calls.PAGE_ROWS", 2)
    cases = [finished(begun=BEGUN - n * HOUR) for n in (4, 3, 2)]
    first = as_role("agent").get(LIST)
    older = unescape(re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1])
    assert numbers_in(first) == [each.number for each in cases[:2]]
    assert numbers_in(as_role("agent").get(LIST + older)) == [cases[2].number]


def test_the_price_of_the_list_does_not_follow_its_length():
    def queries():
        with CaptureQueriesContext(connection) as caught:
            agent.get(LIST)
        return len(caught)

    agent = as_role("agent")
    finished(begun=BEGUN)
    agent.get(LIST)
    one = queries()
    for _ in range(4):
        finished(begun=BEGUN)
    assert queries() == one


# --- the sheet ----------------------------------------------------------------------------------
def test_somebody_elses_call_is_not_on_offer():
    case = finished(begun=BEGUN)
    client_of(staff("agent", name="first")).post(f"{sheet(case)}take/")
    second = client_of(staff("agent", name="second"))
    assert "first正在回访" in text_of(second.get(LIST))
    assert 'name="call"' not in second.get(sheet(case)).content.decode()
    assert second.post(f"{sheet(case)}take/").url == LIST
    refused = second.post(sheet(case), {"call": "refused"})
    assert (refused.status_code, "正在回访这位客户" in text_of(refused)) == (409, True)


def test_the_sheet_says_whom_to_call_and_what_to_ask():
    case = finished(begun=BEGUN)
    page = as_role("agent").get(sheet(case))
    assert f'href="tel:{case.phone}"' in page.content.decode()
    assert "现在用水正常吗" in text_of(page)
    assert "更换管段 2 米" in text_of(page)
    assert inline_in(page) == []


def test_what_was_typed_is_kept_when_it_is_refused():
    case = finished(begun=BEGUN)
    page = as_role("agent").post(
        sheet(case), {"call": "reached", "words": "都挺好", "reasons": "kind"}
    )
    assert page.status_code == 400
    assert "请询问客户的评分" in text_of(page)
    assert "都挺好" in text_of(page)
    assert 'value="kind" checked' in page.content.decode()


def test_nonsense_is_refused_and_not_made():
    case = finished(begun=BEGUN)
    agent = as_role("agent")
    assert agent.post(sheet(case), {"call": "sung"}).status_code == 400
    assert agent.post(sheet(case), {"call": "later", "when": "昨天"}).status_code == 400
    assert agent.get(f"{LIST}G20260101000001/").status_code == 404
    assert agent.post(f"{LIST}G20260101000001/take/").status_code == 302
    assert row_of(case).call == "waiting"


def test_the_page_of_the_case_shows_call_answer_and_complaint():
    case = finished(begun=BEGUN)
    rate(case, 1)
    complaint = Ticket.objects.get(category="complaint")
    lead = as_role("lead")
    page = text_of(lead.get(f"/desk/cases/{case.number}/"))
    assert "客户打 1 分" in page
    assert complaint.number in page
    assert case.number in text_of(lead.get(f"/desk/cases/{complaint.number}/"))


# --- the page behind the link -------------------------------------------------------------------
def test_the_page_of_the_link_shows_nothing_of_the_person():
    case = with_water(begun=BEGUN, name="欧阳锋")
    page = Client().get(link_of(case))
    assert page.status_code == 200
    for told in (case.name, case.phone, case.phone[-4:], case.address, case.number, "城东"):
        assert told not in page.content.decode().replace(link_of(case), "")
    assert inline_in(page) == []
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]


def test_a_customer_answers_and_changes_the_answer():
    case, phone = with_water(begun=BEGUN), Client()
    said = {"value": "5", "reasons": ["quick", "slow"], "words": " 很快 "}
    thanks = phone.post(link_of(case), said, follow=True)
    assert "您给了 5 分" in text_of(thanks)
    assert (row_of(case).reasons, row_of(case).words) == (["quick"], "很快")
    again = phone.get(link_of(case)).content.decode()
    assert 'value="5" required checked' in again
    worse = phone.post(link_of(case), {"value": "1", "reasons": "slow"}, follow=True)
    assert "我们已为您登记投诉" in text_of(worse)
    assert row_of(case).value == 1


def test_the_same_answer_sent_twice_is_one():
    case, phone = with_water(begun=BEGUN), Client()
    for _ in range(2):
        phone.post(link_of(case), {"value": "2", "words": "慢"})
    assert case.events.filter(action="rated").count() == 1


def test_no_grade_is_asked_for_again():
    case = with_water(begun=BEGUN)
    page = Client().post(link_of(case), {"words": "很好"})
    assert page.status_code == 400
    assert "请选择一个分数" in text_of(page)
    assert "很好" in page.content.decode()


def test_a_link_that_is_over_says_no_more_than_that(at_ten):
    case = with_water(begun=BEGUN)
    link = link_of(case)
    at_ten.shift(31 * DAY)
    for gone in (link, f"{link}thanks/", "/s/AAAAAAAAAAAAAAAAAAAAAAAA/"):
        page = Client().get(gone)
        assert (page.status_code, "链接已失效" in text_of(page)) == (404, True)


def test_guessing_links_is_stopped():
    for _ in range(30):
        Client().get("/s/AAAAAAAAAAAAAAAAAAAAAAAA/")
    assert Client().get("/s/AAAAAAAAAAAAAAAAAAAAAAAA/").status_code == 429


# --- the figures --------------------------------------------------------------------------------
@once(at=NOW)
def five():
    """Answers 5, 5, 4, 2 to leaks and water in November, 1 to a complaint in October."""
    rate(finished(begun=BEGUN), 5)
    rate(finished(begun=BEGUN), 5)
    rate(with_water(begun=BEGUN), 4)
    rate(with_water(begun=BEGUN), 2)
    rate(answered(begun=NOW - 30 * DAY), 1, at=NOW - 29 * DAY)


@pytest.mark.usefixtures("five")
def test_every_figure_leads_to_as_many_answers():
    lead = as_role("lead")
    page = lead.get(FIGURES).content.decode()
    found = re.findall(r'<a href="([^"]*/list/[^"]*)">(\d+)</a>', page)
    assert len(found) > 15
    for url, count in found:
        assert f"共 {count} 件" in text_of(lead.get(unescape(url)))


@pytest.mark.usefixtures("five")
def test_the_figures_of_a_month_are_those_of_its_days_in_shanghai():
    asked = {"since": "2026-11-01", "until": "2026-11-30"}
    page = text_of(as_role("lead").get(FIGURES, asked))
    assert "75%" in page
    assert "4.00" in page
    assert "2026-10" not in page
    assert "2026-10" in text_of(as_role("lead").get(FIGURES))


@pytest.mark.usefixtures("five")
def test_a_period_is_narrowed_to_an_area_and_a_kind():
    asked = {"since": "2026-11-01", "until": "2026-11-30"}
    lead = as_role("lead")
    assert "50%" in text_of(lead.get(FIGURES, asked | {"kind": "application"}))
    assert "这段时间没有评价" in text_of(lead.get(FIGURES, asked | {"area": "west"}))


def test_calls_are_counted_as_reached_and_in_time():
    old, quick, missed = (finished(begun=BEGUN - 6 * DAY) for _ in range(3))
    agent = staff("agent")
    soon, late = NOW - 5 * DAY, NOW - HOUR
    changes = {"call": "reached", "value": "4"}
    door.move(quick.number, "call_back", actor=agent, at=soon, changes=changes)
    door.move(old.number, "call_back", actor=agent, at=late, changes=changes)
    for n in (3, 2, 1):
        said = {"call": "unreached"}
        door.move(missed.number, "call_back", actor=agent, at=NOW - n * HOUR, changes=said)
    page = text_of(as_role("lead").get(FIGURES))
    assert "33.3%" in page
    assert "66.7%" in page


def test_a_period_that_ends_before_it_begins_is_refused():
    page = as_role("lead").get(FIGURES, {"since": "2026-11-02", "until": "2026-11-01"})
    assert (page.status_code, "止日不能早于起日" in text_of(page)) == (400, True)
