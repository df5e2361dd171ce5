"""A token for a name and a password; and who the API takes one for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import path
from rest_framework.authtoken.models import Token
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.factories import customer, staff
from waterdesk.core.api.token import TokenView

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PASSWORD = "water-to-the-people"


class Probe(APIView):
    """Any call that needs somebody."""

    def get(self, request):
        return Response({"name": request.user.username, "area": request.user.area_id})

    post = get


urlpatterns = [
    path("api/v1/token/", TokenView.as_view()),
    path("api/v1/probe/", Probe.as_view()),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.test_token")]


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def agent():
    user = staff("agent")
    user.set_password(PASSWORD)
    user.save()
    return user


def ask(client, username, password=PASSWORD, **meta):
    given = {"username": username, "password": password}
    return client.post("/api/v1/token/", given, content_type="application/json", **meta)


def probe(client, token):
    return client.get("/api/v1/probe/", headers={"Authorization": f"Token {token}"})


def test_a_name_and_a_password_give_a_token_that_is_let_in(client, agent):
    answer = ask(client, agent.username)
    assert answer.status_code == 200
    assert list(answer.json()) == ["token"]
    assert probe(client, answer.json()["token"]).json()["name"] == agent.username


def test_asking_again_gives_the_same_token(client, agent):
    assert ask(client, agent.username).json() == ask(client, agent.username).json()


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(client, agent):
    wrong, unknown = ask(client, agent.username, "guess"), ask(client, "nobody", "guess")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    assert wrong.json() == {"code": "invalid_credentials", "detail": "用户名或密码不正确。"}


def test_the_fifth_wrong_password_locks_the_name_for_a_quarter_of_an_hour(client, agent, clock):
    for _ in range(4):
        assert ask(client, agent.username, "guess").status_code == 400
    locked = ask(client, agent.username, "guess")
    assert locked.status_code == 429
    assert locked.json()["code"] == "too_many"
    assert ask(client, agent.username).status_code == 429
    clock.shift(timedelta(minutes=15, seconds=1))
    assert ask(client, agent.username).status_code == 200


def test_one_address_cannot_try_name_after_name(client):
    for number in range(60):
        assert ask(client, f"name-{number}", "guess").status_code == 400
    refused = ask(client, "name-61", "guess")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")


def test_a_customer_gets_no_token(client):
    user = customer()
    user.set_password(PASSWORD)
    user.save()
    assert ask(client, user.username).json()["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"{}", b'{"username": "agent"}',
        b'{"username": {}, "password": []}',
        b'{"username": "a\\u0000b", "password": "x"}', b'{"username": "\\ud800", "password": "x"}',
        b'{"username": "' + b"x" * 5000 + b'", "password": "x"}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_refused_in_json(client, body):
    answer = client.post("/api/v1/token/", body, content_type="application/json")
    assert answer.status_code == 400
    assert {"code", "detail"} <= set(answer.json())


def test_nobody_is_refused_with_403_and_a_code(client):
    answer = client.get("/api/v1/probe/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_authenticated"


def test_an_unknown_token_is_refused_with_403_and_a_code(client):
    answer = probe(client, "0" * 40)
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_authenticated"


def test_a_token_of_somebody_who_left_is_refused(client, agent):
    token = ask(client, agent.username).json()["token"]
    agent.is_active = False
    agent.save()
    assert probe(client, token).status_code == 403


def test_a_call_with_a_token_costs_one_query_to_know_who_it_is(
    client, agent, django_assert_num_queries
):
    token = Token.objects.create(user=agent)
    with django_assert_num_queries(1):
        assert probe(client, token.key).json()["area"] == agent.area_id


def test_a_call_from_a_page_needs_the_token_against_forged_requests(agent):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent)
    assert strict.get("/api/v1/probe/").status_code == 200
    refused = strict.post("/api/v1/probe/")
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_allowed"


def test_a_call_with_a_token_needs_no_token_against_forged_requests(agent):
    strict = Client(enforce_csrf_checks=True)
    token = Token.objects.create(user=agent)
    headers = {"Authorization": f"Token {token.key}"}
    assert strict.post("/api/v1/probe/", headers=headers).status_code == 200


def test_asking_for_a_token_needs_no_token_against_forged_requests(agent):
    assert ask(Client(enforce_csrf_checks=True), agent.username).status_code == 200
