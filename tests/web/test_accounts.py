"""Customers come in by a code to their phone: everybody the same way, and nobody by guessing."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import texts
from notifications.models import Message, Text
from tests.factories import open_application, open_ticket, staff
from waterdesk.core.models import Case, Role, User

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PHONE = "13812345678"
CODE_PAGE = "/login/code/"
# The tokens of a page: they differ each time, whoever asks.
CHANGING = r"[A-Za-z0-9]{64}|nonce[-=]\S+"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def ask(client, phone=PHONE, after="", **meta):
    return client.post("/login/", {"phone": phone, "next": after}, **meta)


def sent(phone=PHONE):
    """The codes in the outbox for a number, oldest first."""
    rows = Message.objects.filter(key="login.code", channel="sms", address=phone)
    return [
        re.search(r"\d{6}", body)[0] for body in rows.order_by("id").values_list("body", flat=True)
    ]


def tell(client, code):
    return client.post(CODE_PAGE, {"code": code})


def wrong(phone=PHONE):
    return "000000" if sent(phone)[-1] != "000000" else "111111"


def come_in(client, phone=PHONE, after=""):
    ask(client, phone, after)
    return tell(client, sent(phone)[-1])


def who(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def text(response):
    return response.content.decode()


def test_an_unknown_number_is_in_after_its_code_and_has_an_account(client):
    asked = ask(client)
    assert (asked.status_code, asked.url) == (302, CODE_PAGE)
    assert not User.objects.filter(phone=PHONE).exists()
    entered = tell(client, sent()[0])
    assert (entered.status_code, entered.url) == (302, "/")
    user = who(client)
    assert (user.role, user.phone, user.phone_verified) == (Role.CUSTOMER, PHONE, True)
    assert not user.has_usable_password()


def test_no_page_shows_a_customer_the_account_name_or_anybody_the_whole_number(client):
    come_in(client)
    page = text(client.get("/"))
    assert who(client).username not in page
    assert "138****5678" in page
    assert str(who(client)) == "138****5678"


def test_a_known_number_comes_back_to_its_own_account(client, clock):
    come_in(client)
    first = who(client)
    clock.shift(timedelta(minutes=1))
    again = Client()
    come_in(again)
    assert who(again) == first
    assert User.objects.filter(phone=PHONE).count() == 1


def test_an_account_that_somebody_else_opened_is_verified_by_the_code(client):
    known = User.objects.create(username="kept", role=Role.CUSTOMER, phone=PHONE)
    come_in(client)
    assert who(client) == known
    assert who(client).phone_verified


def test_whoever_is_in_sees_the_cases_of_that_number_alone(client):
    mine = open_application(phone=PHONE, at=NOW)
    open_ticket(phone="13987654321", at=NOW)
    come_in(client)
    assert [case.number for case in Case.objects.visible_to(who(client))] == [mine.number]


@pytest.mark.parametrize(
    "typed", ["+86 138 1234 5678", "0086-13812345678", "１３８１２３４５６７８"]
)
def test_a_number_may_be_typed_in_many_ways(client, typed):
    ask(client, typed)
    assert len(sent(PHONE)) == 1


@pytest.mark.parametrize(
    "typed", ["", "12345678901", "1381234567", "0571-88888888", "电话", "9" * 500]
)
def test_what_is_no_mobile_number_is_told_and_kept(client, typed):
    response = ask(client, typed)
    assert response.status_code == 200
    assert response.context["form"].errors["phone"]
    assert typed in text(response)
    assert not Message.objects.filter(key="login.code").exists()


def test_the_message_names_the_code_and_dies_with_it(client, settings):
    settings.ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 120
    ask(client)
    message = Message.objects.get(key="login.code")
    assert re.search(r"\d{6}", message.body)
    assert message.secret
    assert message.expires_at == NOW + timedelta(minutes=2)
    assert message.recipient_id is None


def test_the_code_page_shows_the_number_masked_and_lets_the_phone_fill_the_code_in(client):
    ask(client)
    page = text(client.get(CODE_PAGE))
    assert "138****5678" in page
    assert PHONE not in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_a_code_may_be_typed_with_a_blank_or_in_full_width(client):
    ask(client)
    code = sent()[0]
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert tell(client, f"{wide[:3]} {wide[3:]}").status_code == 302


def test_a_slip_in_length_costs_no_try(client):
    ask(client)
    for slip in ["", "1", "12345", "1234567", "abcdef", "💧"]:
        assert tell(client, slip).status_code == 200
    assert tell(client, sent()[0]).status_code == 302


def test_after_a_wrong_code_the_right_one_still_works(client):
    ask(client)
    response = tell(client, wrong())
    assert "还可以再试 2 次" in text(response)
    assert tell(client, sent()[0]).status_code == 302


def test_the_third_wrong_code_voids_the_right_one(client):
    ask(client)
    for _ in range(3):
        response = tell(client, wrong())
    assert "输错 3 次" in text(response)
    assert 'name="code"' not in text(response)
    assert tell(client, sent()[0]).status_code == 200
    assert who(client) is None


def test_a_new_code_brings_new_tries(client, clock):
    ask(client)
    for _ in range(3):
        tell(client, wrong())
    clock.shift(timedelta(seconds=60))
    assert client.post(CODE_PAGE, {"action": "resend"}).status_code == 302
    assert tell(client, sent()[1]).status_code == 302
    assert who(client) is not None


def test_turning_back_the_session_brings_no_tries_back(client):
    """What parallel requests amount to: each reads the session before the others wrote it."""
    ask(client)
    before = dict(client.session.items())
    for _ in range(3):
        session = client.session
        session.update(before)
        session.save()
        tell(client, wrong())
    session = client.session
    session.update(before)
    session.save()
    assert tell(client, sent()[0]).status_code == 200
    assert who(client) is None


def test_a_code_is_good_for_five_minutes_and_not_a_second_longer(client, clock):
    ask(client)
    late = Client()
    late.cookies = client.cookies
    clock.shift(timedelta(minutes=5, seconds=1))
    response = tell(late, sent()[0])
    assert "已失效" in text(response)
    assert who(late) is None
    clock.shift(timedelta(seconds=-1))
    assert tell(client, sent()[0]).status_code == 302


def test_a_code_works_once(client):
    ask(client)
    code = sent()[0]
    tell(client, code)
    client.post("/logout/")
    assert tell(client, code).url == "/login/"
    assert who(client) is None


def test_nothing_of_the_code_stays_in_the_session(client):
    come_in(client)
    assert "phone_login" not in client.session


def test_the_code_of_one_browser_is_of_no_use_in_another(client):
    ask(client)
    stranger = Client()
    assert tell(stranger, sent()[0]).url == "/login/"
    assert who(stranger) is None


def test_a_newer_code_voids_the_older(client, clock):
    ask(client)
    clock.shift(timedelta(seconds=60))
    client.post(CODE_PAGE, {"action": "resend"})
    older, newer = sent()
    assert older != newer
    assert tell(client, older).status_code == 200
    assert tell(client, newer).status_code == 302


def test_another_code_is_sent_after_a_minute_and_not_before(client, clock):
    ask(client)
    clock.shift(timedelta(seconds=59))
    early = client.post(CODE_PAGE, {"action": "resend"})
    assert early.status_code == 429
    assert "1 秒" in text(early)
    assert len(sent()) == 1
    clock.shift(timedelta(seconds=1))
    client.post(CODE_PAGE, {"action": "resend"})
    assert len(sent()) == 2


def test_a_refused_request_for_another_code_leaves_the_first_one_good(client):
    ask(client)
    client.post(CODE_PAGE, {"action": "resend"})
    assert tell(client, sent()[0]).status_code == 302


def test_the_page_counts_down_what_is_left_of_the_minute(client, clock):
    ask(client)
    clock.shift(timedelta(seconds=18))
    assert 'data-resend="42"' in text(client.get(CODE_PAGE))


def test_asking_twice_in_one_browser_goes_on_with_the_code_on_its_way(client):
    ask(client)
    assert ask(client).url == CODE_PAGE
    assert len(sent()) == 1
    assert tell(client, sent()[0]).status_code == 302


def test_a_second_browser_must_wait_and_keeps_the_number(client):
    ask(client)
    response = ask(Client())
    assert response.status_code == 429
    assert PHONE in text(response)
    assert len(sent()) == 1


def test_a_number_is_sent_five_codes_an_hour(client, clock):
    for _ in range(6):
        last = ask(Client())
        clock.shift(timedelta(minutes=1))
    assert last.status_code == 429
    assert len(sent()) == 5
    clock.shift(timedelta(hours=1))
    ask(Client())
    assert len(sent()) == 6


def test_one_address_cannot_flood_many_numbers(client):
    for number in range(60):
        assert ask(Client(), f"139{number:08}").status_code == 302
    assert ask(Client(), "13700000000").status_code == 429
    assert ask(Client(), "13700000000", REMOTE_ADDR="203.0.113.9").status_code == 302


def told(phone):
    """All that somebody without the code gets to see for a number, and who was looked up."""
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        asked = ask(client, phone)
        pages = text(client.get(CODE_PAGE)) + text(tell(client, "0000"))
    looked_up = [query["sql"] for query in queries if User._meta.db_table in query["sql"]]
    return asked.status_code, asked.url, looked_up, re.sub(CHANGING, "", pages)


def test_nothing_tells_a_known_number_from_an_unknown_one():
    User.objects.create(username="x", role=Role.CUSTOMER, phone="13822221111", phone_verified=True)
    assert told("13822221111") == told("13833331111")
    assert told("13844441111")[2] == []


def test_a_member_of_staff_with_that_phone_is_another_person(client):
    agent = staff("agent", phone=PHONE, phone_verified=True)
    come_in(client)
    assert who(client) != agent
    assert who(client).role == Role.CUSTOMER
    agent.refresh_from_db()
    assert (agent.role, agent.phone) == ("agent", PHONE)


def test_a_closed_account_is_told_so_only_after_the_code(client):
    User.objects.create(username="closed", role=Role.CUSTOMER, phone=PHONE, is_active=False)
    asked = ask(client)
    assert asked.url == CODE_PAGE
    response = tell(client, sent()[0])
    assert "已停用" in text(response)
    assert who(client) is None


@pytest.mark.parametrize(
    ("after", "goes"),
    [
        ("/apply/?use=residential", "/apply/?use=residential"),
        ("http://testserver/track/", "http://testserver/track/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_on_is_followed_within_this_site_only(client, after, goes):
    assert come_in(client, after=after).url == goes


def test_the_way_on_survives_the_page_for_the_number(client):
    assert 'value="/apply/"' in text(client.get("/login/?next=/apply/"))


def test_an_address_of_another_site_is_no_way_on_even_for_those_already_in(client):
    come_in(client)
    assert client.get("/login/?next=https://evil.example/").url == "/"


def test_whoever_is_in_is_not_asked_again(client):
    come_in(client)
    assert client.get("/login/").url == "/"
    assert client.get(CODE_PAGE).url == "/"


def test_coming_in_changes_the_session_key_and_keeps_what_was_granted(client):
    ask(client)
    session = client.session
    session["tracked"] = ["A2026000001"]
    session.save()
    before = client.session.session_key
    tell(client, sent()[0])
    assert client.session.session_key != before
    assert client.session["tracked"] == ["A2026000001"]


def test_the_code_page_without_a_number_asks_for_one(client):
    assert client.get(CODE_PAGE).url == "/login/"


def test_the_code_is_on_the_page_in_a_demonstration_alone(client, settings):
    ask(client)
    assert sent()[0] not in text(client.get(CODE_PAGE))
    settings.DEBUG = True
    assert sent()[0] in text(client.get(CODE_PAGE))
    settings.SMS_TRANSPORT = "http"
    assert sent()[0] not in text(client.get(CODE_PAGE))


def test_coming_in_needs_the_token_against_forged_requests():
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict).status_code == 403
    assert not Message.objects.filter(key="login.code").exists()


def test_a_browser_forgets_an_unproved_number_after_half_an_hour(client, clock):
    ask(client)
    assert PHONE in text(client.get("/login/"))
    clock.shift(timedelta(minutes=31))
    assert PHONE not in text(client.get("/login/"))


@pytest.fixture
def fresh_texts():
    texts.forget()
    yield
    texts.forget()


def test_without_its_text_no_code_is_promised(client, fresh_texts):
    for row in Text.objects.filter(key="login.code"):
        row.active = False
        row.save()
    with pytest.raises(ImproperlyConfigured):
        ask(client)


def test_the_pages_are_not_kept_by_caches(client):
    ask(client)
    for address in ("/login/", CODE_PAGE):
        assert "no-store" in client.get(address)["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_two_proofs_at_once_make_one_account(committed):
    made, ready = [], threading.Barrier(4)

    def prove() -> None:
        ready.wait()
        made.append(get_adapter().customer(PHONE).pk)
        connection.close()

    threads = [threading.Thread(target=prove) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def test_every_page_of_coming_in_has_its_address():
    names = ("login", "login-code", "desk-login", "desk-password", "logout")
    assert [reverse(name) for name in names] == [
        "/login/", CODE_PAGE, "/desk/login/", "/desk/password/", "/logout/",
    ]  # fmt: skip
