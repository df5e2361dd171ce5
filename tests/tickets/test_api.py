from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.factories import customer, open_application, open_ticket, staff
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

LEAK = {
    "category": "repair",
    "subtype": "leak",
    "caller": {"name": "李四", "phone": "139 8765 4321"},
    "address": "城东区朝阳路 9 号",
    "description": "门口漏水",
}
URL = "/api/v1/tickets/"


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def agent():
    return api(staff("agent"))


def test_a_call_becomes_a_ticket_with_everything_that_was_said(agent):
    answer = agent.post(URL, LEAK | {"channel": "hotline"}, format="json")
    body = answer.json()
    assert answer.status_code == 201
    assert body["number"].startswith("G")
    assert (body["category"], body["subtype"], body["status"]) == ("repair", "leak", "logged")
    assert body["caller"] == {"name": "李四", "phone": "13987654321"}
    assert (body["description"], body["area"], body["channel"]) == (
        "门口漏水",
        "east-1",
        "hotline",
    )
    assert {p["promise"] for p in body["promises"]} == {"respond", "arrive", "contain", "finish"}
    actions = [action["action"] for action in body["actions"]]
    assert actions == [
        "dispatch",
        "chase",
        "note",
        "cancel",
        "join",
        "ask_extension",
        "send_answer",
        "promise_callback",
    ]
    assert [s["status"] for s in body["steps"]] == ["done", "active", "waiting"]


def test_a_point_says_where_it_is_and_a_wrong_one_is_named(agent):
    where = {"lat": 27.975, "lon": 123.97}
    assert agent.post(URL, LEAK | where, format="json").json()["area"] == "west-2"
    refused = agent.post(URL, LEAK | {"lat": 27.975}, format="json")
    assert (refused.status_code, "lat" in refused.json()["fields"]) == (400, True)


def test_a_withheld_number_and_a_question_without_address_are_taken(agent):
    asked = {"category": "consultation", "caller": {"phone": ""}, "description": "水价多少"}
    answer = agent.post(URL, asked, format="json")
    assert answer.status_code == 201
    assert answer.json()["channel"] == "api"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"category": "gossip"}, "category"),
        ({"category": None}, "category"),
        ({"subtype": "meteor"}, "subtype"),
        ({"subtype": ""}, "subtype"),
        ({"category": "praise"}, "subtype"),
        ({"caller": {"phone": "1234567890123"}}, "caller.phone"),
        ({"caller": {}}, "caller.phone"),
        ({"caller": "13987654321"}, "caller"),
        ({"caller": {"name": "长" * 61, "phone": ""}}, "caller.name"),
        ({"address": ""}, "address"),
        ({"address": "长" * 201}, "address"),
        ({"area": "atlantis"}, "area"),
        ({"description": "长" * 2001}, "description"),
        ({"description": " "}, "description"),
        ({"description": "水\x00没了"}, "description"),
        ({"calibre_mm": -1}, "calibre_mm"),
        ({"channel": "pigeon"}, "channel"),
        ({"urgent": "perhaps"}, "urgent"),
    ],
    ids=str,
)
def test_a_field_at_fault_is_named(agent, over, field):
    answer = agent.post(URL, LEAK | over, format="json")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "invalid")
    assert field in body["fields"]
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("missing", ["category", "caller", "description"])
def test_a_missing_field_is_named(agent, missing):
    sent = {name: value for name, value in LEAK.items() if name != missing}
    answer = agent.post(URL, sent, format="json")
    assert answer.status_code == 400
    assert missing in answer.json()["fields"]


@pytest.mark.parametrize("text", ["😀水没了", "䶮与𬱖", "<script>alert(1)</script>"])
def test_what_was_said_comes_back_to_the_letter(agent, text):
    body = agent.post(URL, LEAK | {"description": text}, format="json").json()
    assert agent.get(f"{URL}{body['number']}/").json()["description"] == text


def test_a_customer_opens_tickets_for_the_own_number_only():
    caller = customer("13811112222")
    own = LEAK | {"caller": {"phone": "13811112222"}, "channel": "web"}
    assert api(caller).post(URL, own, format="json").status_code == 201
    refused = api(caller).post(URL, LEAK, format="json")
    assert refused.status_code == 400
    assert "caller.phone" in refused.json()["fields"]
    pretended = api(caller).post(URL, own | {"channel": "hotline"}, format="json")
    assert "channel" in pretended.json()["fields"]


def test_a_customer_whose_number_is_not_verified_opens_nothing():
    caller = customer("13811112222")
    caller.phone_verified = False
    caller.save()
    own = LEAK | {"caller": {"phone": "13811112222"}}
    assert api(caller).post(URL, own, format="json").status_code == 400


def test_without_an_account_nothing_is_opened_and_nothing_seen():
    ticket = open_ticket()
    for answer in (
        APIClient().post(URL, LEAK, format="json"),
        APIClient().get(f"{URL}{ticket.number}/"),
    ):
        assert answer.json()["code"] == "not_authenticated"
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (("agent", "company"), 200),
        (("agent", "east"), 200),
        (("field", "east-1"), 200),
        (("agent", "west"), 404),
        (("field", "west-1"), 404),
    ],
)
def test_staff_see_the_tickets_of_their_areas(who, status):
    ticket = open_ticket()
    for path in ("", "events/"):
        assert api(staff(*who)).get(f"{URL}{ticket.number}/{path}").status_code == status


def test_somebody_elses_ticket_and_an_unknown_number_answer_alike():
    ticket = open_ticket()
    stranger = api(customer("13811112222"))
    move = {"action": "chase"}
    for number in (ticket.number, "G2609210001235", open_application().number):
        answer = stranger.get(f"{URL}{number}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        answer = stranger.post(f"{URL}{number}/moves/", move, format="json")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_move_that_is_not_allowed_here_is_refused_and_changes_nothing(agent):
    ticket = open_ticket()

    def move(client, action, **changes):
        sent = {"action": action, "changes": changes}
        answer = client.post(f"{URL}{ticket.number}/moves/", sent, format="json")
        return answer.status_code, answer.json()["code"]

    assert move(agent, "arrive") == (403, "not_allowed")
    assert move(agent, "follow_up", satisfaction="satisfied") == (409, "conflict")
    assert move(agent, "settle", result="好") == (409, "conflict")
    assert move(agent, "dispatch", handler="nobody") == (400, "invalid")
    assert move(agent, "explode") == (404, "not_found")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.version) == ("logged", 1)


def test_the_schema_tells_what_to_send_and_what_comes_back():
    schema = APIClient().get("/api/schema/?format=json").json()
    post = schema["paths"]["/api/v1/tickets/"]["post"]
    sent = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    parts = schema["components"]["schemas"]
    assert set(parts[sent]["required"]) == {"category", "caller", "description"}
    assert "201" in post["responses"]
    assert parts[sent]["properties"]["area"]["type"] == "string"


def test_reading_a_ticket_costs_the_same_whatever_hangs_on_it(agent, django_assert_max_num_queries):
    ticket = open_ticket()
    for place in range(8):
        open_ticket(address=f"城东区朝阳路 {place} 号")
    agent.get(f"{URL}{ticket.number}/")
    with django_assert_max_num_queries(4):
        agent.get(f"{URL}{ticket.number}/")
