"""The staff's page of one case: what it tells, which moves it offers, and how it refuses."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import intake as applying
from notifications.models import Message
from tests.factories import application_facts, open_application, open_ticket, staff
from tests.web.desk import HOUR, MINUTE, NOW, as_role, client_of, dispatched, seen_in, text_of
from waterdesk.core import door
from waterdesk.core.models import Event
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]


def address(case, action=""):
    return f"/desk/cases/{case.number}/" + (f"moves/{action}/" if action else "")


def send(client, case, action, **given):
    """Press the button of a move as the page just read offers it."""
    seen = seen_in(client.get(address(case)), action)
    return client.post(address(case, action), {"seen": seen} | given)


def open_service(service, **answers):
    """A household's application for this service, with what it asks beside name and address."""
    given = application_facts(answers=answers)
    for asked in ("use", "calibre_mm", "external_line"):
        given.pop(asked)
    return door.open_case(
        applying.draft(given, by=None, channel="web", service=service), actor=None, at=NOW
    )


def test_the_page_tells_the_case_in_words():
    ticket = dispatched(staff("field", "east-1", name="wang"), at=NOW - 30 * MINUTE)
    text = text_of(as_role("lead").get(address(ticket)))
    for said in (ticket.number, "漏水", "已派单", "城东一网格", "wang", "13987654321", "门口漏水"):
        assert said in text
    assert "还剩 30 分钟" in text


def test_the_timeline_tells_who_did_what_and_what_the_desk_did_itself():
    ticket = open_ticket(at=NOW - 3 * HOUR, by=staff("agent", name="chen"))
    sweep(NOW)
    text = text_of(as_role("lead").get(address(ticket)))
    assert "chen" in text
    assert "系统" in text
    assert "“漏水到场”超过承诺时限" in text


def test_what_the_promises_chose_by_is_told_in_words_or_not_at_all():
    case = open_application(at=NOW)
    response = as_role("lead").get(address(case))
    opened = next(each for each in response.context["entries"] if each.title == "提交申请")
    told = dict(opened.lines)
    assert told["片区"] == "城东一网格"
    assert not {name for name in told if name.isascii()}


def test_what_a_service_does_not_ask_for_is_not_in_the_record_of_its_opening():
    case = open_service("elevator", floors="7")
    response = as_role("lead").get(address(case))
    opened = next(each for each in response.context["entries"] if each.title == "提交申请")
    told = dict(opened.lines)
    assert told["渠道"] == "网上"
    assert not {"用水性质", "口径", "需要敷设外线"} & set(told)
    assert "—" not in told.values()


def test_a_code_that_has_no_words_is_shown_as_it_is():
    ticket = open_ticket(at=NOW - HOUR)
    Event.objects.create(
        case=ticket.number, seq=99, at=NOW, recorded_at=NOW, action="teleported", digest="x"
    )
    assert "teleported" in text_of(as_role("lead").get(address(ticket)))


def test_html_in_what_people_typed_is_shown_and_not_obeyed():
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    ticket = open_ticket(at=NOW - HOUR, name=evil[:40], address=evil, remark=evil)
    lead = staff("lead", name='<b>lead</b>"')
    door.move(ticket.number, "note", actor=lead, at=NOW, note=evil)
    page = client_of(lead).get(address(ticket)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>lead" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_only_the_moves_this_person_may_make_are_offered():
    ticket = open_ticket(at=NOW - HOUR)
    offered = as_role("agent").get(address(ticket)).context["forms"]
    actions = [form.move.action for form in offered]
    assert actions == [
        "dispatch", "chase", "note", "cancel", "join", "ask_extension", "promise_callback",
    ]  # fmt: skip
    watcher = as_role("supervisor").get(address(ticket)).context["forms"]
    assert [form.move.action for form in watcher] == ["chase", "note", "supervise"]


def test_one_move_stands_out():
    ticket = open_ticket(at=NOW - HOUR)
    forms = as_role("agent").get(address(ticket)).context["forms"]
    assert [form.move.action for form in forms if form.primary] == ["dispatch"]


def test_the_people_to_send_come_with_what_they_have_in_hand():
    busy, idle = staff("field", "east-1", name="busy"), staff("field", "east-1", name="idle")
    dispatched(busy)
    dispatched(busy)
    ticket = open_ticket(at=NOW - HOUR)
    page = as_role("agent").get(address(ticket)).content.decode()
    assert "busy（城东一网格，在办 2 件）" in page
    assert page.index(idle.username) < page.index("busy（")


def test_who_is_near_stands_before_who_is_idle():
    near = staff("field", "east-1", name="near")
    staff("field", "company", name="idle")
    dispatched(near)
    ticket = open_ticket(at=NOW - HOUR)
    page = as_role("agent").get(address(ticket)).content.decode()
    assert page.index("near（城东一网格，在办 1 件）") < page.index(
        "idle（示例市供水公司，在办 0 件）"
    )


def test_only_reasons_that_stop_one_of_its_clocks_are_offered():
    application = open_application(at=NOW - HOUR)
    forms = as_role("clerk").get(address(application)).context["forms"]
    pause = next(form for form in forms if form.move.action == "pause")
    assert ("payment", "待用户交费") in pause.form.fields["reason"].choices
    meter = open_ticket(at=NOW - HOUR, subtype="meter")
    forms = as_role("clerk").get(address(meter)).context["forms"]
    pause = next(form for form in forms if form.move.action == "pause")
    assert "payment" not in dict(pause.form.fields["reason"].choices)


def test_a_move_goes_through_the_door_and_back_to_the_page():
    worker = staff("field", "east-1")
    ticket = open_ticket(at=NOW - HOUR)
    client = as_role("agent")
    response = send(client, ticket, "dispatch", handler=worker.username, note="快去")
    assert response.status_code == 302
    assert response.url == address(ticket)
    text = text_of(client.get(address(ticket)))
    assert "已派单" in text
    assert "快去" in text


def test_a_refusal_keeps_the_form_open_with_what_was_typed():
    ticket = open_ticket(at=NOW - HOUR)
    response = send(as_role("agent"), ticket, "dispatch", handler="nobody", note="写了很久的说明")
    assert response.status_code == 400
    form = next(form for form in response.context["forms"] if form.open)
    assert form.move.action == "dispatch"
    assert form.form["note"].value() == "写了很久的说明"
    assert "此人不在本片区可派人员之列。" in text_of(response)
    assert "写了很久的说明" in response.content.decode()


def test_what_is_missing_is_named_at_its_field():
    ticket = open_ticket(at=NOW - HOUR)
    response = send(as_role("agent"), ticket, "cancel", note="重复了")
    assert response.status_code == 400
    form = next(form for form in response.context["forms"] if form.open)
    assert "reason" in form.form.errors
    assert form.form["note"].value() == "重复了"


def test_of_two_tabs_with_the_same_move_the_second_is_refused_clearly():
    ticket = dispatched(staff("field", "east-1"))
    client = as_role("lead")
    seen = seen_in(client.get(address(ticket)), "arrive")
    first = client.post(address(ticket, "arrive"), {"seen": seen})
    second = client.post(address(ticket, "arrive"), {"seen": seen, "note": "我也到了"})
    assert first.status_code == 302
    assert second.status_code == 409
    text = text_of(second)
    assert "办件已被他人更新" in text
    assert "我也到了" in text
    assert "您填写的内容没有保存" in text
    assert Event.objects.filter(case=ticket.number, action="arrive").count() == 1


def test_a_stale_page_is_refused_even_for_a_move_that_still_fits():
    ticket = dispatched(staff("field", "east-1"))
    client = as_role("lead")
    seen = seen_in(client.get(address(ticket)), "chase")
    door.move(ticket.number, "chase", actor=staff("agent"), at=NOW)
    response = client.post(address(ticket, "chase"), {"seen": seen, "note": "还没到"})
    assert response.status_code == 409
    assert next(form for form in response.context["forms"] if form.open).move.action == "chase"
    # Sent again, it says what is seen now, and goes.
    again = client.post(address(ticket, "chase"), {"seen": seen_in(response, "chase")})
    assert again.status_code == 302


@pytest.mark.parametrize("seen", ["", "x", "-3", "9" * 400])
def test_a_form_without_a_true_version_does_not_win(seen):
    ticket = dispatched(staff("field", "east-1"))
    response = as_role("lead").post(address(ticket, "arrive"), {"seen": seen})
    assert response.status_code == 409


def test_a_move_that_is_not_this_persons_is_refused():
    ticket = open_ticket(at=NOW - HOUR)
    response = as_role("supervisor").post(address(ticket, "dispatch"), {"seen": "1"})
    assert response.status_code == 403
    assert "您没有进行此操作的权限。" in text_of(response)


@pytest.mark.parametrize("action", ["open", "fly"])
def test_a_move_that_does_not_exist_is_not_found(action):
    ticket = open_ticket(at=NOW - HOUR)
    assert as_role("agent").post(address(ticket, action), {"seen": "1"}).status_code == 404


def test_a_move_the_desk_alone_makes_cannot_be_posted():
    application = open_application(at=NOW - HOUR)
    response = as_role("admin").post(address(application, "review"), {"seen": "2"})
    assert response.status_code == 404


@pytest.mark.parametrize("number", ["G2611160000018", "X1", "B", "%E4%B8%AD", "G%00"])
def test_a_case_that_does_not_exist_is_not_found(number):
    assert as_role("agent").get(f"/desk/cases/{number}/").status_code == 404


def test_a_case_of_another_area_is_as_unknown_as_none():
    ticket = open_ticket(at=NOW - HOUR)
    client = as_role("lead", "west")
    strange = client.get(address(ticket))
    none = client.get("/desk/cases/G2611160000018/")
    assert strange.status_code == none.status_code == 404
    assert text_of(strange) == text_of(none)
    assert client.post(address(ticket, "chase"), {"seen": "1"}).status_code == 404


def test_other_cases_of_the_same_phone_are_shown_and_no_others():
    ticket = open_ticket(at=NOW - HOUR)
    same = open_ticket(at=NOW - 2 * HOUR, address="城东区建设路 3 号")
    open_ticket(at=NOW - 2 * HOUR, phone="13900000001", address="城东区建设路 4 号")
    related = as_role("agent").get(address(ticket)).context["related"]
    assert [line.case.number for line in related] == [same.number]


def test_cases_of_withheld_numbers_are_not_related():
    ticket = open_ticket(at=NOW - HOUR, phone="")
    open_ticket(at=NOW - HOUR, phone="", address="城东区建设路 3 号")
    assert as_role("agent").get(address(ticket)).context["related"] == []


def test_messages_about_the_case_show_whether_they_arrived():
    ticket = dispatched(staff("field", "east-1"))
    Message.objects.filter(case=ticket.number, channel="sms").update(
        state="dead", error="号码停机", next_try_at=None, lease_until=None
    )
    text = text_of(as_role("agent").get(address(ticket)))
    assert "发送失败" in text
    assert "号码停机" in text


def test_the_text_of_a_secret_message_is_not_for_staff():
    ticket = dispatched(staff("field", "east-1"))
    Message.objects.filter(case=ticket.number, channel="sms").update(
        secret=True, body="验证码 735201"
    )
    text = text_of(as_role("agent").get(address(ticket)))
    assert "735201" not in text
    assert "保密" in text


def test_a_field_worker_may_move_only_what_is_in_hand():
    mine, other = staff("field", "east-1", name="mine"), staff("field", "east-1", name="other")
    ticket = dispatched(other)
    client = client_of(mine)
    assert client.get(address(ticket)).status_code == 200
    assert client.post(address(ticket, "arrive"), {"seen": ticket.version}).status_code == 403


def test_the_page_asks_the_same_number_of_questions_however_long_the_story_is():
    short = dispatched(staff("field", "east-1"))
    long = dispatched(staff("field", "east-1"), phone="13900000001")
    for minute in range(15):
        door.move(
            long.number,
            "note",
            actor=staff("agent", name=f"agent{minute}"),
            at=NOW - minute * MINUTE,
            note=f"第 {minute} 次",
        )
    open_ticket(at=NOW - HOUR, phone="13900000001", address="城东区建设路 3 号")
    client = as_role("lead")
    client.get(address(short))
    counts = []
    for case in (short, long):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(case))
        counts.append(len(queries))
    # The related case of the second one is a line with a clock: two questions for any number.
    assert counts[1] - counts[0] <= 2
    assert counts[0] <= 25


def test_a_long_note_with_rare_characters_survives_a_refusal():
    ticket = open_ticket(at=NOW - HOUR)
    note = "䶮𬱖😀" * 200
    response = send(as_role("agent"), ticket, "chase", note=note)
    assert response.status_code == 400
    assert note in response.content.decode()


def test_an_application_without_an_account_was_opened_by_the_customer_not_by_the_desk():
    case = open_application(at=NOW)
    page = as_role("agent").get(f"/desk/cases/{case.number}/")
    opened = [entry.who for entry in page.context["entries"] if entry.title == "提交申请"]
    assert opened == ["客户"]
