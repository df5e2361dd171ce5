"""The same fault is offered before a repair is sent: how near, how long ago, of which sort."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_ticket, staff
from tests.tickets.incidents.street import burst, move, two_joined, worked_on
from tickets.incidents import near
from tickets.models import Incident, Ticket, subject_of
from waterdesk.core.models import Area

pytestmark = pytest.mark.django_db

BACKEND = "waterdesk.web.accounts.backends.StaffPassword"
CALL = {
    "phone": "13700001111",
    "name": "王五",
    "category": "repair",
    "subtype": "burst",
    "address": "城东区朝阳路 88 号",
    "lat": "28.0101",
    "lon": "124.02",
    "remark": "路面冒水",
    "key": "k1",
}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_0900 + HOUR, tick=False) as clock:
        yield clock


@pytest.fixture
def agent():
    client = Client()
    client.force_login(staff("agent"), backend=BACKEND)
    return client


def draft(subtype="burst", lat=28.01, area="east-1", address=""):
    return Ticket(
        category="repair",
        subtype=subtype,
        subject=subject_of("repair", subtype),
        lat=lat,
        lon=124.02 if lat else None,
        area=Area.objects.get(code=area),
        address=address,
    )


def found(at=MONDAY_0900 + HOUR, **over):
    return [each.case.number for each in near.same(draft(**over), staff("agent"), at)]


def test_a_repair_within_a_hundred_metres_is_offered_and_no_farther_one():
    one = burst(1)
    assert found(lat=28.0108) == [one.number]
    assert found(lat=28.0110) == []


def test_dry_taps_may_be_the_burst_next_door_a_missing_cover_may_not():
    one = burst(1)
    assert found(subtype="no-water") == [one.number]
    assert found(subtype="cover") == []
    assert found(subtype="meter") == []


def test_what_was_called_in_more_than_three_days_ago_is_not_offered():
    one = burst(1)
    assert found(at=MONDAY_0900 + 3 * DAY) == [one.number]
    assert found(at=MONDAY_0900 + 3 * DAY + MINUTE) == []


def test_without_a_position_the_grid_decides():
    nowhere = open_ticket(subtype="burst")
    assert found() == [nowhere.number]
    assert found(lat=None) == [nowhere.number]
    assert found(lat=None, area="west-1") == []
    assert found(lat=None, area="company") == []


def test_an_incident_is_offered_before_and_instead_of_its_tickets():
    alone = burst(3)
    incident, *_both = two_joined()
    assert found() == [incident.number, alone.number]


def test_an_incident_is_offered_where_one_of_its_callers_stood():
    incident, *_both = two_joined()
    far = burst(4, lat=28.012)
    move(far, "join", MONDAY_0900 + 20 * MINUTE, same=incident.number)
    assert found(lat=28.0125) == [incident.number]


def test_what_is_restored_is_offered_no_more():
    incident, *_both = two_joined()
    worked_on(incident, MONDAY_0900 + 20 * MINUTE, "arrive", "restore")
    assert found() == []


def test_the_hotline_offers_it_before_sending_and_joins_when_it_is_picked(agent):
    one = burst(1)
    looked = agent.post("/desk/hotline/", CALL | {"look": "1"})
    assert "是不是同一故障" in looked.content.decode()
    assert f'value="{one.number}"' in looked.content.decode()
    agent.post("/desk/hotline/", CALL | {"same": one.number})
    ticket = Ticket.objects.get(phone=CALL["phone"])
    assert ticket.incident == Incident.objects.get()
    page = agent.get(f"/desk/cases/{ticket.number}/").content.decode()
    assert ticket.incident.number in page


def test_a_call_that_cannot_join_is_kept_and_the_agent_told_why(agent):
    saved = agent.post("/desk/hotline/", CALL | {"same": "S0"}, follow=True)
    assert "没有这个事件或工单" in saved.content.decode()
    assert Ticket.objects.get().status == "logged"


def test_the_pages_show_the_incident_to_staff_and_its_stages_to_the_caller(agent):
    incident, one, _other = two_joined()
    worked_on(incident, MONDAY_0900 + 20 * MINUTE, "arrive", "shut")
    page = agent.get(f"/desk/cases/{incident.number}/").content.decode()
    assert "来电人 2 位" in page
    assert one.number in page
    assert incident.number in agent.get("/desk/incidents/").content.decode()
    assert "还没有结束的事件" in agent.get("/desk/incidents/?show=over").content.decode()
    caller = Client()
    caller.force_login(customer(one.phone), backend=BACKEND)
    track = caller.get(f"/track/{one.number}/").content.decode()
    assert "抢修进展" in track
    assert "关阀止水" in track
    assert incident.number not in track


def test_the_list_asks_as_many_questions_for_five_incidents_as_for_one(
    agent, django_assert_max_num_queries
):
    for place in range(5):
        one, other = burst(10 * place), burst(10 * place + 1)
        move(other, "join", MONDAY_0900 + MINUTE, same=one.number)
    with django_assert_max_num_queries(16):
        agent.get("/desk/incidents/")


def test_the_interface_answers_what_is_near_and_shows_the_incident():
    client = APIClient()
    client.force_authenticate(staff("agent"))
    one = burst(1)
    asked = {"subtype": "leak", "lat": "28.0101", "lon": "124.02"}
    assert client.get("/api/v1/incidents/near/", asked).json()[0]["number"] == one.number
    other = burst(2)
    join = {"action": "join", "changes": {"same": one.number}}
    body = client.post(f"/api/v1/tickets/{other.number}/moves/", join, format="json").json()
    incident = Incident.objects.get()
    assert body["incident"] == incident.number
    shown = client.get(f"/api/v1/incidents/{incident.number}/").json()
    assert (shown["callers"], shown["stages"][0]["code"]) == (2, "dispatched")
    callers = client.get(f"/api/v1/incidents/{incident.number}/callers/").json()
    assert [each["ticket"] for each in callers] == [one.number, other.number]
    listed = client.get("/api/v1/incidents/").json()
    assert [each["number"] for each in listed["results"]] == [incident.number]


def test_the_interface_opens_an_incident_that_nobody_called_about():
    client = APIClient()
    client.force_authenticate(staff("agent"))
    sent = {"subtype": "burst", "address": "城东区朝阳路 9 号", "description": "压力骤降"}
    opened = client.post("/api/v1/incidents/", sent, format="json")
    assert opened.status_code == 201
    assert {each["promise"] for each in opened.json()["promises"]} == {
        "arrive",
        "contain",
        "finish",
    }
    refused = client.post("/api/v1/incidents/", sent | {"subtype": "meter"}, format="json")
    assert refused.status_code == 400


def test_a_customer_is_not_told_what_is_near():
    client = APIClient()
    client.force_authenticate(customer())
    assert client.get("/api/v1/incidents/near/", {"subtype": "burst"}).status_code == 403


def test_the_map_draws_the_incidents_that_are_worked_on(agent):
    incident, *_both = two_joined()
    drawn = agent.get("/desk/map/layers/incidents.json").json()
    assert incident.number in drawn["features"][0]["properties"]["name"]
