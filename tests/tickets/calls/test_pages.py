"""The list of calls, taking one up, and the hotline's page that opens with it."""

from __future__ import annotations

import pytest

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from tests.tickets.calls.conftest import at_phone, signed_in
from tickets.calls import figures, phones, pops
from tickets.models import Call, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

QUESTION = {"category": "consultation", "remark": "水价多少", "key": "k2"}


def page(response):
    return response.content.decode()


@pytest.fixture
def wang():
    return at_phone("8001", "wang")


def test_a_call_opens_the_hotline_with_its_number_and_belongs_to_what_it_opened(exchange, wang):
    call = exchange.ring("8001", number="+86 139-8765-4321")
    desk = signed_in(wang)
    opened = desk.post(f"/desk/calls/{call.pk}/open/", follow=True)
    assert opened.redirect_chain == [(f"/desk/hotline/?call={call.pk}", 302)]
    assert 'value="13987654321"' in page(opened)
    desk.post("/desk/hotline/", QUESTION | {"phone": "13987654321", "call": call.pk})
    call.refresh_from_db()
    assert (call.case.number, call.opened_by) == (Ticket.objects.get().number, wang)


def test_the_second_to_open_a_call_is_told_who_has_it(exchange, wang):
    li = at_phone("8002", "li")
    exchange.ring("8001")
    call = exchange.ring("8002")
    signed_in(wang).post(f"/desk/calls/{call.pk}/open/")
    second = signed_in(li).post(f"/desk/calls/{call.pk}/open/", follow=True)
    assert "wang 正在登记这通来电。" in page(second)
    assert "接手登记" in page(second)
    signed_in(li).post(f"/desk/calls/{call.pk}/open/", {"over": "1"})
    call.refresh_from_db()
    assert call.opened_by == li


def test_the_address_for_exchanges_that_can_only_open_one(exchange, wang):
    call = exchange.ring("8001")
    desk = signed_in(wang)
    known = desk.get("/desk/calls/pop/", {"number": "+8613987654321", "call": "c1"})
    unknown = desk.get("/desk/calls/pop/", {"number": "+8613987654321", "call": "c9"})
    withheld = desk.get("/desk/calls/pop/", {"number": "anonymous"})
    assert known.url == f"/desk/hotline/?call={call.pk}"
    assert unknown.url == "/desk/hotline/?phone=13987654321"
    assert withheld.url == "/desk/hotline/?phone="


def test_a_call_of_others_is_out_of_sight(exchange, wang):
    call = exchange.ring("8001")
    other = signed_in(staff("agent", name="zhao"))
    assert other.post(f"/desk/calls/{call.pk}/open/").status_code == 404
    assert 'value="13987654321"' not in page(other.get(f"/desk/hotline/?call={call.pk}"))
    assert signed_in(staff("lead")).post(f"/desk/calls/{call.pk}/open/").status_code == 302


@pytest.mark.parametrize("call", ["", "x", "-1", "9" * 30, "１"])
def test_what_is_no_call_opens_an_empty_page(wang, call):
    assert signed_in(wang).get("/desk/hotline/", {"call": call}).status_code == 200


def test_a_missed_call_is_called_back_once(exchange, wang, monday):
    exchange.ring("8001")
    exchange.tell("ended", after=25)
    call = Call.objects.get()
    monday.shift(31 * MINUTE)
    shown = page(signed_in(staff("agent", name="zhao")).get("/desk/calls/"))
    assert "13987654321" in shown
    assert "超过回拨时限" in shown
    first = signed_in(wang).post(f"/desk/calls/{call.pk}/called-back/", follow=True)
    again = signed_in(staff("lead")).post(f"/desk/calls/{call.pk}/called-back/", follow=True)
    assert "已记为回拨处理" in page(first)
    assert "wang 已经回拨过" in page(again)
    assert "没有要回拨的未接来电" in page(signed_in(wang).get("/desk/calls/"))


def test_what_was_answered_is_nobodys_to_call_back(exchange, wang):
    call = exchange.ring("8001")
    exchange.tell("answered", after=5, extension="8001")
    assert signed_in(wang).post(f"/desk/calls/{call.pk}/called-back/").status_code == 404


def test_an_agent_sees_their_own_calls_and_a_lead_all(exchange, wang):
    exchange.ring("8001", "c1", "13800000001")
    exchange.tell("answered", "c1", after=5, extension="8001")
    exchange.ring("8002", "c2", "13800000002")
    exchange.tell("answered", "c2", after=5, extension="8002")
    own, all_calls = (
        page(signed_in(user).get("/desk/calls/?show=")) for user in (wang, staff("lead"))
    )
    assert ("13800000001" in own, "13800000002" in own) == (True, False)
    assert ("13800000001" in all_calls, "13800000002" in all_calls) == (True, True)


def test_the_price_of_the_list_does_not_grow(exchange, wang, django_assert_num_queries):
    desk = signed_in(staff("lead"))
    exchange.ring("8001", "c0")
    desk.get("/desk/calls/?show=")
    with django_assert_num_queries(7):
        desk.get("/desk/calls/?show=")
    for place in range(5):
        exchange.ring("8001", f"c{place}")
    with django_assert_num_queries(7):
        desk.get("/desk/calls/?show=")


def test_an_agent_sits_down_and_says_so(wang):
    li = staff("agent", name="li")
    said = signed_in(li).post("/desk/calls/phone/", {"extension": "8001"}, follow=True)
    assert "您在分机 8001，wang 已退出。" in page(said)
    assert phones.extension_of(li) == "8001"
    refused = signed_in(li).post("/desk/calls/phone/", {"extension": "分机"}, follow=True)
    assert "分机号最多 20 位" in page(refused)


def test_sitting_down_leads_nowhere_else(wang):
    sent = {"extension": "8001", "next": "https://elsewhere.example/"}
    assert signed_in(wang).post("/desk/calls/phone/", sent).url == "/desk/calls/"


def test_without_telephony_pages_ask_for_nothing(wang, settings):
    settings.TELEPHONY = False
    desk = signed_in(wang)
    assert "calls.js" not in page(desk.get("/desk/hotline/"))
    assert "没有接入电话系统" in page(desk.get("/desk/calls/"))
    assert b"event: off" in b"".join(desk.get("/desk/calls/stream/"))


def test_with_telephony_every_page_of_those_who_answer_asks(wang):
    assert 'data-stream="/desk/calls/stream/"' in page(signed_in(wang).get("/desk/cases/"))
    assert "calls.js" not in page(signed_in(staff("supervisor")).get("/desk/cases/"))


def test_who_calls_is_known_however_the_number_was_spelled(exchange, wang, settings):
    settings.CALLS_AREA_CODE = "0731"
    open_ticket(phone="28881234", name="李四")
    call = exchange.ring("8001", number="+86 731 2888 1234")
    assert pops.who(call.number, wang) == ["李四"]
    assert [each.pk for each in pops.last_calls("28881234")] == [call.pk]
    assert "李四" in page(signed_in(wang).get(f"/desk/hotline/?call={call.pk}"))


def test_of_a_withheld_number_nobody_is_guessed(exchange, wang):
    open_ticket(phone="", name="李四")
    call = exchange.ring("8001", number="anonymous")
    assert (pops.who(call.number, wang), pops.last_calls(call.number)) == ([], [])


def test_figures_of_the_telephone(exchange, wang, monday):
    exchange.ring("8001", "soon")
    exchange.tell("answered", "soon", after=20, extension="8001")
    exchange.ring("8001", "late")
    exchange.tell("answered", "late", after=21, extension="8001")
    exchange.ring("8001", "lost")
    exchange.tell("ended", "lost", after=40)
    exchange.tell("arrived", "out", extension="8001", direction="out")
    monday.shift(HOUR)
    exchange.ring("8001", "next")
    day = figures.between(MONDAY_0900, MONDAY_0900 + DAY)
    assert day == figures.Figures(calls=4, answered=2, answered_soon=1, missed=1)
    assert (day.soon_share, day.missed_share) == (0.25, 0.25)
    hours = figures.by_hour(MONDAY_0900, MONDAY_0900 + DAY)
    assert [(each.calls, each.missed) for each in hours.values()] == [(3, 1), (1, 0)]
    assert figures.waiting(MONDAY_0900 + HOUR + MINUTE) == (1, MINUTE)
    assert (figures.on_the_line(), figures.to_call_back()) == (4, 1)


def test_without_a_call_there_are_no_shares(db):
    nothing = figures.between(MONDAY_0900, MONDAY_0900 + DAY)
    assert (nothing.soon_share, nothing.missed_share) == (None, None)
    assert figures.waiting(MONDAY_0900) == (0, None)
