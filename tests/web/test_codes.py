"""The code to a phone: how long it lives, how often it is tried and sent, what it tells nobody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from notifications import texts
from notifications.models import Message, Text
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
    wrong,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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


def test_the_code_page_without_a_number_asks_for_one(client):
    assert client.get(CODE_PAGE).url == "/login/"


def test_the_code_is_on_the_page_in_a_demonstration_alone(client, settings):
    ask(client)
    assert sent()[0] not in text(client.get(CODE_PAGE))
    settings.DEBUG = True
    assert sent()[0] in text(client.get(CODE_PAGE))
    settings.SMS_TRANSPORT = "http"
    assert sent()[0] not in text(client.get(CODE_PAGE))


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
