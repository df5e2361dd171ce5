"""Customers come in by a code to their phone: everybody the same way, and nobody by guessing."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from allauth.account.adapter import get_adapter
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Message
from tests.factories import open_application, open_ticket, staff
from tests.web.coming_in import (
    CODE_PAGE,
    NOW,
    PHONE,
    ask,
    come_in,
    sent,
    tell,
    text,
    who,
)
from waterdesk.core.models import Case, Role, User

# The tokens of a page: they differ each time, whoever asks.
CHANGING = r"[A-Za-z0-9]{64}|nonce[-=]\S+"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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


def test_coming_in_needs_the_token_against_forged_requests():
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict).status_code == 403
    assert not Message.objects.filter(key="login.code").exists()


def test_a_browser_forgets_an_unproved_number_after_half_an_hour(client, clock):
    ask(client)
    assert PHONE in text(client.get("/login/"))
    clock.shift(timedelta(minutes=31))
    assert PHONE not in text(client.get("/login/"))


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
