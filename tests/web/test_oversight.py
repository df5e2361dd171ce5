"""总览: every figure beside its goal and its past, and a way to exactly what it counted."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import open_ticket, staff
from tests.finished import finished, with_water
from tests.web.desk import DAY, HOUR, NOW, as_role, inline_in, text_of
from tickets.models import Call, CallState
from waterdesk.core import policy
from waterdesk.core.models import Area, Goal
from waterdesk.core.sweep import sweep
from waterdesk.web.oversight import listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE, LIST = "/desk/oversight/", "/desk/oversight/list/"
CALLS, AFTER = "/desk/oversight/calls/", "/desk/oversight/follow-up/"
ALL = (PAGE, LIST, CALLS, AFTER)
NOVEMBER = {"since": "2026-11-01", "until": "2026-11-30"}
THURSDAY = NOW - 4 * DAY
ARRIVE = {"step": "ticket:arrive"}


def late_ticket(place=1, at=THURSDAY, street="城东区朝阳路", **over):
    """A leak to which nobody went: every promise of it is late, and stays open."""
    given = {"phone": f"136{place:08d}", "address": f"{street} {place} 号"} | over
    ticket = open_ticket(at=at, **given)
    sweep(NOW)
    return ticket


def call(state=CallState.ENDED, wait=5, at=THURSDAY, **more):
    place = Call.objects.count()
    return Call.objects.create(
        provider="test", provider_call=f"c{place}", number="13912345678", state=state,
        began_at=at + place * timedelta(minutes=1), wait=wait,
        answered_at=None if state == CallState.ABANDONED else at, **more,
    )  # fmt: skip


@pytest.fixture
def desk():
    """Two leaks mended in time, an application carried through, a leak that nobody went to."""
    return [finished(begun=THURSDAY), finished(begun=THURSDAY), with_water(begun=THURSDAY),
            late_ticket()]  # fmt: skip


def card(page, code):
    return next(each for each in page.context["cards"] if each.code == code)


def counts(card):
    return {str(label): number.count for label, number in card.counts}


def earlier(card):
    return {str(each.label): (each.value, each.change) for each in card.earlier}


def figures(page):
    """Every figure of the page that leads to a list: (what it says, where it leads)."""
    html = page.content.decode()
    links = re.findall(r'<a href="(/desk/(?:oversight|four-zeros)/[^"]*)">([^<]*)</a>', html)
    return [(int(said), unescape(url)) for url, said in links if said.isdecimal()]


def numbers_in(page):
    return set(re.findall(r'<span class="number">([BG]\d+)</span>', page.content.decode()))


def addresses(page, name):
    found = re.findall(rf'<a[^>]* href="([^"]*{name}[^"]*)"', page.content.decode())
    return [unescape(url) for url in found]


# --- who --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["agent", "clerk", "field", "customer"])
def test_who_judges_nothing_is_refused(role):
    client = as_role(role)
    assert [client.get(address).status_code for address in ALL] == [403] * len(ALL)


def test_a_stranger_signs_in_first():
    assert [Client().get(address).status_code for address in ALL] == [302] * len(ALL)


@pytest.mark.parametrize("role", ["lead", "supervisor", "admin"])
def test_who_judges_finds_it_on_the_way_around(role):
    client = as_role(role)
    page = client.get(PAGE)
    assert "这段时间没有判定的承诺" in text_of(page)
    assert PAGE in client.get("/").content.decode()


def test_somebody_of_one_branch_counts_that_branch_alone(desk):
    late_ticket(7, street="城西区解放路")
    assert card(as_role("lead", "west").get(PAGE, NOVEMBER), "tickets").value == "0%"
    west = as_role("lead", "west").get(LIST, NOVEMBER)
    everything = as_role("lead").get(LIST, NOVEMBER)
    assert len(numbers_in(west)) == 1
    assert len(numbers_in(everything)) == 5
    assert west.context["count"] == len(west.context["lines"])


@pytest.mark.parametrize(
    "guess",
    [
        {"split": "area", "row": "east"},
        {"split": "area", "row": "company"},
        {"split": "person", "row": "0"},
        {"split": "team", "row": "0"},
        {"of": "ticket:arrive", "bucket": "2026-11-12", "by": "day"},
        {"result": "open_late", "group": "tickets"},
        {"split": "channel", "row": "hotline"},
    ],
)
def test_guessing_the_figures_of_another_branch_finds_nothing(desk, guess):
    page = as_role("lead", "west").get(LIST, NOVEMBER | guess)
    assert (page.status_code, page.context["count"], page.context["lines"]) == (200, 0, [])


def test_asking_for_an_area_or_a_person_of_another_branch_is_refused(desk):
    client, crew = as_role("lead", "west"), staff("field", "east-1")
    assert client.get(PAGE, {"area": "east"}).status_code == 400
    assert client.get(LIST, {"team": "east"}).status_code == 400
    assert client.get(LIST, {"person": crew.pk}).status_code == 400
    assert client.get(AFTER, {"area": "east"}).status_code == 400


def test_calls_back_of_another_branch_are_not_listed(desk):
    assert as_role("lead").get(AFTER, NOVEMBER).context["count"] == 3
    assert as_role("lead", "west").get(AFTER, NOVEMBER).context["count"] == 0


# --- what is counted --------------------------------------------------------------------------
def test_what_is_open_and_late_is_in_the_denominator_at_once(desk):
    page = as_role("supervisor").get(PAGE, NOVEMBER)
    assert card(page, "two-step").value == "100%"
    tickets = card(page, "tickets")
    assert tickets.value == "66.6%"
    assert counts(tickets) == {"已判定": 12, "超时": 4, "仍未办结": 4, "外部原因": 0}


def test_counted_and_elapsed_time_stand_side_by_side(desk):
    page = as_role("supervisor").get(PAGE, NOVEMBER)
    assert page.context["times"].rows == [
        ("中位数", "2 小时", "3 小时"),
        ("90% 不超过", "2 小时", "3 小时"),
    ]
    narrowed = as_role("supervisor").get(PAGE, NOVEMBER | {"step": "ticket:arrive"})
    assert narrowed.context["times"].rows[0] == ("中位数", "20 分钟", "20 分钟")


def test_every_figure_leads_to_exactly_what_it_counted(desk):
    call()
    call(wait=50)
    call(CallState.ABANDONED)
    client = as_role("supervisor")
    found = figures(client.get(PAGE, NOVEMBER))
    assert len(found) > 40
    for count, url in found:
        listed = client.get(url)
        assert (listed.context["count"], len(listed.context["lines"])) == (count, count), url


@pytest.mark.parametrize(
    ("split", "by"),
    [("area", "month"), ("service", "week"), ("channel", "day"), ("team", "week"),
     ("person", "day")],
)  # fmt: skip
def test_however_it_is_parted_the_parts_make_the_whole_and_lead_to_their_lists(desk, split, by):
    client = as_role("supervisor")
    page = client.get(PAGE, NOVEMBER | {"split": split, "by": by})
    assert sum(row.tally.judged for row in page.context["split"]) == 13
    assert sum(row.tally.judged for _title, rows in page.context["trend"] for row in rows) == 13
    for row in page.context["split"]:
        for label, number in row.numbers:
            assert number.url == "" or client.get(number.url).context["count"] == number.count, (
                label
            )


def test_the_calls_are_shared_out_by_how_soon_they_were_answered():
    for wait in (3, 20, 21):
        call(wait=wait)
    call(CallState.ABANDONED)
    call(at=NOW - 40 * DAY)
    page = as_role("supervisor").get(PAGE, NOVEMBER)
    assert card(page, "calls-soon").value == "50%"
    assert card(page, "calls-missed").value == "25%"
    assert earlier(card(page, "calls-soon"))["上期"] == ("100%", "−50")


def test_a_number_is_masked_in_the_list_of_calls():
    call()
    text = text_of(as_role("supervisor").get(CALLS, NOVEMBER))
    assert "139****5678" in text
    assert "13912345678" not in text


def test_a_call_does_not_name_a_case_of_another_branch(desk):
    call(case=desk[0].case_ptr)
    assert desk[0].number in text_of(as_role("supervisor").get(CALLS, NOVEMBER))
    assert desk[0].number not in text_of(as_role("lead", "west").get(CALLS, NOVEMBER))


# --- goals and the past -----------------------------------------------------------------------
def test_a_figure_says_whether_it_reaches_its_goal_and_where_the_goal_is_from(desk):
    page = as_role("supervisor").get(PAGE, NOVEMBER)
    assert card(page, "two-step").met is True
    assert card(page, "tickets").met is False
    assert card(page, "pleased").met is None
    text = text_of(page)
    assert "未达到 目标不低于 97%" in text
    assert "目标出处：默认取值：各地公布的办理及时率为 97–99 %" in text


def test_an_area_is_held_against_its_own_goal(desk):
    east = Area.objects.get(code="east")
    Goal.objects.create(measure="tickets", area=east, value=60, source="所里定的")
    whole = as_role("supervisor").get(PAGE, NOVEMBER)
    narrowed = as_role("supervisor").get(PAGE, NOVEMBER | {"area": "east"})
    own = as_role("lead", "east").get(PAGE, NOVEMBER)
    assert [card(page, "tickets").met for page in (whole, narrowed, own)] == [False, True, True]


def test_a_figure_stands_beside_the_period_before_and_the_year_before(desk):
    finished(begun=THURSDAY - 30 * DAY)
    late_ticket(8, at=NOW - 365 * DAY)
    tickets = card(as_role("supervisor").get(PAGE, NOVEMBER), "tickets")
    assert earlier(tickets) == {"上期": ("100%", "−33.4"), "去年同期": ("0%", "+66.6")}
    october = as_role("supervisor").get(tickets.earlier[0].url)
    assert (october.context["count"], len(numbers_in(october))) == (4, 1)


# --- narrowing --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("narrowed", "judged"),
    [
        ({"area": "east"}, 13),
        ({"area": "east-1"}, 13),
        ({"area": "west"}, 0),
        (ARRIVE, 3),
        ({"subject": "application:new-connection"}, 1),
        ({"subject": "ticket:repair.leak"}, 12),
        ({"step": "ticket:arrive", "subject": "application:new-connection"}, 0),
        ({"channel": "web"}, 1),
        ({"channel": "hotline"}, 12),
        ({"since": "2026-11-14"}, 0),
    ],
)
def test_all_clocks_can_be_narrowed(desk, narrowed, judged):
    page = as_role("supervisor").get(PAGE, NOVEMBER | narrowed)
    assert page.context["all"].count == judged
    assert as_role("supervisor").get(LIST, NOVEMBER | narrowed).context["count"] == judged


def test_a_person_and_a_team_have_what_was_judged_of_them(desk):
    crew, client = staff("field", "east-1"), as_role("supervisor")
    by_person = client.get(LIST, NOVEMBER | {"person": crew.pk}).context["count"]
    by_team = client.get(LIST, NOVEMBER | {"team": "east-1"}).context["count"]
    assert by_person == by_team > 0


def test_what_a_figure_cannot_be_narrowed_by_is_said_and_not_shown_as_if(desk):
    call()
    page = as_role("supervisor").get(PAGE, NOVEMBER | ARRIVE)
    for code in ("four-zeros", "calls-soon", "called-back", "pleased"):
        assert (card(page, code).value, card(page, code).counts) == ("—", [])
        assert card(page, code).apart
    assert as_role("supervisor").get(CALLS, NOVEMBER | ARRIVE).context["count"] == 0
    assert as_role("supervisor").get(AFTER, NOVEMBER | ARRIVE).context["count"] == 0
    of_east = as_role("supervisor").get(PAGE, NOVEMBER | {"area": "east"})
    assert "热线不分片区：全公司的来电。" in text_of(of_east)


def test_everything_asked_survives_a_reload(desk):
    asked = NOVEMBER | ARRIVE | {"area": "east", "by": "week", "split": "person", "team": "east-1"}
    html = as_role("supervisor").get(PAGE, asked).content.decode()
    for value in ("east", "ticket:arrive", "week", "person", "east-1"):
        assert re.search(rf'<option value="{value}" selected', html), value
    assert 'value="2026-11-30"' in html
    assert '<details class="more" open' in html


def test_a_period_asked_for_often_is_one_tap_and_keeps_the_rest(desk):
    page = as_role("supervisor").get(PAGE, {"area": "east"})
    [this_month] = [each for each in page.context["quick"] if each["active"]]
    assert this_month["label"] == "本月"
    last_month = page.context["quick"][2]["url"]
    assert "area=east" in last_month
    assert "since=2026-10-01&until=2026-10-31" in last_month


@pytest.mark.parametrize(
    "nonsense",
    [
        {"result": "best"},
        {"bucket": "soon"},
        {"bucket": "0001-01-01"},
        {"of": "arrive"},
        {"of": "application:arrive"},
        {"split": "person", "row": "everybody"},
        {"split": "team", "row": "9" * 30},
        {"split": "service", "row": "x"},
        {"split": "area", "row": "atlantis"},
        {"split": "channel", "row": "pigeon"},
    ],
)
def test_an_address_of_nothing_lists_nothing(desk, nonsense):
    page = as_role("supervisor").get(LIST, NOVEMBER | nonsense)
    assert (page.status_code, page.context["count"], page.context["lines"]) == (200, 0, [])
    assert "没有符合条件的计时" in text_of(page)


@pytest.mark.parametrize("address", ALL)
def test_what_cannot_be_asked_is_refused(address):
    client = as_role("supervisor")
    backwards, endless = {"until": "2026-10-01"}, {"until": "2028-01-01"}
    for wrong in (backwards, endless, {"since": "x"}, {"person": "x"}, {"split": "moon"}):
        assert client.get(address, NOVEMBER | wrong).status_code == 400, wrong


def test_a_key_of_a_page_that_is_none_is_refused(desk):
    assert as_role("supervisor").get(LIST, NOVEMBER | {"after": "x"}).status_code == 400


# --- the way down, and its price --------------------------------------------------------------
def test_from_the_figure_of_all_to_the_event_that_made_it_are_three_clicks(desk):
    client = as_role("supervisor")
    late = dict(card(client.get(PAGE, NOVEMBER), "tickets").counts)["超时"].url
    listed = client.get(late)
    case = f"/desk/cases/{desk[3].number}/"
    assert case in addresses(listed, case)
    page = client.get(case)
    [event] = desk[3].events.filter(action="clock_breached", data__promise="arrive")
    assert event.at == THURSDAY + HOUR
    assert "“漏水到场”超过承诺时限" in text_of(page)
    why = client.get(addresses(listed, "/clocks/")[0])
    assert "逐日计算" in text_of(why)


def test_the_list_is_paged_by_its_own_order_and_loses_nobody(desk, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_ROWS", 5)
    client = as_role("supervisor")
    seen, address = [], f"{LIST}?since=2026-11-01&until=2026-11-30"
    for rows in (5, 5, 3):
        page = client.get(address)
        seen += [line["fact"] for line in page.context["lines"]]
        assert len(page.context["lines"]) == rows
        address = f"{LIST}{page.context['older']}"
    assert page.context["older"] == ""
    assert len({fact.pk for fact in seen}) == 13
    assert seen == sorted(seen, key=lambda fact: (fact.judged_at, fact.pk), reverse=True)


@pytest.mark.parametrize("role", ["lead", "supervisor", "admin"])
def test_the_overview_asks_at_most_twenty_questions_however_much_there_is(role, desk):
    client = as_role(role)
    policy.look_again()
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE, NOVEMBER)
    for place in range(20, 24):
        late_ticket(place)
        finished(begun=THURSDAY - HOUR)
    policy.look_again()
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE, NOVEMBER)
    assert len(many) == len(few) <= 20


@pytest.mark.parametrize("address", [LIST, AFTER])
def test_a_list_asks_as_many_questions_for_one_as_for_many(desk, address):
    client = as_role("supervisor")
    with CaptureQueriesContext(connection) as few:
        client.get(address, NOVEMBER)
    for _ in range(4):
        finished(begun=THURSDAY - HOUR)
    with CaptureQueriesContext(connection) as many:
        client.get(address, NOVEMBER)
    assert len(many) == len(few) <= 16


def test_what_is_drawn_stands_in_the_tables_and_nothing_is_inline(desk):
    client = as_role("supervisor")
    page = client.get(PAGE, NOVEMBER)
    drawn = page.context["charts"]
    shares = [row.tally.share for row in page.context["split"]]
    assert drawn["split"]["series"][0]["data"] == shares
    assert drawn["trend"]["names"] == ["11-12", "11-13"]
    assert [each["data"] for each in drawn["trend"]["series"]] == [[100.0, None], [72.7, 0.0]]
    for address in ALL:
        assert inline_in(client.get(address, NOVEMBER)) == []
