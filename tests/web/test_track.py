"""Tracking: who may look at a case, what a customer reads, and what a customer may do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import customer, open_application, open_ticket, staff
from tests.web.desk import (
    CUSTOMER_PHONE,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    as_role,
    client_of,
    dispatched,
    seen_in,
    some,
    text_of,
)
from waterdesk.core import door, policy
from waterdesk.core.models import Promise
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]


def page_of(case):
    return f"/track/{case.number}/"


def look_up(client, number, tail, **meta):
    return client.post("/track/", {"number": number, "tail": tail}, **meta)


def test_number_and_last_four_digits_open_the_page():
    case = open_application(at=NOW - HOUR)
    client = Client()
    assert client.get(page_of(case)).status_code == 404
    response = look_up(client, case.number, "5678")
    assert response.status_code == 302
    assert response.url == page_of(case)
    assert client.get(page_of(case)).status_code == 200


def test_the_number_may_be_typed_as_people_type_it():
    case = open_application(at=NOW - HOUR)
    typed = f" {case.number[0].lower()}{case.number[1:7]} {case.number[7:]} "
    assert look_up(Client(), typed, "５６７８").status_code == 302


def test_a_wrong_ending_and_an_unknown_number_get_the_same_answer():
    case = open_application(at=NOW - HOUR)
    wrong = look_up(Client(), case.number, "0000")
    unknown = look_up(Client(), "B2611160000018", "5678")
    assert wrong.status_code == unknown.status_code == 400
    assert text_of(wrong) == text_of(unknown)
    assert "没有找到相符的办件" in text_of(wrong)


def test_a_case_without_a_phone_is_never_opened_by_digits():
    case = open_ticket(at=NOW - HOUR, phone="")
    for tail in ("", "0000"):
        assert look_up(Client(), case.number, tail).status_code == 400


def test_what_may_not_be_seen_is_as_unknown_as_what_does_not_exist():
    case = open_application(at=NOW - HOUR)
    stranger = client_of(customer("13700000000"))
    hidden, unknown = stranger.get(page_of(case)), stranger.get("/track/B2611160000018/")
    assert hidden.status_code == unknown.status_code == 404
    assert text_of(hidden) == text_of(unknown)


def test_a_link_in_a_message_asks_for_the_digits_and_leads_on():
    case = open_application(at=NOW - HOUR)
    client = Client()
    asked = client.get(page_of(case))
    assert asked.context["form"]["number"].value() == case.number
    assert 'action="/track/"' in asked.content.decode()
    assert look_up(client, case.number, "5678").url == page_of(case)


def test_ten_tries_in_ten_minutes_from_one_address_and_no_more(at_ten):
    case = open_application(at=NOW - HOUR)
    for place in range(10):
        assert look_up(Client(), f"B26111600000{place}", "0000").status_code == 400
    refused = look_up(Client(), case.number, "5678")
    assert refused.status_code == 429
    assert "操作过于频繁" in text_of(refused)
    assert look_up(Client(), case.number, "5678", REMOTE_ADDR="10.0.0.9").status_code == 302
    at_ten.shift(10 * MINUTE)
    assert look_up(Client(), case.number, "5678").status_code == 302


def test_ten_tries_at_one_number_from_anywhere_and_no_more():
    case = open_application(at=NOW - HOUR)
    for place in range(10):
        tried = look_up(Client(), case.number, "0000", REMOTE_ADDR=f"10.0.0.{place}")
        assert tried.status_code == 400
    assert look_up(Client(), case.number, "5678", REMOTE_ADDR="10.0.1.1").status_code == 429


def test_four_digits_prove_too_little_to_show_who_it_is():
    case = open_application(at=NOW - HOUR)
    client = Client()
    look_up(client, case.number, "5678")
    page = client.get(page_of(case)).content.decode()
    for personal in (case.name, case.phone, case.address):
        assert personal not in page
    assert case.address in client_of(customer()).get(page_of(case)).content.decode()


def test_the_page_says_what_was_promised_why_and_until_when():
    case = open_application(at=NOW - HOUR)
    text = text_of(client_of(customer()).get(page_of(case)))
    assert "两环节通水（无外线）" in text
    assert "承诺 0.5 个工作日" in text
    assert "株洲 4424" in text
    assert "还剩 3 小时" in text
    assert "今天 14:30 到期" in text
    assert "申请已受理。" in text


def test_a_limit_the_desk_keeps_to_itself_is_not_shown():
    Promise.objects.filter(code="respond").update(public=False)
    policy.forget()
    case = dispatched(staff("field", "east-1"), phone=CUSTOMER_PHONE)
    text = text_of(client_of(customer()).get(page_of(case)))
    assert "漏水到场" in text
    assert "漏水响应" not in text


def test_a_due_day_nobody_has_published_yet_is_called_provisional():
    case = open_application(at=NOW + 44 * DAY, external_line=True)
    assert "放假安排" in text_of(client_of(customer()).get(page_of(case)))


def test_the_handler_can_be_rung():
    worker = staff("field", "east-1", name="wang", phone="13600001111")
    case = dispatched(worker, phone=CUSTOMER_PHONE)
    page = client_of(customer()).get(page_of(case)).content.decode()
    assert 'href="tel:13600001111"' in page
    assert 'href="tel:96390"' in page


def test_the_story_is_told_without_what_the_staff_tell_each_other():
    case = dispatched(staff("field", "east-1", name="wang"), phone=CUSTOMER_PHONE)
    agent = staff("agent", name="chen")
    door.move(case.number, "note", actor=agent, at=NOW, note="此人很难缠")
    door.move(case.number, "chase", actor=agent, at=NOW, note="又来催")
    sweep(NOW + HOUR)
    text = text_of(client_of(customer()).get(page_of(case)))
    assert "派单" in text
    assert "此人很难缠" not in text
    assert "又来催" not in text
    assert "chen" not in text
    # What was promised and broken is told; the ladder inside is not.
    assert "“漏水到场”超过承诺时限" in text
    assert "发出提醒" not in text


def test_a_pause_tells_why_and_what_to_do():
    case = open_application(at=NOW - HOUR)
    door.move(
        case.number,
        "pause",
        actor=staff("clerk"),
        at=NOW - 30 * MINUTE,
        changes={"reason": "customer-correction"},
        note="门牌号请补全",
    )
    text = text_of(client_of(customer()).get(page_of(case)))
    assert "待用户补正" in text
    assert "请按说明补充或更正" in text
    assert "门牌号请补全" in text


def test_a_refusal_tells_why_and_what_to_do_next():
    case = open_application(at=NOW - HOUR)
    changes = {"reason": "arrears"}
    door.move(case.number, "refuse", actor=staff("clerk"), at=NOW, changes=changes)
    text = text_of(client_of(customer()).get(page_of(case)))
    assert "欠费" in text
    assert "请结清所欠水费后重新申请" in text


def test_the_customer_confirms_cancels_corrects_and_chases():
    client = client_of(customer())
    case = open_application(at=NOW - HOUR)
    offered = client.get(page_of(case)).context["forms"]
    assert [form.move.action for form in offered] == ["chase", "cancel"]
    seen = seen_in(client.get(page_of(case)), "cancel")
    response = client.post(page_of(case) + "moves/cancel/", {"seen": seen})
    assert response.status_code == 302
    assert "申请已取消。" in text_of(client.get(page_of(case)))


def test_a_look_is_not_enough_to_move():
    case = open_application(at=NOW - HOUR)
    client = Client()
    look_up(client, case.number, "5678")
    assert client.get(page_of(case)).context["forms"] == []
    assert "登录" in text_of(client.get(page_of(case)))
    refused = client.post(page_of(case) + "moves/cancel/", {"seen": case.version})
    assert refused.status_code == 403
    case.refresh_from_db()
    assert case.status == "accepted"


def test_a_customers_move_that_no_longer_fits_is_refused_with_409():
    client = client_of(customer())
    case = open_application(at=NOW - HOUR)
    seen = seen_in(client.get(page_of(case)), "cancel")
    changes = {"reason": "arrears"}
    door.move(case.number, "refuse", actor=staff("clerk"), at=NOW, changes=changes)
    response = client.post(page_of(case) + "moves/cancel/", {"seen": seen, "note": "不装了"})
    assert response.status_code == 409
    assert "不装了" in text_of(response)


def test_a_code_in_the_page_leads_back_to_it():
    case = open_application(at=NOW - HOUR)
    page = client_of(customer()).get(page_of(case)).content.decode()
    assert "<svg" in page
    assert 'class="qr"' in page


def test_a_signed_in_customer_finds_the_own_cases_and_no_others():
    mine = open_application(at=NOW - HOUR)
    other = open_application(at=NOW - HOUR, phone="13700000000", address="城东区朝阳路 99 号")
    page = client_of(customer()).get("/track/").content.decode()
    assert mine.number in page
    assert other.number not in page


def test_the_page_asks_the_same_number_of_questions_whatever_else_there_is():
    case = open_application(at=NOW - HOUR)
    client = client_of(customer())
    counts = []
    for more in (0, 10):
        some(more)
        client.get(page_of(case))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(case))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_staff_see_the_page_as_the_customer_does_but_move_elsewhere():
    case = open_application(at=NOW - HOUR)
    response = as_role("clerk").get(page_of(case))
    assert response.status_code == 200
    assert response.context["forms"] == []
