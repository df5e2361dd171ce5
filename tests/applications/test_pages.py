"""The customer's page and the counter's, as a browser without scripts uses them."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import views
from applications.models import Application
from notifications.models import Message
from tests.factories import HOUR, MONDAY_0900, customer, open_application, staff
from tests.web.desk import as_role, client_of, inline_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_in_the_morning():
    with time_machine.travel(MONDAY_0900 + HOUR, tick=False):
        yield


def typed(**over):
    return {
        "applicant_kind": "person",
        "name": "张三",
        "uscc": "",
        "contact": "",
        "phone": "13812345678",
        "address": "城东区朝阳路 8 号",
        "use": "residential",
        "pipe": "yes",
        "calibre_mm": "20",
        "remark": "",
        "once": "k" * 32,
    } | over


def apply(client, **over):
    return client.post("/apply/", typed(**over))


def key_in(response):
    return re.search(r'name="once" value="([^"]+)"', response.content.decode())[1]


def error_of(response, name):
    page = response.content.decode()
    return re.search(rf'id="id_{name}_error".*?</(?:ul|div|p)>', page, re.S)[0]


# --- the customer's page ---
def test_a_household_answers_eight_questions_and_a_company_ten(client):
    fields = client.get("/apply/").context["form"].visible_fields()
    assert len(fields) == 10
    assert len([f for f in fields if f.name not in ("uscc", "contact")]) == 8


def test_nothing_is_uploaded_and_nothing_runs_inline(client):
    page = client.get("/apply/")
    assert "file" not in re.findall(r'type="(\w+)"', page.content.decode())
    assert inline_in(page) == []


def test_the_promise_stands_on_the_page_before_anything_is_sent(client):
    assert "承诺： 2 个环节、0.5 个工作日 ；现在提交，预计 今天 15:30 前 通水" in text_of(
        client.get("/apply/")
    )


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("pipe=no&calibre_mm=80", "3 个工作日"),
        ("pipe=no&calibre_mm=100&applicant_kind=organisation", "10 个工作日"),
        ("pipe=unknown&calibre_mm=100", "0.5 个工作日"),
        ("", "0.5 个工作日"),
        ("pipe=maybe&calibre_mm=%00x&use=swim&applicant_kind=cat", "0.5 个工作日"),
    ],
)
def test_the_promise_follows_what_is_chosen(client, chosen, said):
    assert said in text_of(client.get(f"/apply/promise/?{chosen}"))


def test_what_a_person_must_look_at_is_told_beforehand(client):
    assert "先由工作人员核实" in text_of(client.get("/apply/promise/?calibre_mm=300"))
    assert "先由工作人员核实" not in text_of(client.get("/apply/promise/?calibre_mm=20"))


def test_the_promise_of_every_class_is_there_without_scripts(client):
    page = text_of(client.get("/apply/"))
    assert [limit in page for limit in ("0.5 个工作日", "3 个工作日", "10 个工作日")] == [True] * 3


def test_applying_leads_to_the_tracking_page_which_this_browser_may_see(client):
    answer = apply(client)
    case = Application.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/track/{case.number}/")
    assert (case.status, case.channel, case.opened_by) == ("accepted", "web", None)
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert f"申请已提交，编号 {case.number}" in text_of(page)
    assert 'data-draft-done="apply"' in page.content.decode()
    assert Client().get(answer["Location"]).status_code == 404


def test_who_does_not_know_of_a_pipe_is_promised_as_if_there_were_one(client):
    apply(client, pipe="unknown")
    assert Application.objects.get().external_line is False


def test_a_second_click_finds_the_first_ones_case(client):
    first, second = apply(client), apply(client)
    assert first["Location"] == second["Location"]
    assert Application.objects.count() == 1
    assert Message.objects.filter(channel="sms").count() == 1


def test_a_form_sent_changed_and_sent_again_is_asked_about_once(client):
    apply(client)
    again = apply(client, address="城东区朝阳路 9 号")
    assert again.status_code == 409
    assert "已提交过一份申请" in text_of(again)
    assert "城东区朝阳路 9 号" in again.content.decode()
    apply(client, address="城东区朝阳路 9 号", once=key_in(again))
    assert Application.objects.count() == 2


def test_a_refusal_keeps_what_was_typed_and_stands_at_its_field(client):
    page = apply(client, phone="12345678901", remark="门口有<b>狗</b>🐕", name="䶮𬱖")
    text = page.content.decode()
    assert page.status_code == 400
    assert "手机号码应为 11 位数字" in error_of(page, "phone")
    assert 'value="12345678901"' in text
    assert "门口有&lt;b&gt;狗&lt;/b&gt;🐕" in text
    assert 'value="䶮𬱖"' in text
    assert key_in(page) == "k" * 32
    assert not Application.objects.exists()


@pytest.mark.parametrize("name", ["applicant_kind", "name", "phone", "address", "use", "pipe"])
def test_a_question_left_open_is_named(client, name):
    page = apply(client, **{name: ""})
    assert list(page.context["form"].errors) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("applicant_kind", "robot"),
        ("name", "张" * 61),
        ("address", "路" * 201),
        ("remark", "说" * 501),
        ("use", "bathing"),
        ("pipe", "perhaps"),
        ("calibre_mm", "21"),
    ],
)
def test_what_no_browser_would_send_is_refused_too(client, name, value):
    assert list(apply(client, **{name: value}).context["form"].errors) == [name]


def test_a_company_is_told_when_its_credit_code_is_wrong(client):
    company = {"applicant_kind": "organisation", "name": "示例食品有限公司"}
    page = apply(client, **company, uscc="91350100M000100Y4Z")
    assert list(page.context["form"].errors) == ["uscc"]
    apply(client, **company, uscc="91350100M000100Y43", use="non-residential", contact="李四")
    case = Application.objects.get()
    assert (case.uscc, case.contact, case.status) == ("91350100M000100Y43", "李四", "accepted")


def test_what_belongs_to_companies_is_not_kept_of_a_person(client):
    apply(client, uscc="91350100M000100Y4Z", contact="李四")
    case = Application.objects.get()
    assert (case.uscc, case.contact) == ("", "")


def test_html_and_rare_characters_are_shown_as_they_were_typed(client):
    number = apply(client, name="䶮𬱖<i>", remark="<script>alert(1)</script>")["Location"][7:-1]
    customers = client_of(customer()).get(f"/track/{number}/").content.decode()
    desks = as_role("clerk").get(f"/desk/cases/{number}/").content.decode()
    assert "䶮𬱖&lt;i&gt;" in customers
    assert "䶮𬱖&lt;i&gt;" in desks
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in desks
    assert "<script>alert(1)" not in desks + customers


def test_a_signed_in_customer_finds_name_and_number_filled_in():
    user = customer("13812345678")
    user.name = "王五"
    user.save()
    page = client_of(user).get("/apply/").content.decode()
    assert 'value="王五"' in page
    assert re.search(r'<input[^>]*value="13812345678"[^>]*readonly', page)


def test_a_signed_in_customer_applies_with_the_own_number_only():
    client = client_of(customer("13812345678"))
    assert "phone" in apply(client, phone="13900000000").context["form"].errors
    assert apply(client).status_code == 302
    assert Application.objects.get().opened_by == customer("13812345678")


def test_staff_are_sent_to_the_counter():
    assert as_role("agent").get("/apply/")["Location"] == "/desk/counter/"


def test_nobody_floods_a_telephone_with_our_short_messages(client, monkeypatch):
    monkeypatch.setattr(views, "MOST_A_NUMBER", 2)
    for door in (1, 2):
        apply(client, address=f"城东区朝阳路 {door} 号", once=f"k{door}")
    page = apply(client, address="城东区朝阳路 3 号", once="k3")
    assert page.status_code == 429
    assert "操作过于频繁" in text_of(page)
    assert "城东区朝阳路 3 号" in page.content.decode()
    assert Application.objects.count() == 2


def test_nobody_floods_us_from_one_address(client, monkeypatch):
    monkeypatch.setattr(views, "MOST_AN_ADDRESS", 1)
    apply(client, phone="13812345671", once="k1")
    assert apply(client, phone="13812345672", once="k2").status_code == 429


def test_a_body_beyond_all_measure_is_a_refusal_and_no_fault(client):
    assert apply(client, remark="水" * 700_000).status_code in (400, 413)


def test_applying_by_the_page_costs_a_fixed_number_of_queries(client):
    apply(client, once="warm")
    with CaptureQueriesContext(connection) as few:
        apply(client, address="城东区朝阳路 9 号", once="k1")
    for door in range(10, 15):
        open_application(address=f"城东区朝阳路 {door} 号")
    with CaptureQueriesContext(connection) as many:
        apply(client, address="城东区朝阳路 15 号", once="k2")
    print(f"\nqueries of one application by the page: {len(many)}")
    # One looks for an open one at the address, one asks who is on duty, two where it is.
    assert len(few) == len(many) == 21


def test_the_empty_form_asks_nothing_of_the_database(client):
    client.get("/apply/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/apply/")
    assert [query["sql"] for query in queries] == []


# --- the counter ---
def enter(client, **over):
    return client.post("/desk/counter/", typed(id_number="", area="", **over))


@pytest.mark.parametrize(
    ("role", "channel"),
    [
        ("clerk", "counter"),
        ("agent", "hotline"),
        ("field", "field"),
        ("lead", "counter"),
        ("admin", "counter"),
    ],
)
def test_staff_enter_for_the_customer_and_the_case_says_where(role, channel):
    client = as_role(role)
    answer = enter(client)
    case = Application.objects.get()
    assert answer["Location"] == f"/desk/cases/{case.number}/"
    assert (case.channel, case.opened_by) == (channel, staff(role))


@pytest.mark.parametrize("role", ["customer", "supervisor"])
def test_others_have_no_counter(role):
    assert as_role(role).get("/desk/counter/").status_code == 403
    assert enter(as_role(role)).status_code == 403


def test_a_stranger_signs_in_before_the_counter(client):
    assert client.get("/desk/counter/")["Location"] == "/desk/login/?next=/desk/counter/"


def test_an_application_of_another_branch_is_taken_and_its_number_told():
    client = as_role("clerk", "west")
    answer = enter(client)
    assert answer["Location"] == "/desk/counter/"
    assert Application.objects.get().number in text_of(client.get(answer["Location"]))


def test_staff_name_the_area_when_they_know_better():
    client = as_role("clerk")
    client.post("/desk/counter/", typed(id_number="", area="west-1", address="新路 1 号"))
    case = Application.objects.get()
    assert (case.area.code, case.status) == ("west-1", "accepted")


def test_the_identity_number_is_checked_and_never_shown_whole():
    client = as_role("clerk")
    wrong = client.post("/desk/counter/", typed(id_number="110105194912310021", area=""))
    assert "校验位不正确" in error_of(wrong, "id_number")
    right = client.post("/desk/counter/", typed(id_number="11010519491231002x", area=""))
    assert Application.objects.get().id_number == "11010519491231002X"
    page = client.get(right["Location"]).content.decode()
    assert "110***********002X" in page
    assert "11010519491231002X" not in page


def test_the_counter_shows_the_promise_and_runs_nothing_inline():
    page = as_role("clerk").get("/desk/counter/")
    assert "0.5 个工作日" in text_of(page)
    assert inline_in(page) == []
