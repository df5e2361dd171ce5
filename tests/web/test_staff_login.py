"""Staff come in by a password, a shift at a time, and not by trying."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.factories import customer, staff
from waterdesk.core.models import User

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PASSWORD = "water-to-the-people"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def agent():
    return with_password(staff("agent"))


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def enter(client, username, password=PASSWORD, after="", **meta):
    given = {"username": username, "password": password, "next": after}
    return client.post("/desk/login/", given, **meta)


def who(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def text(response):
    return response.content.decode()


def test_staff_come_in_by_name_and_password(client, agent):
    response = enter(client, agent.username)
    assert (response.status_code, response.url) == (302, "/")
    assert who(client) == agent


def test_a_wrong_password_keeps_the_name_and_says_nothing_more(client, agent):
    known, unknown = enter(client, agent.username, "guess"), enter(Client(), "nobody", "guess")
    assert known.status_code == unknown.status_code == 200
    assert agent.username in text(known)
    assert "用户名或密码不正确" in text(known)
    assert "用户名或密码不正确" in text(unknown)
    assert "guess" not in text(known)


def test_a_customer_with_a_password_is_refused_like_a_wrong_password(client):
    user = with_password(customer())
    response = enter(client, user.username)
    assert "用户名或密码不正确" in text(response)
    assert who(client) is None


def test_whoever_left_is_refused_like_a_wrong_password(client, agent):
    agent.is_active = False
    agent.save()
    assert "用户名或密码不正确" in text(enter(client, agent.username))
    assert who(client) is None


def test_the_fifth_wrong_password_locks_the_name_and_says_so(client, agent):
    for _ in range(4):
        assert enter(client, agent.username, "guess").status_code == 200
    locked = enter(client, agent.username, "guess")
    assert locked.status_code == 429
    assert "锁定 15 分钟" in text(locked)
    assert agent.username in text(locked)


def test_the_right_password_does_not_open_a_locked_name(client, agent):
    for _ in range(5):
        enter(client, agent.username, "guess")
    assert enter(client, agent.username).status_code == 429
    assert who(client) is None


def test_a_locked_name_opens_after_a_quarter_of_an_hour_however_often_it_was_tried(
    client, agent, clock
):
    for _ in range(5):
        enter(client, agent.username, "guess")
    clock.shift(timedelta(minutes=14))
    assert enter(client, agent.username).status_code == 429
    clock.shift(timedelta(minutes=1, seconds=1))
    assert enter(client, agent.username).status_code == 302
    assert who(client) == agent


def test_a_success_forgets_the_failures_before_it(client, agent):
    for _ in range(4):
        enter(client, agent.username, "guess")
    enter(client, agent.username)
    other = Client()
    for _ in range(4):
        assert enter(other, agent.username, "guess").status_code == 200


def test_the_lock_is_for_one_name_at_one_address(client, agent):
    other = with_password(staff("clerk"))
    for _ in range(5):
        enter(client, agent.username, "guess")
    assert enter(Client(), other.username).status_code == 302
    assert enter(Client(), agent.username, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_another_browser_does_not_bring_new_tries(agent):
    for number in range(5):
        response = enter(Client(), agent.username, "guess", HTTP_USER_AGENT=f"browser {number}")
    assert response.status_code == 429


def test_a_claimed_address_does_not_bring_new_tries(agent):
    for number in range(5):
        response = enter(
            Client(), agent.username, "guess", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}"
        )
    assert response.status_code == 429


def test_the_lock_holds_in_the_admin_too(client, agent):
    for _ in range(5):
        enter(client, agent.username, "guess")
    response = client.post("/admin/login/", {"username": agent.username, "password": PASSWORD})
    assert response.status_code == 429
    assert "锁定 15 分钟" in text(response)


def test_one_address_cannot_try_name_after_name(client):
    for number in range(60):
        assert enter(client, f"name-{number}", "guess").status_code == 200
    refused = enter(client, "name-61", "guess")
    assert refused.status_code == 429
    assert "name-61" in text(refused)


@pytest.mark.parametrize("name", ["", "x" * 151, "名" * 3000, "a\x00b", "💧", "' OR 1=1"])
def test_an_odd_name_is_answered_like_any_other(client, name):
    assert enter(client, name, "guess").status_code == 200
    given = {"username": name, "password": "guess"}
    assert client.post("/admin/login/", given).status_code == 200


def test_a_session_of_staff_ends_after_twelve_hours_busy_or_not(client, agent, clock):
    enter(client, agent.username)
    clock.shift(timedelta(hours=11, minutes=59))
    session = client.session
    session["something"] = "busy"
    session.save()
    assert client.get("/desk/password/").status_code == 200
    clock.shift(timedelta(minutes=2))
    assert client.get("/desk/password/").status_code == 302


@pytest.mark.parametrize(
    ("after", "goes"),
    [("/desk/board/", "/desk/board/"), ("https://evil.example/", "/"), ("//evil.example", "/")],
)
def test_the_way_on_is_followed_within_this_site_only(client, agent, after, goes):
    assert enter(client, agent.username, after=after).url == goes


def test_staff_who_are_in_are_not_asked_again_but_a_customer_may_change_over(client, agent):
    client.force_login(customer())
    assert client.get("/desk/login/").status_code == 200
    enter(client, agent.username)
    assert who(client) == agent
    assert client.get("/desk/login/").status_code == 302


def test_going_out_needs_a_post_and_leads_to_the_door_one_came_in_by(client, agent):
    enter(client, agent.username)
    assert client.get("/logout/").status_code == 405
    assert who(client) == agent
    assert client.post("/logout/").url == "/desk/login/"
    assert who(client) is None
    client.force_login(customer())
    assert client.post("/logout/").url == "/"


def change(client, old=PASSWORD, new="another-good-one", again="another-good-one"):
    given = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post("/desk/password/", given)


def test_a_new_password_ends_the_other_sessions_and_the_token(client, agent):
    elsewhere = Client()
    enter(client, agent.username)
    enter(elsewhere, agent.username)
    Token.objects.create(user=agent)
    assert change(client).status_code == 302
    assert client.get("/desk/password/").status_code == 200
    assert elsewhere.get("/desk/password/").status_code == 302
    assert not Token.objects.filter(user=agent).exists()
    assert enter(Client(), agent.username, "another-good-one").status_code == 302


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"old": "guess"}, "old_password"),
        ({"again": "something-else"}, "new_password2"),
        ({"new": "short", "again": "short"}, "new_password2"),
    ],
)
def test_a_new_password_is_refused_at_the_field_at_fault(client, agent, given, field):
    enter(client, agent.username)
    response = change(client, **given)
    assert response.status_code == 200
    told = response.context["form"].errors[field]
    assert told
    assert not re.search("[A-Za-z]{3}", " ".join(told))
    agent.refresh_from_db()
    assert agent.check_password(PASSWORD)


def test_an_unlocked_screen_is_no_place_to_try_passwords(client, agent):
    enter(client, agent.username)
    for _ in range(5):
        change(client, old="guess")
    assert change(client).status_code == 429


def test_the_page_for_the_password_is_for_staff(client):
    assert client.get("/desk/password/").url == "/desk/login/?next=/desk/password/"
    client.force_login(customer())
    assert client.get("/desk/password/").status_code == 403
