"""转办单: received, signed, answered or given back, each order once."""

from __future__ import annotations

import json

import pytest
from rest_framework.test import APIClient

from notifications.models import Message
from notifications.results.models import Delivery, Subscriber
from tests.factories import DAY, HOUR, MONDAY_0900, open_ticket, staff
from tests.tickets.test_two_at_once import together
from tickets.models import Order, Ticket
from tickets.orders import importing, intake
from waterdesk.core import door, search
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models import Case
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db

GIVEN = {
    "source": "12345",
    "number": "SZ20261116000123",
    "term": "wd3",
    "received_at": "2026-11-16T08:40:00+08:00",
    "title": "水费疑问",
    "category": "consultation",
    "name": "张三",
    "phone": "13812345678",
    "content": "水费比上月多一倍",
}
REPAIR = {"subtype": "leak", "category": "", "address": "城东区朝阳路 9 号"}
HEAD = "工单编号,转来时间,办理时限,类别,诉求内容\n"


def ordered(at=MONDAY_0900, **over):
    return intake.open_order(GIVEN | over, by=staff("agent"), at=at)[0]


def move(ticket, action, at=MONDAY_0900 + HOUR, by=None, **changes):
    actor = by or staff("agent")
    return door.move(ticket.number, action, actor=actor, at=at, changes=changes)


def due(ticket, code):
    return ticket.clocks.get(code=code).due_at.isoformat()


def kept(text, at=MONDAY_0900):
    return importing.keep(text.encode(), "list.csv", by=staff("agent"), at=at)


def kinds(row, at=MONDAY_0900):
    return [each.kind for each in importing.plan(row, staff("agent"), at)]


@pytest.fixture
def subscriber():
    topics = ["order.answered", "order.returned"]
    return Subscriber.objects.create(
        code="city", name="12345", url="https://x.example/", topics=topics
    )


def test_an_order_opens_a_ticket_with_both_its_numbers():
    ticket = ordered()
    assert (ticket.channel, ticket.reference) == ("12345", "SZ20261116000123")
    assert (ticket.order.state, ticket.order.title) == ("waiting", "水费疑问")
    assert list(verify(ticket.events)) == []


def test_both_clocks_count_from_when_it_was_sent():
    ticket = ordered(received_at="2026-11-13 16:00")
    assert due(ticket, "sign_in") == "2026-11-16T10:00:00+00:00"
    assert due(ticket, "order") == "2026-11-18T10:00:00+00:00"


@pytest.mark.parametrize(
    ("term", "by"),
    [("same-day", "2026-11-16T08:40"), ("wd5", "2026-11-23T10:00"), ("wd13", "2026-12-03T10:00")],
)
def test_it_is_to_be_answered_as_it_was_ordered(term, by):
    assert due(ordered(term=term), "order").startswith(by)


def test_a_ticket_that_nobody_ordered_has_no_such_clock_and_no_such_move():
    ticket = open_ticket()
    assert not ticket.clocks.filter(code__in=["sign_in", "order"]).exists()
    with pytest.raises(Conflict):
        move(ticket, "sign_in")


def test_the_same_number_is_the_same_order_whatever_it_says():
    first, new = intake.open_order(GIVEN, by=staff("agent"), at=MONDAY_0900)
    again, newer = intake.open_order(
        GIVEN | {"content": "改了"}, by=staff("lead"), at=MONDAY_0900 + HOUR
    )
    assert (new, newer) == (True, False)
    assert again.number == first.number
    assert Order.objects.count() == 1


def test_the_same_number_of_another_source_is_another_order():
    assert ordered().pk != ordered(source="letters").pk


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"source": "nobody"}, "source"),
        ({"number": ""}, "number"),
        ({"term": "wd4"}, "term"),
        ({"received_at": "soon"}, "received_at"),
        ({"received_at": "2026-11-17 09:00"}, "received_at"),
        ({"received_at": "2025-11-17 09:00"}, "received_at"),
        ({"content": ""}, "content"),
        ({"category": "", "subtype": "leak"}, "address"),
    ],
)
def test_what_is_no_order_is_refused_by_field(wrong, field):
    with pytest.raises(Invalid) as refused:
        ordered(**wrong)
    assert field in refused.value.fields
    assert Case.objects.count() == 0


def test_signing_stops_its_clock_once():
    ticket = ordered()
    move(ticket, "sign_in")
    assert ticket.clocks.get(code="sign_in").stopped_at == MONDAY_0900 + HOUR
    assert Order.objects.get().state == "signed"
    with pytest.raises(Conflict):
        move(ticket, "sign_in")


def test_what_was_answered_goes_back_to_its_source(subscriber):
    ticket = ordered()
    move(ticket, "settle", result="已解释阶梯水价")
    order = Order.objects.get()
    assert (order.state, order.answer) == ("answered", "已解释阶梯水价")
    assert order.signed_at == MONDAY_0900 + HOUR
    assert not ticket.clocks.filter(stopped_at=None).exists()
    body = json.loads(Delivery.objects.get(topic="order.answered").body)["data"]
    assert body == {"source": "12345", "order": order.number, "answer": "已解释阶梯水价"}


def test_a_repair_is_answered_when_it_is_finished():
    crew = staff("field", "east-1")
    ticket = ordered(**REPAIR)
    move(ticket, "dispatch", handler=crew.username)
    move(ticket, "arrive", by=crew)
    move(ticket, "contain", by=crew)
    move(ticket, "finish", by=crew, result="已换接头")
    assert Order.objects.get().answer == "已换接头"


def test_an_extension_is_asked_for_before_the_limit_and_moves_the_order():
    ticket = ordered(category="complaint", term="wd13")
    move(ticket, "ask_extension", days=2, note="待第三方检测")
    move(ticket, "grant_extension", by=staff("lead"))
    assert due(ticket, "order").startswith("2026-12-07")


def test_an_unsigned_order_goes_back_with_its_reason(subscriber):
    ticket = ordered()
    move(ticket, "return", at=MONDAY_0900 + 5 * HOUR, reason="not-ours", note="属物业")
    assert Ticket.objects.get().status == "returned"
    assert Order.objects.get().state == "returned"
    body = json.loads(Delivery.objects.get(topic="order.returned").body)["data"]
    assert body["reason"] == "not-ours"


def test_a_signed_order_goes_back_within_the_hours_of_its_source_alone():
    late, early = ordered(source="city"), ordered()
    move(late, "sign_in")
    move(early, "sign_in")
    with pytest.raises(Conflict) as refused:
        move(late, "return", at=MONDAY_0900 + 6 * HOUR, reason="not-ours", note="属物业")
    assert "4 小时" in str(refused.value)
    move(early, "return", at=MONDAY_0900 + 6 * HOUR, reason="not-ours", note="属物业")
    with pytest.raises(Conflict):
        move(late, "return", at=MONDAY_0900 + 3 * DAY, reason="not-ours", note="属物业")


def test_a_ticket_that_nobody_ordered_goes_nowhere_back():
    with pytest.raises(Conflict):
        move(open_ticket(), "return", reason="not-ours", note="属物业")


def test_staff_are_told_its_number_and_customers_are_not():
    crew = staff("field", "east-1", phone="13700000001")
    ticket = ordered(**REPAIR)
    move(ticket, "dispatch", handler=crew.username)
    told = Message.objects.filter(case=ticket.number)
    assert all(GIVEN["number"] in m.body + m.subject for m in told.filter(key__endswith=".handler"))
    assert told.filter(key__endswith=".customer").exists()
    assert not told.filter(key__endswith=".customer", body__contains=GIVEN["number"]).exists()


@pytest.mark.parametrize("asked", ["SZ20261116000123", "sz20261116000123", "116000123"])
def test_it_is_found_by_the_number_of_its_source(asked):
    ticket = ordered()
    assert [each.case.number for each in search.cases(staff("agent"), asked)] == [ticket.number]


def test_an_order_of_figures_alone_is_found_too():
    ticket = ordered(number="2026111600012345678")
    (found,) = search.cases(staff("agent"), "2026111600012345678")
    assert found.case.number == ticket.number
    assert "reference" in found.why
    rows, _more = search.narrow(Case.objects.all(), "2026111600012345678")
    assert [row.number for row in rows] == [ticket.number]


def test_a_file_is_opened_whole():
    row = kept(
        HEAD + "A-1,2026-11-16 08:00,3个工作日,咨询,水价\nA-2,2026/11/16 08:00,当日,漏水投诉,漏水"
    )
    assert kinds(row) == ["new", "error"]
    with pytest.raises(Conflict):
        importing.apply(row.pk, by=staff("agent"), at=MONDAY_0900)
    assert Case.objects.count() == 0


def test_a_file_that_is_sent_twice_opens_nothing_twice():
    text = HEAD + "A-1,2026-11-16 08:00,3个工作日,咨询,水价\nA-2,2026-11-16 08:00,,,路灯旁有水声"
    row = kept(text)
    agent = staff("agent")
    assert importing.apply(row.pk, by=agent, at=MONDAY_0900) == 2
    assert importing.apply(row.pk, by=agent, at=MONDAY_0900) == 0
    again = kept(text + "\nA-3,2026-11-16 08:10,5,建议,多设网点")
    assert kinds(again) == ["known", "known", "new"]
    assert importing.apply(again.pk, by=agent, at=MONDAY_0900) == 1
    assert sorted(Order.objects.values_list("number", "term")) == [
        ("A-1", "wd3"),
        ("A-2", "wd5"),
        ("A-3", "wd5"),
    ]


def test_a_number_that_stands_twice_in_a_file_is_a_fault():
    line = "A-1,2026-11-16 08:00,3,咨询,水价\n"
    assert kinds(kept(HEAD + line + line)) == ["error", "error"]


def test_a_file_is_for_who_opens_tickets():
    with pytest.raises(NotAllowed):
        importing.keep(b"x", "x.csv", by=staff("field"), at=MONDAY_0900)


@pytest.mark.usefixtures("at_nine")
def test_the_api_opens_an_order_once():
    client = APIClient()
    client.force_authenticate(staff("agent"))
    first = client.post("/api/v1/orders/", GIVEN, format="json")
    again = client.post("/api/v1/orders/", GIVEN, format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["ticket"] == again.json()["ticket"]
    ticket = client.get(f"/api/v1/tickets/{first.json()['ticket']}/").json()
    assert ticket["reference"] == GIVEN["number"]


@pytest.mark.usefixtures("at_nine")
def test_the_api_refuses_customers_and_names_what_is_wrong():
    client = APIClient()
    client.force_authenticate(staff("field"))
    assert client.post("/api/v1/orders/", GIVEN, format="json").status_code == 403
    client.force_authenticate(staff("agent"))
    wrong = client.post("/api/v1/orders/", GIVEN | {"source": "x"}, format="json")
    assert wrong.status_code == 400
    assert "source" in json.dumps(wrong.json())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_of_one_order_that_comes_twice_at_once_one_ticket_is_made():
    agent = staff("agent")

    def send():
        return intake.open_order(GIVEN, by=agent, at=MONDAY_0900)

    outcomes = together(send, send)
    assert sorted(new for _ticket, new in outcomes) == [False, True]
    assert Order.objects.count() == 1
