"""The console: who calls, what is done beside the form, calls promised, hand-overs, the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.factories import HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from tickets.calls import opening
from tickets.console import callbacks, callers, covering, handing
from tickets.models import Call, CallBack, Handover, Ticket
from waterdesk.core import door, record
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

URL = "/desk/hotline/"
BACKEND = "waterdesk.web.accounts.backends.StaffPassword"
PHONE = "13987654321"
QUESTION = {"phone": PHONE, "category": "consultation", "remark": "水价多少", "key": "k1"}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_0900, tick=False) as clock:
        yield clock


@pytest.fixture
def wang():
    return staff("agent", name="wang")


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def desk(wang):
    return signed_in(wang)


@pytest.fixture
def call(wang):
    return Call.objects.create(
        provider="main", provider_call="c1", number=PHONE, agent=wang, state="ended",
        began_at=MONDAY_0900, answered_at=MONDAY_0900, wait=3,
    )  # fmt: skip


def page(response):
    return response.content.decode()


def act(desk, what, **typed):
    return desk.post(URL, {"phone": PHONE, "act": what} | typed)


def of(ticket):
    return f"{ticket.number}:{Ticket.objects.get(pk=ticket.pk).version}"


def promised(ticket, by, at=MONDAY_0900, **said):
    door.move(ticket.number, callbacks.PROMISE, actor=by, at=at, changes=said)
    return Ticket.objects.get(pk=ticket.pk)


# --- who calls -----------------------------------------------------------------------------------
def test_everybody_of_a_number_is_shown_with_what_is_open_and_due_first(wang):
    first = open_ticket(name="李四")
    second = open_ticket(name="李四", category="consultation", subtype="", remark="水价")
    shop = open_application(phone=PHONE, name="王五")
    found = callers.people(PHONE, wang, MONDAY_0900)
    assert [(p.key, p.name) for p in found] == [("a", "王五"), ("b", "李四")]
    assert [one.case.number for one in found[0].open] == [shop.number]
    assert [one.case.number for one in found[1].open] == [first.number, second.number]
    assert [clock.code for clock in found[1].open[0].clocks][:2] == ["respond", "arrive"]


def test_what_is_closed_is_counted_and_stands_apart(wang):
    ticket = open_ticket(**QUESTION | {"subtype": ""})
    door.move(ticket.number, "settle", actor=wang, at=MONDAY_0900, changes={"result": "2.58 元"})
    found = callers.people(PHONE, wang, MONDAY_0900)[0]
    assert (found.open, found.closed_count) == ([], 1)


def test_a_caller_of_another_branch_is_known_by_a_masked_name_alone():
    open_ticket(name="李四光")
    found = callers.people(PHONE, staff("agent", "west"), MONDAY_0900)
    assert [(p.key, p.name, p.case, p.open) for p in found] == [("", "李*", None, [])]
    shown = page(signed_in(staff("agent", "west")).post(URL, {"phone": PHONE, "look": "1"}))
    assert "李*" in shown
    assert "朝阳路 9 号" not in shown


def test_a_withheld_number_is_nobody(wang):
    open_ticket(phone="")
    assert callers.people("", wang, MONDAY_0900) == []


def test_the_price_of_a_number_does_not_grow(wang, django_assert_num_queries):
    open_ticket()
    with django_assert_num_queries(2):
        callers.people(PHONE, wang, MONDAY_0900)
    for name in "甲乙丙丁":
        open_ticket(name=name)
    with django_assert_num_queries(2):
        callers.people(PHONE, wang, MONDAY_0900)


def test_one_tap_takes_over_name_and_address_without_a_script(desk):
    ticket = open_ticket(name="李四")
    form = act(desk, f"pick:{ticket.number}", remark="又漏了").context["form"]
    assert form["name"].value() == "李四"
    assert form["address"].value() == "城东区朝阳路 9 号"
    assert form["remark"].value() == "又漏了"


# --- beside the form -----------------------------------------------------------------------------
def test_a_case_is_chased_and_what_is_typed_stays(desk):
    ticket = open_ticket()
    shown = act(desk, f"chase:{of(ticket)}", remark="还没来人")
    assert "已催办" in page(shown)
    assert shown.context["form"]["remark"].value() == "还没来人"
    assert Ticket.objects.get().chased == 1


def test_a_page_that_is_sent_again_does_not_chase_twice(desk):
    ticket = open_ticket()
    sent = f"chase:{of(ticket)}"
    act(desk, sent)
    act(desk, sent)
    assert Ticket.objects.get().chased == 1


def test_an_application_is_chased_from_the_same_page(desk):
    application = open_application(phone=PHONE)
    assert f"chase:{application.number}:" in page(desk.post(URL, {"phone": PHONE, "look": "1"}))


def test_what_is_chased_belongs_to_the_call(desk, call):
    ticket = open_ticket()
    act(desk, f"chase:{of(ticket)}", call=str(call.pk))
    call.refresh_from_db()
    assert (call.case_id, call.wrap_up) == (ticket.pk, "chased")


def test_a_complaint_names_the_case_it_is_about_in_the_record_too(desk):
    ticket = open_ticket(name="李四")
    form = act(desk, f"complain:{ticket.number}").context["form"]
    assert (form["category"].value(), form["name"].value()) == ("complaint", "李四")
    sent = QUESTION | {"category": "complaint", "about": form["about"].value()}
    desk.post(URL, sent)
    complaint = Ticket.objects.get(category="complaint")
    assert complaint.about.number == ticket.number
    assert complaint.events.get(action="complains_of").data == {"about": ticket.number}
    assert list(record.verify(complaint.events)) == []


def test_nobody_complains_of_a_case_out_of_sight():
    ticket = open_ticket()
    west = signed_in(staff("agent", "west"))
    sent = QUESTION | {"category": "complaint", "about": ticket.number}
    assert west.post(URL, sent).status_code == 400
    assert Ticket.objects.count() == 1


def test_what_no_page_asks_is_refused(desk):
    assert act(desk, "sell:everything").status_code == 400


# --- calls promised ------------------------------------------------------------------------------
def test_a_call_is_promised_with_the_ticket_and_has_a_clock_of_its_own(desk):
    desk.post(URL, QUESTION | {"callback": "on"})
    ticket = Ticket.objects.get()
    clock = ticket.clocks.get(code="callback")
    assert (ticket.owes_call, clock.due_at) == (True, MONDAY_0900 + 2 * HOUR)
    assert [each.case.number for each in callbacks.owed(ticket.opened_by)] == [ticket.number]


def test_a_call_that_is_not_made_in_time_is_a_breach_like_any_other(wang):
    ticket = promised(open_ticket(), wang)
    sweep(MONDAY_0900 + 3 * HOUR)
    breach = ticket.events.get(action="clock_breached", data__promise="callback")
    assert breach.at == MONDAY_0900 + 2 * HOUR


def test_one_tap_ends_it_and_a_second_one_says_so(desk, wang):
    ticket = promised(open_ticket(), wang)
    done = f"/desk/call-backs/{ticket.number}/done/"
    assert "已记为已回电" in page(desk.post(done, follow=True))
    assert "没有待回的电话" in page(desk.post(done, follow=True))
    row = CallBack.objects.get()
    assert (row.done_by, row.done_at) == (wang, MONDAY_0900)
    assert Ticket.objects.get().clocks.get(code="callback").state == "met"


def test_a_call_is_promised_once_until_it_is_made(wang):
    ticket = promised(open_ticket(), wang)
    with pytest.raises(Conflict):
        promised(ticket, wang)
    door.move(ticket.number, callbacks.DONE, actor=wang, at=MONDAY_0900 + MINUTE)
    assert promised(ticket, wang, MONDAY_0900 + 2 * MINUTE).owes_call


def test_an_answer_by_telephone_is_the_call(wang):
    ticket = promised(open_ticket(**QUESTION | {"subtype": ""}), wang)
    settled = {"result": "2.58 元"}
    door.move(ticket.number, "settle", actor=wang, at=MONDAY_0900 + MINUTE, changes=settled)
    assert callbacks.owed(wang) == []
    assert ticket.clocks.get(code="callback").state == "met"


def test_what_is_cancelled_owes_nobody_a_call(wang):
    ticket = promised(open_ticket(), wang)
    why = {"reason": "duplicate"}
    door.move(ticket.number, "cancel", actor=wang, at=MONDAY_0900 + MINUTE, changes=why)
    assert (callbacks.owed(wang), Ticket.objects.get().owes_call) == ([], False)


def test_nobody_is_promised_a_call_without_a_number(desk):
    refused = desk.post(URL, QUESTION | {"phone": "", "callback": "on"})
    assert refused.status_code == 400
    assert "没有来电号码" in page(refused)


def test_the_list_has_the_soonest_due_first(desk, wang):
    later = promised(open_ticket(), wang, MONDAY_0900 + HOUR)
    sooner = promised(open_ticket(name="王五"), wang, callback_words="问清楚水价")
    shown = page(desk.get("/desk/call-backs/"))
    assert shown.index(sooner.number) < shown.index(later.number)
    assert "问清楚水价" in shown


# --- the end of a call ---------------------------------------------------------------------------
def test_a_call_of_which_nothing_is_logged_ends_with_a_reason(desk, call):
    ended = desk.post(URL, {"call": str(call.pk), "act": "wrap:wrong-number"}, follow=True)
    call.refresh_from_db()
    assert call.wrap_up == "wrong-number"
    assert f'data-draft-done="hotline-{call.pk}"' in page(ended)


def test_a_reason_that_needs_a_ticket_ends_no_call_alone(desk, call, wang):
    act(desk, "wrap:logged", call=str(call.pk))
    call.refresh_from_db()
    assert call.wrap_up == ""
    with pytest.raises(Invalid):
        opening.wrap_up(call, "logged", by=wang, at=MONDAY_0900, alone=True)


def test_a_call_that_is_logged_says_by_itself_how_it_ended(desk, call):
    saved = desk.post(URL, QUESTION | {"call": str(call.pk), "answer": "2.58 元"}, follow=True)
    call.refresh_from_db()
    assert call.wrap_up == "answered"
    assert f'data-draft-done="hotline-{call.pk}"' in page(saved)


def test_each_call_has_a_draft_of_its_own(desk, call):
    assert f'data-draft="hotline-{call.pk}"' in page(desk.get(f"{URL}?call={call.pk}"))
    assert 'data-draft="hotline"' in page(desk.get(URL))


# --- what covers the place -----------------------------------------------------------------------
def test_what_other_parts_know_of_the_place_is_told(desk):
    asked = []

    def finder(where, user, now):
        asked.append((where.address, where.area.code))
        return [covering.Line("计划停水", "18:00 前恢复", url="/", until=MONDAY_0900 + 9 * HOUR)]

    covering.add("test", finder)
    typed = {"phone": PHONE, "address": "城东区朝阳路 9 号", "look": "1"}
    shown = page(desk.post(URL, typed))
    covering.remove("test")
    assert "计划停水" in shown
    assert "预计 今天 18:00 结束" in shown
    assert asked == [("城东区朝阳路 9 号", "east-1")]


def test_of_no_place_nobody_is_asked(wang):
    covering.add("test", lambda where, user, now: [covering.Line("停水")])
    found = covering.lines(covering.Where(), wang, MONDAY_0900)
    covering.remove("test")
    assert found == []


# --- hand-over -----------------------------------------------------------------------------------
@pytest.fixture
def li():
    return staff("agent", name="li")


def test_what_somebody_touched_and_promised_is_left_and_ticked_by_the_next(desk, wang, li):
    mine = promised(open_ticket(by=wang), wang)
    other = open_ticket(by=li)
    desk.post("/desk/hand-over/", {"notes": "朝阳路下午停水"})
    row = Handover.objects.get()
    assert row.cases == [mine.number]
    assert other.number not in row.cases
    next_one = signed_in(li)
    shown = page(next_one.get("/desk/hand-over/"))
    assert "朝阳路下午停水" in shown
    assert mine.number in shown
    next_one.post(f"/desk/hand-over/{row.pk}/read/")
    row.refresh_from_db()
    assert row.read_by == li
    assert handing.unread(li) == []


def test_what_was_handed_over_is_not_left_twice(wang):
    open_ticket(by=wang)
    handing.hand_over(wang, "", MONDAY_0900 + HOUR)
    assert list(handing.leaving(wang, MONDAY_0900 + 2 * HOUR).cases) == []
    with pytest.raises(Invalid):
        handing.hand_over(wang, "", MONDAY_0900 + 2 * HOUR)


def test_of_two_who_take_over_the_first_has_it(wang, li):
    row = handing.hand_over(wang, "钥匙在前台", MONDAY_0900)
    handing.read(row.pk, li, MONDAY_0900)
    assert handing.read(row.pk, li, MONDAY_0900 + HOUR).read_at == MONDAY_0900
    with pytest.raises(handing.AlreadyRead):
        handing.read(row.pk, staff("agent", name="zhao"), MONDAY_0900)


def test_nobody_takes_over_from_themselves_or_from_another_branch(wang):
    row = handing.hand_over(staff("agent", "east", name="sun"), "留言", MONDAY_0900)
    with pytest.raises(NotFound):
        handing.read(row.pk, staff("agent", "west"), MONDAY_0900)
    own = handing.hand_over(wang, "留言", MONDAY_0900)
    with pytest.raises(Invalid):
        handing.read(own.pk, wang, MONDAY_0900)


def test_what_is_closed_by_then_is_counted_and_not_listed(wang, li):
    ticket = open_ticket(by=wang, **QUESTION | {"subtype": ""})
    handing.hand_over(wang, "", MONDAY_0900)
    settled = {"result": "2.58 元"}
    door.move(ticket.number, "settle", actor=li, at=MONDAY_0900, changes=settled)
    left = handing.unread(li)[0]
    assert (list(left.open), left.closed) == ([], 1)


# --- the wall ------------------------------------------------------------------------------------
def test_the_wall_shows_who_waits_and_what_is_late(desk, call, django_assert_num_queries):
    Call.objects.create(
        provider="main", provider_call="c2", state="waiting", began_at=MONDAY_0900 - MINUTE
    )
    open_ticket()
    sweep(MONDAY_0900 + timedelta(minutes=16))
    shown = desk.get("/desk/wallboard/").context
    assert (shown["waiting"], shown["longest"], shown["today"].calls) == (1, 60, 2)
    assert (shown["soon"], shown["due"].late, shown["due"].hour) == (50, 1, 0)
    assert [bar.hour for bar in shown["bars"] if bar.figures.calls] == [8, 9]


def test_the_wall_shows_no_name_and_no_number(desk, call):
    open_ticket(name="李四")
    shown = page(desk.get("/desk/wallboard/"))
    assert PHONE not in shown
    assert "李四" not in shown


def test_the_wall_is_for_who_answers_calls_and_who_looks_after_them():
    assert signed_in(staff("supervisor")).get("/desk/wallboard/").status_code == 200
    assert signed_in(staff("field", "east-1")).get("/desk/wallboard/").status_code == 403
    assert Client().get("/desk/wallboard/").url.startswith("/desk/login/")
