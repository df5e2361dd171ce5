"""Every list of the desk as a file: the same rows as the page, masked unless there is a reason."""

from __future__ import annotations

import csv
import io
import sys
import tracemalloc

import pytest
from django.urls import get_resolver

from tests.applications.contracts import water
from tests.applications.permits.made import designed
from tests.applications.projects.made import project
from tests.applications.standing.left import left
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from tests.finished import finished, with_water
from tests.tickets.incidents.street import two_joined
from tests.tickets.outages import put_down
from tests.web.desk import NOW, as_role, some, text_of
from tests.web.test_orders import ordered
from tests.web.test_results import listens, watered
from tickets.console import callbacks
from tickets.knowledge import unfound
from tickets.models import Call, Ticket
from waterdesk.core import door
from waterdesk.core.lists import Listing, listing
from waterdesk.core.models import ConfigChange, CrewAction, Event, Promise
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

MONTH = "since=2026-11-01&until=2026-11-30"
# Each list, and the column of its file whose every cell stands on the page.
LISTS = {
    "/desk/cases/": "办件",
    "/desk/board/": "办件",
    f"/desk/breaches/list/?{MONTH}": "办件",
    f"/desk/four-zeros/list/?{MONTH}": "办件",
    "/desk/permits/": "办件",
    "/desk/standing/": "办件",
    "/desk/orders/": "来源单号",
    "/desk/results/": "办件",
    f"/desk/satisfaction/list/?{MONTH}": "办件",
    "/desk/follow-up/": "办件",
    "/desk/late/": "办件",
    "/desk/contracts/": "办件",
    "/desk/incidents/": "事件",
    "/desk/outages/": "原因",
    "/desk/calls/?show=": "状态",
    "/desk/knowledge/": "标题",
    "/desk/knowledge/missing/": "问的是",
    "/desk/projects/": "项目编号",
    "/desk/projects/found/2026/11/all/": "办件",
    "/desk/call-backs/": "办件",
    "/desk/oversight/changes/?what=core_promise&done=changed": "名称",
    "/desk/oversight/changes/{change}/cases/": "办件",
    f"/desk/oversight/list/?{MONTH}": "办件",
    f"/desk/oversight/calls/?{MONTH}": "结果",
    f"/desk/oversight/follow-up/?{MONTH}": "办件",
    "/desk/oversight/anomalies/": "办件",
    "/desk/oversight/reports/": "编号",
    "/desk/disclosures/": "办件",
}
# What these cases leave empty: of them the file has a head alone.
EMPTY = {
    f"/desk/four-zeros/list/?{MONTH}",
    "/desk/projects/found/2026/11/all/",
    "/desk/oversight/changes/{change}/cases/",
    "/desk/oversight/anomalies/",
    "/desk/oversight/reports/",
    "/desk/disclosures/",
}
# Pages that turn over and are no lists of the desk: a year as a picture.
OTHERS = {"/desk/calendars/"}
TURNS = {"older", "after"}


def rows_of(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def shown_on(page) -> int:
    """How many rows the page has."""
    context = page.context
    if "sections" in context:
        return sum(len(section.lines) for section in context["sections"])
    return len(context["lines"] if "lines" in context else context["rows"])


@pytest.fixture
def everything(at_ten):
    """Something on each list of the desk; the number of a change that touched some of it."""
    listens("account.open")
    watered(name="张三丰", phone="13812345678")
    water(at=MONDAY_0900 + HOUR, phone="13500000001", address="城东区朝阳路 81 号")
    before = MONDAY_0900 - 3 * DAY
    rated, late = finished(begun=before), open_ticket(at=before, phone="13600000001")
    with_water(begun=before)
    door.move(rated.number, "rated", actor=None, at=NOW, changes={"value": "5", "by": "link"})
    sweep(NOW)
    designed("digs_road")
    left("relief", phone="13500000002", address="城东区朝阳路 82 号")
    ordered()
    two_joined()
    put_down()
    project()
    unfound.note("水表会自己走吗", NOW)
    Call.objects.create(provider="x", provider_call="1", number="13500000003", began_at=NOW)
    agent = staff("agent")
    door.move(late.number, callbacks.PROMISE, actor=agent, at=NOW)
    late_arrival(late)
    Promise.objects.filter(name="漏水到场").update(source="新的出处")
    return ConfigChange.objects.filter(what="core_promise", done="changed").first().pk


def late_arrival(ticket: Ticket) -> None:
    CrewAction.objects.create(
        id="00000000-0000-4000-8000-000000000001", user=staff("field", "east-1"),
        case=ticket.number, action="arrive", phone_at=NOW - HOUR, arrived_at=NOW,
        wanted_at=NOW - HOUR, made_at=NOW, seq=1, state="asked", doubt="late",
    )  # fmt: skip


def walked(client, change) -> dict[str, tuple[int, int, set[str]]]:
    """By list: how many rows the page has, how many its file, and what the page does not show."""
    found = {}
    for address, column in LISTS.items():
        page = client.get(address.format(change=change))
        assert page.status_code == 200, address
        assert page.context["csv"] in page.content.decode().replace("&amp;", "&"), address
        answer = client.get(page.context["csv"])
        rows = rows_of(answer)
        text = text_of(page)
        absent = {row[column] for row in rows if row[column] not in text}
        found[address] = (shown_on(page), len(rows), absent)
    return found


def test_every_list_offers_the_rows_it_shows(everything):
    found = walked(as_role("admin"), everything)
    assert {address: each for address, each in found.items() if each[0] != each[1] or each[2]} == {}
    assert {address for address, (shown, _file, _absent) in found.items() if not shown} == EMPTY


def test_every_listing_is_walked_over():
    assert get_resolver().url_patterns  # by which every page is read
    named = {
        each.name
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").startswith(("waterdesk", "applications", "tickets"))
        for each in vars(module).values()
        if isinstance(each, Listing)
    }
    assert len(named) == len(LISTS)


def test_no_page_that_turns_over_is_without_its_file(at_ten):
    client = as_role("admin")
    addresses = {
        f"/{pattern}"
        for pattern, *_rest in get_resolver().reverse_dict.values()
        for pattern, names in pattern
        if not names and pattern.startswith("desk/") and pattern.endswith("/")
    }
    assert len(addresses) > 30
    said = {each: set(getattr(client.get(each).context, "keys", set)()) for each in addresses}
    assert {each for each, names in said.items() if names & TURNS and "csv" not in names} == OTHERS


# --- the same filters, the same visibility --------------------------------------------------------
def test_the_file_is_narrowed_like_the_page_and_knows_no_pages(at_ten):
    some(2)
    client = as_role("supervisor")
    page = client.get("/desk/cases/?kind=ticket&after=999999")
    assert page.context["csv"] == "/desk/cases/?kind=ticket&format=csv"
    rows = rows_of(client.get(page.context["csv"]))
    assert {row["办件"][0] for row in rows} == {"G"}


def test_who_sees_nothing_of_a_place_has_nothing_of_it_in_the_file(at_ten):
    some(1)
    assert rows_of(as_role("lead", "west").get("/desk/cases/?format=csv")) == []
    assert len(rows_of(as_role("lead", "east").get("/desk/cases/?format=csv"))) == 2


@pytest.mark.parametrize(("role", "status"), [("", 302), ("customer", 403)])
def test_the_file_is_for_whom_the_page_is(role, status):
    assert as_role(role).get("/desk/cases/?format=csv").status_code == status


def test_the_head_speaks_the_language_of_the_page(at_ten):
    some(1)
    answer = as_role("lead").get("/desk/cases/?format=csv", headers={"accept-language": "en"})
    assert "Case" in answer.getvalue().decode().splitlines()[0]


# --- masks ----------------------------------------------------------------------------------------
WHOLE = "/desk/lists/whole/"
ASKED = {"of": "/desk/cases/?kind=ticket&format=csv", "reason": "核对投诉"}


def test_telephones_are_masked_for_everybody(at_ten):
    open_ticket(phone="13812345678")
    for role in ("lead", "supervisor", "admin"):
        (row,) = rows_of(as_role(role).get("/desk/cases/?format=csv"))
        assert row["联系电话"] == "138****5678"


def test_an_administrator_has_them_whole_for_a_reason_that_each_case_records(at_ten):
    ticket = open_ticket(phone="13812345678")
    open_application(phone="13812345679")
    (row,) = rows_of(as_role("admin").post(WHOLE, ASKED))
    assert (row["办件"], row["联系电话"]) == (ticket.number, "13812345678")
    (event,) = Event.objects.filter(action="list_exported")
    assert (event.case, event.actor) == (ticket.number, "admin-company")
    assert event.data == {"list": "cases", "reason": "核对投诉"}
    assert "导出了一个列表中的全部信息" in text_of(
        as_role("supervisor").get(f"/desk/cases/{ticket.number}/")
    )


@pytest.mark.parametrize("role", ["agent", "lead", "supervisor", "customer"])
def test_others_are_refused_and_nothing_is_offered(role, at_ten):
    open_ticket()
    assert as_role(role).post(WHOLE, ASKED).status_code == 403
    assert WHOLE not in as_role(role).get("/desk/cases/").content.decode()


def test_without_a_reason_it_goes_back_to_the_list(at_ten):
    answer = as_role("admin").post(WHOLE, ASKED | {"reason": " "})
    assert answer.status_code == 302
    assert not Event.objects.filter(action="list_exported").exists()


@pytest.mark.parametrize(
    "of",
    [
        "", "https://example.com/desk/cases/?format=csv", "//example.com/desk/", "/admin/",
        "/desk/cases/", "/desk/nowhere/", "/desk/lists/whole/", "/desk/knowledge/?format=csv",
    ],
)  # fmt: skip
def test_only_a_list_of_the_desk_that_hides_something_is_given(of):
    assert as_role("admin").post(WHOLE, ASKED | {"of": of}).status_code in (400, 405, 422)


def test_too_much_at_once_is_refused(monkeypatch, at_ten):
    monkeypatch.setattr(listing, "MOST_WHOLE", 1)
    some(2)
    assert as_role("admin").post(WHOLE, ASKED).status_code in (400, 422)
    assert not Event.objects.filter(action="list_exported").exists()


# --- length ---------------------------------------------------------------------------------------
def test_memory_does_not_follow_the_length(rf):
    """Two hundred thousand rows of a kilobyte; what is held meanwhile is a small part of them."""
    long = Listing("long", (listing.Column("甲", lambda n: f"{n}" + "x" * 1000),))
    request = rf.get("/")
    request.now = NOW + MINUTE
    tracemalloc.start()
    length = sum(map(len, long.answer(request, range(50_000)).streaming_content))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 50_000_000
    assert most < length // 10
