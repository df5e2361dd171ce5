"""四零达标: every figure leads to what it counted; every burden is told with who decided it."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import customer, open_application, open_ticket, staff
from tests.once import once
from tests.web.desk import DAY, HOUR, MINUTE, NOW, as_role, client_of, inline_in, text_of
from waterdesk.core import door, policy
from waterdesk.core.models import Subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE, LIST, FILE = "/desk/four-zeros/", "/desk/four-zeros/list/", "/desk/four-zeros/list.csv"
API = "/api/v1/four-zeros/"
MONTH = {"since": "2026-11-01", "until": "2026-11-30"}
BEGAN = NOW - 3 * DAY


def go(case, action, by, at=NOW - HOUR, **changes):
    return door.move(case.number, action, actor=by, at=at, changes=changes)


def done(place=1, at=BEGAN, street="城东区朝阳路", **over):
    """An application of this house number that was carried through within a day."""
    plumber = staff("field", "east-1")
    case = open_application(
        at=at, address=f"{street} {place} 号", phone=f"138{place:08d}", by=staff("clerk"), **over
    )
    lead = staff("lead")
    go(case, "assign", lead, at + MINUTE, handler=plumber.username)
    go(case, "survey", lead, at + 2 * MINUTE)
    go(case, "install", lead, at + 3 * MINUTE, meter_number="ZZ2026-1108")
    go(case, "water_on", lead, at + 4 * MINUTE)
    return go(case, "confirm", lead, at + HOUR)


def trip(case, at=NOW - HOUR, **more):
    return go(case, "trip", staff("clerk", name="王芳"), at, reason="sign", **more)


def ask(case):
    changes = {"document": "营业执照", "reason": "law"}
    return go(case, "ask_document", staff("clerk", name="王芳"), NOW - HOUR, **changes)


def approval(case):
    changes = {"what": "人行道开挖许可", "reason": "road"}
    return go(case, "approval", staff("clerk"), NOW - HOUR, **changes)


def strike(case, seq):
    changes = {"burden": seq, "reason": "told-twice", "note": "查过登记簿"}
    return go(case, "burden_struck", staff("lead", name="李强"), NOW - MINUTE, **changes)


@once(at=NOW)
def five():
    """Nothing, two trips, an approval, a struck trip – and one that was cancelled after a trip."""
    cases = [done(1), trip(done(2, channel="counter")), approval(done(3)), trip(done(4))]
    strike(cases[3], cases[3].version)
    given_up = open_application(at=BEGAN, address="城东区朝阳路 5 号", phone="13800000005")
    trip(given_up, BEGAN + MINUTE)
    go(given_up, "cancel", staff("clerk"), BEGAN + 2 * MINUTE, reason="changed-mind")
    done(6, at=BEGAN - 40 * DAY)
    open_ticket(at=BEGAN)
    return [*cases, given_up]


def figures(page):
    """Every figure of the page that leads somewhere: (what it says, where it leads)."""
    html = page.content.decode()
    links = re.findall(r'<a [^>]*href="([^"]*/four-zeros/list/[^"]*)"[^>]*>(.*?)</a>', html, re.S)
    told = (
        (re.findall(r"(\d+)(?!\S*%)", re.sub(r"<[^>]+>", " ", said)), url) for url, said in links
    )
    return [(int(numbers[0]), unescape(url)) for numbers, url in told if numbers]


def numbers_in(page):
    return set(re.findall(r'<span class="number">(B\d+)</span>', page.content.decode()))


def total_of(page):
    return {str(label): number.count for label, number in page.context["total"].numbers}


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "customer"])
@pytest.mark.parametrize("page", [PAGE, LIST, FILE])
def test_who_judges_nothing_is_refused(role, page):
    assert as_role(role).get(page).status_code == 403


@pytest.mark.parametrize("role", ["lead", "supervisor", "admin"])
def test_who_judges_finds_it_on_the_way_around_with_the_last_twelve_months(role):
    client = as_role(role)
    page = client.get(PAGE)
    assert "这段时间没有办成的申请" in text_of(page)
    assert re.search(r'name="since"[^>]*value="2025-12-01"', page.content.decode())
    assert re.search(r'name="until"[^>]*value="2026-11-30"', page.content.decode())
    assert PAGE in client.get("/").content.decode()
    assert inline_in(page) == []


def test_what_was_carried_through_is_counted_by_what_it_cost(five):
    page = as_role("lead").get(PAGE, MONTH)
    assert total_of(page) == {
        "办成": 4, "达标": 2, "有跑腿": 1, "有资料": 0, "有审批": 1, "有费用": 0,
    }  # fmt: skip
    assert page.context["total"].share == "50%"
    assert page.context["missed"].count == 2
    assert page.context["apart"].count == 1
    assert inline_in(page) == []


def test_a_rate_is_never_rounded_up_to_all():
    for place in range(1, 4):
        done(place)
    trip(done(4))
    page = as_role("lead").get(PAGE, MONTH)
    assert page.context["total"].share == "75%"
    assert "75%" in text_of(page)


def test_every_figure_leads_to_exactly_the_cases_it_counted(five):
    client = as_role("lead")
    found = figures(client.get(PAGE))
    assert len(found) > 20
    for count, url in found:
        listed = client.get(url)
        assert listed.context["count"] == count, url
        assert len(listed.context["lines"]) == count, url


def test_the_rate_leads_to_those_that_cost_nothing(five):
    client = as_role("lead")
    url = dict(client.get(PAGE, MONTH).context["total"].numbers)["达标"].url
    assert numbers_in(client.get(url)) == {five[0].number, five[3].number}


def test_the_tables_by_month_area_and_service_add_up(five):
    page = as_role("lead").get(PAGE)
    whole = [number.count for _label, number in page.context["total"].numbers]
    assert whole[0] == 5
    for _title, rows in page.context["tables"]:
        columns = zip(*([n.count for _label, n in row.numbers] for row in rows), strict=True)
        assert [sum(column) for column in columns] == whole


def test_a_month_is_that_of_the_end_in_the_desks_own_time():
    done(1, at=NOW.replace(day=1, hour=0) - 9 * HOUR)  # ends on 31 October, 24:00 in Shanghai
    page = as_role("lead").get(PAGE)
    [(_title, months), *_] = page.context["tables"]
    assert [row.name for row in months] == ["2026-11"]
    assert as_role("lead").get(PAGE, MONTH).context["total"].numbers[0][1].count == 1


@pytest.mark.parametrize(
    ("narrowed", "places"),
    [
        ({"result": "done"}, [0, 1, 2, 3]),
        ({"result": "missed"}, [1, 2]),
        ({"result": "approvals"}, [2]),
        ({"result": "apart"}, [4]),
        ({"at": "east", "result": "done"}, []),
        ({"month": "2026-11", "of": "new-connection", "result": "trips"}, [1]),
        ({"month": "2026-10"}, []),
        ({"result": "trips", "of": "transfer"}, []),
    ],
)
def test_the_list_holds_what_it_was_narrowed_to(five, narrowed, places):
    page = as_role("lead").get(LIST, MONTH | narrowed)
    assert numbers_in(page) == {five[place].number for place in places}
    assert inline_in(page) == []


def test_the_list_tells_each_burden_with_its_reason_who_decided_and_what_was_struck(five):
    text = text_of(as_role("lead").get(LIST, MONTH))
    assert "跑腿 · 到窗口签字" in text
    assert "王芳（窗口人员）" in text
    assert "已更正，不计" in text
    assert "由李强（班长）更正：同一项负担登记了两次" in text


def test_the_filters_survive_a_reload(five):
    page = as_role("lead").get(PAGE, MONTH | {"area": "east", "service": "new-connection"})
    html = page.content.decode()
    assert re.search(r'<option value="east" selected', html)
    assert re.search(r'<option value="new-connection" selected', html)


def test_a_service_that_the_catalogue_no_longer_knows_is_counted_still(five):
    Subject.objects.filter(kind="application").delete()
    policy.forget()
    client = as_role("lead")
    page = client.get(PAGE, MONTH)
    assert "new-connection" in text_of(page)
    assert all(client.get(url).status_code == 200 for _count, url in figures(page))


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-11-30", "until": "2026-11-01"},
        {"since": "2024-11-30", "until": "2026-11-01"},
        {"since": "x", "until": "2026-11-01"},
        MONTH | {"area": "nowhere"},
        MONTH | {"service": "nothing"},
    ],
)
@pytest.mark.parametrize("page", [PAGE, LIST, FILE])
def test_what_cannot_be_asked_is_refused(page, wrong):
    assert as_role("lead").get(page, wrong).status_code == 400


def test_a_lead_sees_the_own_areas_only(five):
    client = as_role("lead", "west")
    assert client.get(PAGE, MONTH).context["total"].numbers[0][1].count == 0
    assert client.get(LIST, MONTH | {"at": "east-1"}).context["count"] == 0


def test_the_file_holds_every_burden_with_its_reason_and_who_decided(five):
    answer = as_role("lead").get(FILE, MONTH)
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    rows = {row["办件"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}
    assert set(rows) == {case.number for case in five}
    assert rows[five[1].number]["跑腿"] == "2"
    assert "跑腿：客户到窗口申请" in rows[five[1].number]["负担明细"]
    assert "跑腿：到窗口签字，王芳（窗口人员）" in rows[five[1].number]["负担明细"]
    struck = rows[five[3].number]
    assert (struck["结果"], struck["跑腿"]) == ("达标", "0")
    assert "已更正：同一项负担登记了两次，李强（班长）" in struck["负担明细"]


def test_no_more_queries_for_more_cases():
    client = as_role("lead")

    def asked(page):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page, MONTH)
            _whole = b"".join(answer)
        return len(queries)

    pages = (PAGE, LIST, FILE, API)
    trip(done(1))
    _first_looks = [asked(page) for page in pages]
    few = {page: asked(page) for page in pages}
    for place in range(2, 12):
        strike(case := trip(done(place, channel="counter")), case.version)
    assert {page: asked(page) for page in pages} == few


def test_programs_read_the_same_figures(five):
    body = as_role("supervisor").get(API, MONTH).json()
    assert body["total"] == {
        "done": 4, "met": 2, "missed": 2, "trips": 1, "documents": 0, "approvals": 1, "fees": 0,
        "apart": 1, "share": 50.0,
    }  # fmt: skip
    assert [part["code"] for part in body["months"]] == ["2026-11"]
    assert [part["code"] for part in body["services"]] == ["new-connection"]
    assert sum(part["done"] for part in body["areas"]) == 4


@pytest.mark.parametrize(
    ("role", "asked", "status"),
    [
        ("agent", MONTH, 403),
        ("customer", MONTH, 403),
        ("", MONTH, 403),
        ("lead", {}, 400),
        ("lead", MONTH | {"area": "nowhere"}, 400),
        ("lead", {"since": "2026-11-30", "until": "2026-11-01"}, 400),
    ],
)
def test_programs_are_refused_as_people_are(role, asked, status):
    assert as_role(role).get(API, asked).status_code == status


def test_programs_read_the_card_of_an_application():
    case = trip(done(1, channel="counter"))
    body = as_role("clerk").get(f"/api/v1/applications/{case.number}/").json()
    assert body["four_zeros"] == {
        "trips": 2, "documents": 0, "approvals": 0, "fees": 0, "zero": False,
    }  # fmt: skip


# --- the card of a case ---------------------------------------------------------------------------
def card_in(page):
    html = page.content.decode()
    return html[html.index('id="four-zeros"') :].partition("</section>")[0]


def words_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", card_in(page)).split())


def case_page(case, role="lead"):
    return as_role(role).get(f"/desk/cases/{case.number}/")


def test_a_case_that_cost_nothing_says_zero_four_times_in_words():
    text = words_of(case_page(open_application(at=NOW - HOUR)))
    assert "至今四零" in text
    assert "零 跑腿 零 资料 零 审批 零 费用" in text
    assert "四零达标" in words_of(case_page(done(2)))


def test_the_card_tells_each_burden_with_its_reason_who_decided_and_when():
    page = case_page(ask(open_application(at=NOW - HOUR)))
    text = words_of(page)
    assert "未达四零" in text
    assert "零 跑腿 1 次 资料" in text
    assert "资料 · 法规要求留存 · 营业执照 今天 09:00 · 王芳（窗口人员）" in text
    assert inline_in(page) == []


def test_what_was_recorded_late_says_so():
    case = trip(open_application(at=NOW - DAY), happened="2026-11-15T15:00")
    assert "昨天 15:00 · 王芳（窗口人员） · 今天 09:00 补记" in words_of(case_page(case))


def test_a_lead_strikes_a_burden_on_its_card_and_both_versions_stay():
    case = trip(open_application(at=NOW - HOUR))
    lead = as_role("lead")
    page = lead.get(f"/desk/cases/{case.number}/")
    fields = dict(re.findall(r'name="(burden|seen)" value="(\d+)"', card_in(page)))
    sent = fields | {"reason": "own-wish", "note": "顺路来的"}
    answer = lead.post(f"/desk/cases/{case.number}/moves/burden_struck/", sent, follow=True)
    text = words_of(answer)
    assert "至今四零" in text
    assert "跑腿 · 到窗口签字 已更正，不计" in text
    assert "客户自愿，并非我方要求 顺路来的" in text
    assert "更正负担" in text_of(answer)
    assert "/moves/burden_struck/" not in answer.content.decode()


def test_a_strike_that_is_refused_says_why_and_keeps_what_was_typed():
    case = trip(open_application(at=NOW - HOUR))
    sent = {"burden": "1", "seen": case.version, "reason": "own-wish", "note": "顺路来的"}
    answer = as_role("lead").post(f"/desk/cases/{case.number}/moves/burden_struck/", sent)
    assert answer.status_code == 400
    assert "没有这项负担" in text_of(answer)
    assert "顺路来的" in text_of(answer)


@pytest.mark.parametrize("role", ["clerk", "agent"])
def test_nobody_below_a_lead_is_offered_to_strike(role):
    page = case_page(trip(open_application(at=NOW - HOUR)), role).content.decode()
    assert "/moves/burden_struck/" not in page
    assert "/moves/trip/" in page


def test_a_ticket_has_no_such_card():
    ticket = open_ticket(at=NOW - HOUR)
    assert "four-zeros" not in case_page(ticket, "agent").content.decode()


def test_the_customer_reads_the_card_and_nobodys_name_or_notes():
    case = ask(open_application(at=NOW - HOUR))
    strike(case, case.version)
    text = words_of(client_of(customer()).get(f"/track/{case.number}/"))
    assert "资料 · 法规要求留存 · 营业执照" in text
    assert "窗口人员" in text
    assert "由班长更正：同一项负担登记了两次" in text
    for inside in ("王芳", "李强", "查过登记簿"):
        assert inside not in text


@pytest.mark.parametrize("page", ["case", "track"])
def test_the_definition_is_one_tap_away(page):
    case = open_application(at=NOW - HOUR)
    pages = {"case": f"/desk/cases/{case.number}/", "track": f"/track/{case.number}/"}
    client = {"case": as_role("lead"), "track": client_of(customer())}[page]
    text = words_of(client.get(pages[page]))
    assert "怎样算“零”" in text
    assert "没有人能勾选" in text


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13", "x"])
def test_a_month_that_nobody_knows_is_left_out(five, month):
    client = as_role("lead")
    everything = client.get(LIST, MONTH).context["count"]
    assert client.get(LIST, MONTH | {"month": month}).context["count"] == everything
