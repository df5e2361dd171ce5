"""POST /api/v1/applications/ and what follows, as published."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from applications.models import Application
from tests.factories import customer, open_application, staff

pytestmark = pytest.mark.django_db

URL = "/api/v1/applications/"


def body(**over):
    applicant = {"kind": "person", "name": "张三", "phone": "13812345678"}
    return {
        "service": "new-connection",
        "applicant": applicant | over.pop("applicant", {}),
        "address": "城东区朝阳路 8 号",
        "use": "residential",
        "calibre_mm": 20,
        "external_line": False,
    } | over


def without(name):
    sent = body()
    del sent[name]
    return sent


def client_of(user):
    token, _fresh = Token.objects.get_or_create(user=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


@pytest.fixture
def clerk():
    return client_of(staff("clerk"))


def post(client, sent, key="", **headers):
    extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return client.post(URL, sent, format="json", **extra, **headers)


def test_a_point_says_where_the_application_is(clerk):
    sent = body(lat=27.975, lon=123.97)
    assert post(clerk, sent).json()["area"] == "west-2"
    assert post(clerk, body(lat=200, lon=1)).status_code == 400


def test_an_application_answers_what_was_promised(clerk):
    answer = post(clerk, body(applicant={"id_number": "11010519491231002X"}, area="west-1"))
    said = answer.json()
    assert answer.status_code == 201
    assert said["number"].startswith("B")
    assert (said["status"], said["area"], said["channel"]) == ("accepted", "west-1", "api")
    assert said["steps"] == [
        {"code": "accept", "name": "申请受理", "status": "done"},
        {"code": "water", "name": "装表通水", "status": "active"},
    ]
    [promise] = said["promises"]
    assert set(promise) >= {"promise", "due_at", "provisional", "state"}
    assert (promise["promise"], promise["state"]) == ("two-step", "running")
    assert said["track_url"] == f"http://testserver/track/{said['number']}/"
    assert said["applicant"]["id_number"] == "110***********002X"


def test_a_company_applies_with_its_credit_code(clerk):
    company = {"kind": "organisation", "name": "示例食品有限公司", "uscc": "91350100M000100Y43"}
    said = post(clerk, body(applicant=company, use="non-residential", calibre_mm=80)).json()
    assert said["applicant"]["uscc"] == "91350100M000100Y43"
    assert said["status"] == "accepted"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (body(applicant={"phone": "12812345678"}), "applicant.phone"),
        (body(applicant={"phone": "073128888888"}), "applicant.phone"),
        (body(applicant={"id_number": "110105194912310021"}), "applicant.id_number"),
        (
            body(applicant={"kind": "organisation", "uscc": "91350100M000100Y4Z"}),
            "applicant.uscc",
        ),
        (body(applicant={"kind": "robot"}), "applicant.kind"),
        (body(applicant={"name": " "}), "applicant.name"),
        (body(applicant={"name": "领奖 t.cn/x"}), "applicant.name"),
        (body(applicant={"name": "张" * 61}), "applicant.name"),
        (body(address="路" * 201), "address"),
        (body(remark="说" * 501), "remark"),
        (body(calibre_mm=21), "calibre_mm"),
        (body(calibre_mm=10**30), "calibre_mm"),
        (body(calibre_mm=[20]), "calibre_mm"),
        (body(use="bathing"), "use"),
        (body(external_line="yes"), "external_line"),
        (body(external_line=0), "external_line"),
        (body(service="sewer"), "service"),
        (body(area="atlantis"), "area"),
        (body(channel="pigeon"), "channel"),
        (body() | {"applicant": "张三"}, "applicant"),
        (without("service"), "service"),
        (without("applicant"), "applicant"),
        (without("address"), "address"),
        (without("use"), "use"),
        (without("calibre_mm"), "calibre_mm"),
        (without("external_line"), "external_line"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_opened(clerk, sent, field):
    answer = post(clerk, sent)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (400, "invalid")
    assert list(said["fields"]) == [field]
    assert not Application.objects.exists()


def test_everything_that_is_wrong_is_told_at_once(clerk):
    wrong = body(applicant={"phone": "1", "name": "张" * 61}, calibre_mm=21, area="atlantis")
    assert set(post(clerk, wrong).json()["fields"]) == {
        "applicant.phone", "applicant.name", "calibre_mm", "area",
    }  # fmt: skip


def test_a_refusal_speaks_the_language_of_the_caller(clerk):
    chinese = post(clerk, without("address"), HTTP_ACCEPT_LANGUAGE="zh-hans").json()["detail"]
    english = post(clerk, without("address"), HTTP_ACCEPT_LANGUAGE="en").json()["detail"]
    assert chinese.endswith("必填项。")
    assert english.endswith("required.")


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"{", b"\xff\xfe", b"null", b"7"])
def test_what_is_no_application_at_all_is_refused_as_json(clerk, raw):
    answer = clerk.post(URL, raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("key", ["", "k1"])
def test_two_megabytes_are_refused_as_json(clerk, key):
    answer = post(clerk, body(remark="水" * 700_000), key)
    assert answer.status_code in (400, 413)
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["code"]


def test_rare_characters_and_emoji_are_kept_as_they_are(clerk):
    name, remark = "䶮𬱖", "门口有🐕，请敲门\n<b>急</b>"
    said = post(clerk, body(applicant={"name": name}, remark=remark)).json()
    case = Application.objects.get(number=said["number"])
    assert (case.name, case.remark) == (name, remark)
    assert said["remark"] == remark


@pytest.mark.parametrize("name", ["\ud800张三", "张\x00三"])
def test_what_no_database_holds_does_no_harm(clerk, name):
    raw = json.dumps(body(applicant={"name": name}))
    answer = clerk.post(URL, raw, content_type="application/json")
    assert answer.status_code in (201, 400)
    assert Application.objects.filter(name="张三").count() == (answer.status_code == 201)


def test_the_same_key_and_body_again_answer_the_same_case(clerk):
    first, second = post(clerk, body(), "k1"), post(clerk, body(), "k1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert Application.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(clerk):
    post(clerk, body(), "k1")
    answer = post(clerk, body(calibre_mm=15), "k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Application.objects.count() == 1


def test_somebody_elses_key_is_not_mine(clerk):
    post(clerk, body(), "k1")
    other = client_of(staff("clerk", "east"))
    assert post(other, body(address="城东区朝阳路 9 号"), "k1").status_code == 201


def test_a_key_is_not_burnt_by_a_refused_body(clerk):
    assert post(clerk, body(calibre_mm=21), "k1").status_code == 400
    assert post(clerk, body(), "k1").status_code == 201


@pytest.mark.parametrize("key", ["k" * 81])
def test_an_overlong_key_is_refused(clerk, key):
    assert post(clerk, body(), key).status_code == 400


def test_of_two_at_once_one_opens_and_both_hear_of_it(committed):
    user = staff("clerk")
    clients = [client_of(user), client_of(user)]
    start, answers = threading.Barrier(2), []

    def send(client):
        start.wait(5)
        answers.append(post(client, body(), "k1"))
        connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Application.objects.count() == 1


def test_applying_costs_a_fixed_number_of_queries(clerk):
    post(clerk, body(), "warm")
    with CaptureQueriesContext(connection) as few:
        assert post(clerk, body(address="城东区朝阳路 9 号"), "k1").status_code == 201
    for door in range(10, 15):
        open_application(address=f"城东区朝阳路 {door} 号")
    with CaptureQueriesContext(connection) as many:
        assert post(clerk, body(address="城东区朝阳路 15 号"), "k2").status_code == 201
    print(f"\nqueries of one application by the API: {len(many)}")
    assert len(few) == len(many) == 15  # one asks who is on duty, two where it is


def test_a_customer_applies_with_the_own_number_only():
    client = client_of(customer("13812345678"))
    assert post(client, body()).status_code == 201
    answer = post(client, body(applicant={"phone": "13900000000"}))
    assert list(answer.json()["fields"]) == ["applicant.phone"]


def test_a_customer_does_not_pretend_to_stand_at_the_counter():
    client = client_of(customer())
    assert list(post(client, body(channel="counter")).json()["fields"]) == ["channel"]
    assert post(client, body(channel="web")).json()["channel"] == "web"


def test_staff_enter_what_reached_them_elsewhere(clerk):
    assert post(clerk, body(channel="12345")).json()["channel"] == "12345"


def test_a_supervisor_opens_nothing():
    answer = post(client_of(staff("supervisor")), body())
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_without_a_token_there_is_nothing():
    answer = APIClient().post(URL, body(), format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_authenticated")


def test_a_customer_sees_only_own_cases():
    mine = open_application()
    other = open_application(phone="13900000000", address="城东区朝阳路 9 号")
    client = client_of(customer("13812345678"))
    assert client.get(f"{URL}{mine.number}/").status_code == 200
    for path in ("", "events/", "moves/"):
        answer = client.get(f"{URL}{other.number}/{path}")
        assert answer.status_code in (404, 405)
    answer = client.get(f"{URL}{other.number}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    moved = client.post(f"{URL}{other.number}/moves/", {"action": "cancel"}, format="json")
    assert (moved.status_code, moved.json()["code"]) == (404, "not_found")


def test_a_branch_does_not_see_another_branch():
    case = open_application()
    assert client_of(staff("clerk", "west")).get(f"{URL}{case.number}/").status_code == 404
    assert client_of(staff("clerk", "east-1")).get(f"{URL}{case.number}/").status_code == 200


def test_a_customer_does_not_learn_who_of_the_staff_acted(clerk):
    number = post(clerk, body()).json()["number"]
    mine = client_of(customer()).get(f"{URL}{number}/events/").json()
    theirs = clerk.get(f"{URL}{number}/events/").json()
    assert [event["action"] for event in mine] == ["open", "accept"]
    assert {event["actor"] for event in mine} == {""}
    assert theirs[0]["actor"] == "clerk-company"


def test_the_actions_are_those_that_the_door_takes(clerk):
    number = post(clerk, body()).json()["number"]
    own = client_of(customer())
    actions = own.get(f"{URL}{number}/").json()["actions"]
    assert [each["action"] for each in actions] == ["chase", "cancel", "book"]
    answer = own.post(f"{URL}{number}/moves/", {"action": "cancel"}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_a_move_that_does_not_fit_is_a_conflict(clerk):
    number = post(clerk, body()).json()["number"]
    answer = clerk.post(f"{URL}{number}/moves/", {"action": "confirm"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_move_of_somebody_else_is_not_allowed(clerk):
    number = post(clerk, body()).json()["number"]
    answer = clerk.post(f"{URL}{number}/moves/", {"action": "survey"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_move_names_the_field_at_fault(clerk):
    number = post(clerk, body()).json()["number"]
    sent = {"action": "assign", "changes": {"handler": "nobody"}}
    answer = clerk.post(f"{URL}{number}/moves/", sent, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["handler"]
