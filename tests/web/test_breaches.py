"""超时统计: every breach is counted once, by its cause; every figure leads to what it counted."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_application, open_ticket, staff
from tests.once import once
from tests.web.desk import DAY, HOUR, MINUTE, NOW, as_role, inline_in, some, text_of
from waterdesk.core import door, policy
from waterdesk.core.models import Clock, Reason
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE, LIST, FILE = "/desk/breaches/", "/desk/breaches/list/", "/desk/breaches/list.csv"
BEGAN = NOW - 30 * HOUR
MONTH = {"since": "2026-11-01", "until": "2026-11-30"}
RESPOND = MONTH | {"promise": "respond"}


def late(place=1, at=BEGAN):
    """A leak for which nobody was sent in time: late to respond, and by now in everything."""
    return open_ticket(at=at, address=f"城东区朝阳路 {place} 号", phone=f"139{place:08d}")


def explain(ticket, cause, at=NOW - HOUR):
    changes = {"reason": cause, "note": "见照片"}
    return door.move(ticket.number, "explain", actor=staff("agent"), at=at, changes=changes)


def accept(ticket, at=NOW - HOUR):
    return door.move(ticket.number, "accept_explanation", actor=staff("lead"), at=at)


def give_back(ticket, at=NOW - HOUR):
    changes = {"note": "写明原因"}
    lead = staff("lead")
    return door.move(ticket.number, "return_explanation", actor=lead, at=at, changes=changes)


@once(at=NOW)
def five():
    """Five late leaks: unexplained, given, handed back, accepted as ours, accepted as outside."""
    tickets = [late(n) for n in range(1, 6)]
    sweep(NOW - 2 * HOUR)
    explain(tickets[1], "crew-short")
    give_back(explain(tickets[2], "material"))
    accept(explain(tickets[3], "crew-short"))
    accept(explain(tickets[4], "weather"))
    return tickets


@pytest.fixture
def kept():
    """One leak for which somebody was sent in time."""
    ticket = open_ticket(at=BEGAN, address="城东区朝阳路 99 号", phone="13900000099")
    changes = {"handler": staff("field", "east-1").username}
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=BEGAN + MINUTE, changes=changes)
    return ticket


def figures(page):
    """Every figure of the page that leads somewhere: (what it says, where it leads)."""
    links = re.findall(r'<a href="([^"]*/list/[^"]*)">(\d+)</a>', page.content.decode())
    return [(int(count), unescape(url)) for url, count in links]


def numbers_in(page):
    return set(re.findall(r'<span class="number">(G\d+)</span>', page.content.decode()))


def row_of(page, name):
    """The figures of the row of the table that begins with this name."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.content.decode(), re.S)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    return next(text.removeprefix(name).split() for text in texts if text.startswith(name))


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "customer"])
@pytest.mark.parametrize("page", [PAGE, LIST, FILE])
def test_who_judges_no_explanation_is_refused(role, page):
    assert as_role(role).get(page).status_code == 403


@pytest.mark.parametrize("role", ["lead", "supervisor", "admin"])
def test_who_judges_them_finds_it_on_the_way_around_and_for_this_month(role):
    client = as_role(role)
    page = client.get(PAGE)
    assert "这段时间没有到期的承诺" in text_of(page)
    assert re.search(r'name="since"[^>]*value="2026-11-01"', page.content.decode())
    assert re.search(r'name="until"[^>]*value="2026-11-30"', page.content.decode())
    assert PAGE in client.get("/").content.decode()
    assert inline_in(page) == []


def test_each_cause_is_counted_by_how_far_it_is_explained(five):
    page = as_role("lead").get(PAGE, RESPOND)
    # The bar's own figure, its per cent, then: owed, given, accepted, returned, and all of them.
    assert row_of(page, "人手不足")[-6:] == ["40%", "0", "1", "1", "0", "2"]
    assert row_of(page, "恶劣天气或不可抗力")[-6:] == ["20%", "0", "0", "1", "0", "1"]
    assert row_of(page, "公司控制之内")[-6:] == ["40%", "0", "1", "1", "0", "2"]
    assert row_of(page, "公司控制之外")[-6:] == ["20%", "0", "0", "1", "0", "1"]
    assert row_of(page, "尚未说明原因")[-6:] == ["40%", "1", "0", "0", "1", "2"]
    assert row_of(page, "全部超时")[-5:] == ["1", "1", "2", "1", "5"]
    assert inline_in(page) == []


def test_a_cause_outside_is_shown_apart_and_never_taken_out(five, kept):
    page = as_role("lead").get(PAGE, RESPOND)
    total = page.context["total"].tally
    assert (total.due, total.kept, total.late, total.apart) == (6, 1, 5, 1)
    assert (page.context["total"].share, page.context["total"].share_apart) == ("16.6%", "20%")
    text = text_of(page)
    assert "按时 1" in text
    assert "超时（不含已认可的外部原因） 4" in text
    assert "超时（已认可的外部原因） 1" in text


def test_an_outside_cause_that_nobody_accepted_improves_no_figure():
    explain_later = late()
    sweep(NOW - 2 * HOUR)
    explain(explain_later, "weather")
    total = as_role("lead").get(PAGE, RESPOND).context["total"]
    assert (total.tally.late, total.tally.apart, total.share_apart) == (1, 0, "0%")


def test_what_runs_past_its_limit_is_late_although_no_sweep_has_said_so():
    late()
    total = as_role("lead").get(PAGE, RESPOND).context["total"].tally
    assert (total.kept, total.late) == (0, 1)


def test_what_is_not_due_or_counts_no_more_is_not_among_them():
    open_ticket(at=NOW - MINUTE)
    cancelled = open_ticket(at=NOW - HOUR, address="城东区朝阳路 7 号", phone="13900000007")
    changes = {"reason": "duplicate"}
    at = NOW - HOUR + MINUTE
    door.move(cancelled.number, "cancel", actor=staff("agent"), at=at, changes=changes)
    assert as_role("lead").get(PAGE, MONTH).context["total"].tally.due == 0


def test_the_tables_by_area_and_by_promise_add_up(five, kept):
    sweep(NOW)
    page = as_role("lead").get(PAGE, MONTH)
    whole = page.context["total"].tally
    for _title, rows in page.context["tables"]:
        assert sum(row.tally.kept for row in rows) == whole.kept
        assert sum(row.tally.late for row in rows) == whole.late
    assert whole.late == Clock.objects.filter(breached_at__isnull=False).count()


def test_every_figure_leads_to_exactly_what_it_counted(five, kept):
    client = as_role("lead")
    found = figures(client.get(PAGE, MONTH))
    assert len(found) > 20
    for count, url in found:
        listed = client.get(url)
        assert listed.context["count"] == count, url
        assert len(listed.context["lines"]) == count, url


def test_a_figure_of_one_area_leaves_out_what_lies_below(five):
    in_branch = open_ticket(at=BEGAN, address="城东区某处", phone="13911111111")
    client = as_role("lead")
    area = in_branch.area
    page = client.get(LIST, MONTH | {"at": area.code, "result": "late"})
    assert numbers_in(page) == {in_branch.number}
    assert "不含下级片区" in text_of(page)


@pytest.mark.parametrize(
    ("narrowed", "places"),
    [
        ({"cause": "-"}, [0, 2]),
        ({"standing": "owed"}, [0]),
        ({"standing": "returned"}, [2]),
        ({"group": "outside"}, [4]),
        ({"group": "within", "standing": "accepted"}, [3]),
        ({"result": "apart"}, [4]),
        ({"result": "ours"}, [0, 1, 2, 3]),
        ({"cause": "crew-short"}, [1, 3]),
    ],
)
def test_the_list_holds_what_it_was_narrowed_to(five, kept, narrowed, places):
    page = as_role("lead").get(LIST, RESPOND | narrowed)
    assert numbers_in(page) == {five[place].number for place in places}
    assert inline_in(page) == []


def test_a_cause_that_is_on_the_list_no_more_is_counted_as_ours(five):
    Reason.objects.filter(use="cause", code="weather").delete()
    policy.forget()
    page = as_role("lead").get(PAGE, RESPOND)
    assert (page.context["total"].tally.late, page.context["total"].tally.apart) == (5, 0)
    assert row_of(page, "公司控制之内")[-1] == "3"


def test_the_period_is_that_of_the_due_time(five):
    client = as_role("lead")
    day = {"since": "2026-11-15", "until": "2026-11-15"}
    assert client.get(PAGE, day).context["total"].tally.due > 0
    before = {"since": "2026-11-01", "until": "2026-11-13"}
    assert client.get(PAGE, before).context["total"].tally.due == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-11-30", "until": "2026-11-01"},
        {"since": "2024-11-30", "until": "2026-11-01"},
        {"since": "x", "until": "2026-11-01"},
        {"since": "2026-11-01"},
        MONTH | {"area": "nowhere"},
        MONTH | {"promise": "nothing"},
    ],
)
@pytest.mark.parametrize("page", [PAGE, LIST, FILE])
def test_what_cannot_be_asked_is_refused(page, wrong):
    assert as_role("lead").get(page, wrong).status_code == 400


def test_kinds_stand_together_or_alone(five):
    open_application(at=BEGAN - 4 * DAY)
    client = as_role("lead")
    whole = client.get(PAGE, MONTH).context["total"].tally.due
    parts = [
        client.get(PAGE, MONTH | {"kind": kind}).context["total"].tally.due
        for kind in ("ticket", "application")
    ]
    assert parts[1] == 1
    assert sum(parts) == whole


def test_a_lead_sees_the_own_areas_only(five):
    assert as_role("lead", "west").get(PAGE, MONTH).context["total"].tally.due == 0
    page = as_role("lead", "west").get(LIST, MONTH | {"at": "east-1"})
    assert page.context["count"] == 0


def test_the_list_is_paged():
    for n in range(60):
        late(n)
    client = as_role("lead")
    first = client.get(LIST, RESPOND | {"result": "late"})
    second = client.get(LIST + first.context["older"])
    assert len(first.context["lines"]) == 50
    assert len(second.context["lines"]) == 10
    assert not numbers_in(first) & numbers_in(second)
    assert client.get(LIST + second.context["newer"]).context["lines"]


def test_the_file_holds_the_whole_list_with_masked_phones(five):
    answer = as_role("lead").get(FILE, RESPOND | {"result": "late"})
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["办件"] for row in rows} == {ticket.number for ticket in five}
    assert {row["联系电话"] for row in rows} == {f"139****000{n}" for n in range(1, 6)}
    outside = next(row for row in rows if row["办件"] == five[4].number)
    assert (outside["超时原因"], outside["原因类别"]) == ("恶劣天气或不可抗力", "公司控制之外")
    assert outside["超时说明"] == "已认可"


def test_the_file_holds_nothing_that_a_spreadsheet_would_run(five):
    staff("field", "east-1", name="=HYPERLINK(1)")
    changes = {"handler": "=HYPERLINK(1)"}
    door.move(five[0].number, "dispatch", actor=staff("lead"), at=NOW, changes=changes)
    text = as_role("lead").get(FILE, RESPOND).getvalue().decode()
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text


def test_the_file_speaks_the_language_of_the_page(five):
    client = as_role("lead")
    answer = client.get(FILE, RESPOND, headers={"accept-language": "en"})
    assert "Due,Stopped,Result" in answer.getvalue().decode()


@pytest.mark.parametrize("page", [PAGE, LIST])
def test_no_more_queries_for_more_cases(page):
    client = as_role("lead")
    some(2, at=BEGAN)
    client.get(page, MONTH)
    with CaptureQueriesContext(connection) as few:
        client.get(page, MONTH)
    some(12, at=BEGAN)
    with CaptureQueriesContext(connection) as many:
        client.get(page, MONTH)
    assert len(many) == len(few)


def test_the_page_of_another_month_asks_for_that_month():
    with time_machine.travel(NOW.replace(month=12, day=31), tick=False):
        html = as_role("lead").get(PAGE).content.decode()
    assert re.search(r'name="since"[^>]*value="2026-12-01"', html)
    assert re.search(r'name="until"[^>]*value="2026-12-31"', html)


def test_programs_read_the_same_figures(five, kept):
    client = as_role("supervisor")
    page = client.get(PAGE, RESPOND)
    body = client.get("/api/v1/breaches/", RESPOND).json()
    total = page.context["total"].tally
    assert body["total"] == {
        "due": total.due, "kept": total.kept, "late": total.late, "apart": total.apart,
        "share": total.share, "share_apart": total.share_apart,
    }  # fmt: skip
    causes = {row["code"]: row for row in body["causes"]}
    assert (causes["weather"]["group"], causes["weather"]["accepted"]) == ("outside", 1)
    assert (causes[""]["owed"], causes[""]["returned"], causes[""]["total"]) == (1, 1, 2)
    assert [part["code"] for part in body["promises"]] == ["respond"]
    assert sum(part["late"] for part in body["areas"]) == 5


@pytest.mark.parametrize(
    ("role", "asked", "status"),
    [
        ("agent", RESPOND, 403),
        ("customer", RESPOND, 403),
        ("", RESPOND, 403),
        ("lead", {}, 400),
        ("lead", MONTH | {"area": "nowhere"}, 400),
        ("lead", MONTH | {"kind": "letter"}, 400),
        ("lead", {"since": "2026-11-30", "until": "2026-11-01"}, 400),
    ],
)
def test_programs_are_refused_as_people_are(role, asked, status):
    assert as_role(role).get("/api/v1/breaches/", asked).status_code == status
