"""The public contract of the API, line by line, as somebody relies on it who knows only that."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from applications.models import Application
from tests.factories import HOUR, MONDAY_0900, customer, open_application, open_ticket, staff
from waterdesk.core import door
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

APPLICATION = {
    "service": "new-connection",
    "applicant": {"kind": "person", "name": "䶮𬱖 👋", "phone": "+86 138 1234 5678"},
    "address": "城东区朝阳路 8 号",
    "use": "residential",
    "calibre_mm": 20,
    "external_line": False,
}
TICKET = {
    "category": "repair",
    "subtype": "leak",
    "caller": {"name": "李四", "phone": "0731-28881234"},
    "address": "城东区朝阳路 9 号",
    "description": "门口漏水",
}


class Caller:
    """Somebody with a token; every answer must be JSON."""

    def __init__(self, token: str = "") -> None:
        headers = {"Authorization": f"Token {token}"} if token else {}
        self.client = Client(headers=headers)

    def post(self, path, body, **headers):
        body = body if isinstance(body, str) else json.dumps(body)
        answer = self.client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers=headers
        )
        return answer.status_code, answer.json()

    def get(self, path):
        answer = self.client.get(f"/api/v1/{path}")
        return answer.status_code, answer.json()


@pytest.fixture
def sign_in():
    def enter(role, area="company"):
        return Caller(Token.objects.get_or_create(user=staff(role, area))[0].key)

    return enter


def test_a_password_buys_a_token():
    user = staff("agent")
    user.set_password("waterdesk-demo")
    user.save()
    signing_in = {"username": user.username, "password": "waterdesk-demo"}
    status, body = Caller().post("token/", signing_in)
    assert status == 200
    assert Caller(body["token"]).get("clocks/")[0] == 200


def test_an_application_is_accepted_with_its_promise_and_its_steps(sign_in):
    status, body = sign_in("clerk").post("applications/", APPLICATION)
    assert status == 201
    assert body["status"] == "accepted"
    assert body["area"] == "east-1"
    assert [step["status"] for step in body["steps"]] == ["done", "active"]
    assert {"promise", "due_at", "provisional", "state"} <= body["promises"][0].keys()
    assert body["track_url"].endswith(f"/track/{body['number']}/")


def test_the_same_key_and_body_again_is_the_same_case(sign_in):
    clerk = sign_in("clerk")
    first = clerk.post("applications/", APPLICATION, **{"Idempotency-Key": "k1"})
    again = clerk.post("applications/", APPLICATION, **{"Idempotency-Key": "k1"})
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["number"] == again[1]["number"]


def test_the_same_key_with_another_body_is_refused(sign_in):
    clerk = sign_in("clerk")
    clerk.post("applications/", APPLICATION, **{"Idempotency-Key": "k1"})
    status, body = clerk.post(
        "applications/", APPLICATION | {"calibre_mm": 25}, **{"Idempotency-Key": "k1"}
    )
    assert (status, body["code"]) == (409, "conflict")


def test_the_same_key_of_somebody_else_is_another_key(sign_in):
    numbers = {
        sign_in(role).post("applications/", APPLICATION, **{"Idempotency-Key": "k1"})[1]["number"]
        for role in ("clerk", "agent")
    }
    assert len(numbers) == 2


def test_a_ticket_goes_from_the_call_to_the_follow_up(sign_in):
    agent, field = sign_in("agent"), sign_in("field", "east-1")
    status, ticket = agent.post("tickets/", TICKET)
    assert (status, ticket["status"]) == (201, "logged")
    moves = f"tickets/{ticket['number']}/moves/"
    assert (
        agent.post(moves, {"action": "dispatch", "changes": {"handler": "field-east-1"}})[0] == 200
    )
    for action, changes in [
        ("arrive", {}),
        ("contain", {}),
        ("finish", {"result": "已更换接头"}),
    ]:
        status, body = field.post(moves, {"action": action, "changes": changes})
        assert status == 200, body
    status, body = agent.post(
        moves, {"action": "follow_up", "changes": {"satisfaction": "satisfied"}}
    )
    assert (status, body["status"]) == (200, "closed")
    _, events = agent.get(f"tickets/{ticket['number']}/events/")
    assert [e["action"] for e in events if not e["action"].startswith("clock_")] == [
        "open",
        "dispatch",
        "arrive",
        "contain",
        "finish",
        "follow_up",
    ]


def test_a_case_lists_the_actions_this_person_may_take(sign_in):
    case = open_application()
    _, seen_by_clerk = sign_in("clerk").get(f"applications/{case.number}/")
    _, seen_by_supervisor = sign_in("supervisor").get(f"applications/{case.number}/")
    clerk = {action["action"] for action in seen_by_clerk["actions"]}
    supervisor = {action["action"] for action in seen_by_supervisor["actions"]}
    assert "refuse" in clerk
    assert "refuse" not in supervisor


def test_a_note_may_come_as_a_note_or_as_a_change(sign_in):
    case = open_ticket()
    agent = sign_in("agent")
    moves = f"tickets/{case.number}/moves/"
    assert agent.post(moves, {"action": "note", "note": "已联系"})[0] == 200
    assert agent.post(moves, {"action": "note", "changes": {"note": "再联系"}})[0] == 200
    notes = [e.data["note"] for e in case.events.filter(action="note")]
    assert notes == ["已联系", "再联系"]


def test_a_move_that_is_not_allowed_here_is_a_conflict(sign_in):
    case = open_application()
    status, body = sign_in("lead").post(
        f"applications/{case.number}/moves/", {"action": "water_on"}
    )
    assert (status, body["code"]) == (409, "conflict")
    assert "不能" in body["detail"]


def test_a_move_that_is_never_this_persons_is_forbidden(sign_in):
    case = open_application()
    status, body = sign_in("supervisor").post(
        f"applications/{case.number}/moves/", {"action": "accept"}
    )
    assert (status, body["code"]) == (403, "not_allowed")


def test_a_page_that_is_stale_is_told_so(sign_in):
    case = open_ticket()
    agent = sign_in("agent")
    moves = f"tickets/{case.number}/moves/"
    seen = case.version
    staff("field", "east-1")
    dispatch = {"action": "dispatch", "changes": {"handler": "field-east-1"}, "seen": seen}
    assert agent.post(moves, dispatch)[0] == 200
    status, body = agent.post(moves, {"action": "note", "note": "x", "seen": seen})
    assert (status, body["code"]) == (409, "conflict")


@pytest.mark.parametrize("path", ["applications/B2611160000017/", "tickets/G2611160000017/events/"])
def test_a_case_that_does_not_exist_is_not_found(sign_in, path):
    status, body = sign_in("agent").get(path)
    assert (status, body["code"]) == (404, "not_found")


def test_a_case_of_another_area_is_not_found(sign_in):
    case = open_ticket(address="城西区解放路 1 号")
    status, body = sign_in("field", "east-1").get(f"tickets/{case.number}/")
    assert (status, body["code"]) == (404, "not_found")


def test_a_move_at_the_address_of_another_kind_moves_nothing(sign_in):
    case = open_application()
    moves = f"tickets/{case.number}/moves/"
    assert sign_in("clerk").post(moves, {"action": "note", "note": "x"})[0] == 404
    assert not case.events.filter(action="note").exists()


def test_a_customer_reads_the_record_without_the_staffs_own_notes():
    case = open_application(phone="13812345678")
    clerk = staff("clerk")
    door.move(case.number, "note", actor=clerk, at=MONDAY_0900, note="此户难缠")
    changes = {"reason": "customer-correction"}
    door.move(case.number, "pause", actor=clerk, at=MONDAY_0900, changes=changes, note="请补门牌号")
    token = Token.objects.create(user=customer("13812345678"))
    _, events = Caller(token.key).get(f"applications/{case.number}/events/")
    assert [event["action"] for event in events] == ["open", "accept", "pause"]
    assert events[-1]["data"]["note"] == "请补门牌号"
    assert {event["actor"] for event in events} == {""}
    assert "此户难缠" not in json.dumps(events, ensure_ascii=False)


def test_clocks_are_told_by_state_due_time_and_area(sign_in):
    late = open_ticket(at=MONDAY_0900)
    open_ticket(at=MONDAY_0900, address="城西区解放路 1 号")
    sweep(MONDAY_0900 + 2 * HOUR)
    agent = sign_in("agent")
    _, body = agent.get("clocks/?state=breached&area=east")
    assert {row["case"] for row in body["results"]} == {late.number}
    _, body = agent.get("clocks/?due_before=2026-11-16T09:30:00%2B08:00")
    assert {row["promise"] for row in body["results"]} == {"respond"}
    dues = [row["due_at"] for row in agent.get("clocks/")[1]["results"]]
    assert dues == sorted(dues)


@pytest.mark.parametrize("query", ["state=late", "due_before=soon", "area=atlantis"])
def test_a_filter_that_means_nothing_is_refused(sign_in, query):
    status, body = sign_in("agent").get(f"clocks/?{query}")
    assert (status, body["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"applicant": {"kind": "person", "name": "张三", "phone": "123"}}, "applicant.phone"),
        ({"applicant": {"kind": "person", "name": "", "phone": "13812345678"}}, "applicant.name"),
        (
            {
                "applicant": {
                    "kind": "person",
                    "name": "张三",
                    "phone": "13812345678",
                    "id_number": "110105194912310021",
                }
            },
            "applicant.id_number",
        ),
        (
            {
                "applicant": {
                    "kind": "organisation",
                    "name": "某厂",
                    "phone": "13812345678",
                    "uscc": "91350100M000100Y4Z",
                }
            },
            "applicant.uscc",
        ),
        ({"calibre_mm": 21}, "calibre_mm"),
        ({"calibre_mm": "二十"}, "calibre_mm"),
        ({"use": "swimming"}, "use"),
        ({"address": ""}, "address"),
        ({"address": "长" * 201}, "address"),
        ({"area": "atlantis"}, "area"),
        ({"external_line": "maybe"}, "external_line"),
        ({"service": "old-connection"}, "service"),
        ({"applicant": "张三"}, "applicant"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_a_bad_application_is_refused_by_the_name_of_its_field(sign_in, over, field):
    status, body = sign_in("clerk").post("applications/", APPLICATION | over)
    assert (status, body["code"]) == (400, "invalid"), body
    assert field in body["fields"]
    assert body["detail"]


@pytest.mark.parametrize(
    "missing", ["service", "applicant", "address", "use", "calibre_mm", "external_line"]
)
def test_a_missing_field_is_refused_by_its_name(sign_in, missing):
    body = {name: value for name, value in APPLICATION.items() if name != missing}
    status, answer = sign_in("clerk").post("applications/", body)
    assert (status, answer["code"]) == (400, "invalid")
    assert any(name.startswith(missing) for name in answer["fields"])


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"caller": {"phone": "hello"}}, "caller.phone"),
        ({"category": "wish"}, "category"),
        ({"subtype": "flood"}, "subtype"),
        ({"subtype": ""}, "subtype"),
        ({"address": ""}, "address"),
        ({"description": "长" * 2001}, "description"),
        ({"area": "atlantis"}, "area"),
    ],
)
def test_a_bad_ticket_is_refused_by_the_name_of_its_field(sign_in, over, field):
    status, body = sign_in("agent").post("tickets/", TICKET | over)
    assert (status, body["code"]) == (400, "invalid"), body
    assert field in body["fields"]


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "null", "[1]", "{}", "\x00", ""])
def test_a_malformed_body_is_refused(sign_in, body):
    status, answer = sign_in("clerk").post("applications/", body)
    assert status == 400
    assert answer["detail"]


def test_a_body_of_two_megabytes_is_refused(sign_in):
    status, body = sign_in("clerk").post("applications/", APPLICATION | {"remark": "长" * 700_000})
    assert status == 400
    assert body["detail"]


def test_rare_characters_and_markup_are_kept_as_they_are(sign_in):
    applicant = APPLICATION["applicant"] | {"name": "䶮𬱖<b>👋"}
    _, body = sign_in("clerk").post("applications/", APPLICATION | {"applicant": applicant})
    case = Application.objects.get(number=body["number"])
    assert case.name == "䶮𬱖<b>👋"


@pytest.mark.parametrize("path", ["applications/", "tickets/", "nothing/here/"])
def test_nothing_is_answered_in_html(path):
    caller = Caller()
    status, body = caller.post(path, {})
    assert status in (403, 404)
    assert body["code"] in ("not_authenticated", "not_found")


def test_without_a_token_nothing_is_told():
    status, body = Caller().get("clocks/")
    assert (status, body["code"]) == (403, "not_authenticated")


def test_a_wrong_method_is_refused_in_json(sign_in):
    caller = sign_in("agent")
    answer = caller.client.delete("/api/v1/clocks/")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


def test_own_messages_are_listed_and_others_are_not(sign_in):
    case = open_ticket()
    agent = sign_in("agent")
    sign_in("field", "east-1")
    dispatch = {"action": "dispatch", "changes": {"handler": "field-east-1"}}
    agent.post(f"tickets/{case.number}/moves/", dispatch)
    mine = sign_in("field", "east-1").get("messages/")[1]["results"]
    assert [message["case"] for message in mine] == [case.number]
    assert agent.get("messages/")[1]["results"] == []
    assert len(sign_in("admin").get("messages/")[1]["results"]) >= 1


def test_the_schema_is_complete_and_served_offline(client):
    schema = client.get("/api/schema/?format=json").json()
    paths = schema["paths"]
    for path in (
        "/api/v1/token/",
        "/api/v1/applications/",
        "/api/v1/applications/{number}/moves/",
        "/api/v1/tickets/{number}/events/",
        "/api/v1/clocks/",
        "/api/v1/clocks/{id}/explanation/",
        "/api/v1/messages/",
    ):
        assert path in paths
    docs = client.get("/api/docs/").content.decode()
    assert "http://" not in docs.replace("http://testserver", "")
    assert "https://" not in docs
