"""What happens in the demo just now: no page of the hotline starts empty."""

from __future__ import annotations

import json

import pytest
from django.conf import settings

from applications.models import Permit, Project, Standing
from tests.web.desk import HOUR, NOW
from tickets.incidents import near
from tickets.models import Call, CallBack, Handover, Incident, Order, Outage, Ticket, Unfound
from waterdesk.core import policy
from waterdesk.core.models import Address, User
from waterdesk.web.demo import ahead, duties, evening, people

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "seeds" / "demo"


def told(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def cast() -> dict[str, User]:
    cast = people.make(told("people")["staff"])
    evening.ground(told("hotline"), cast)
    return cast


def test_the_burst_of_the_demo_has_three_callers_one_crew_and_a_fourth_who_may_be_the_same(cast):
    evening.play(told("hotline"), cast, NOW)
    incident = Incident.objects.get()
    assert (incident.status, incident.handler) == ("shut", cast["field-east-1"])
    assert Ticket.objects.filter(status="joined").count() == 3
    fourth = Ticket.objects.filter(subtype="burst").exclude(status="joined").get()
    assert [each.case.number for each in near.same(fourth, cast["agent"], NOW)] == [incident.number]
    states = list(Outage.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["begun", "announced", "planned"]
    made = (Order, CallBack, Handover, Unfound)
    assert [model.objects.count() for model in made] == [4, 1, 1, 3]
    assert set(Call.objects.values_list("state", flat=True)) == {"ended", "abandoned", "voicemail"}


def test_by_day_the_burst_of_the_demo_is_worked_on_by_whoever_is_on_duty(cast):
    duties.rota(cast, policy.current(), NOW - HOUR)
    evening.play(told("hotline"), cast, NOW)
    assert Incident.objects.get().status == "shut"


def test_the_clerks_of_the_demo_have_projects_permits_and_reliefs(cast):
    ahead.play(told("hotline"), cast, NOW)
    assert Project.objects.count() == 3
    assert set(Permit.objects.values_list("kind", "state")) == {
        ("road", "filed"),
        ("green", "wanted"),
    }
    assert Standing.objects.filter(state="in-force").count() == 2


def test_loading_the_addresses_of_the_demo_again_adds_none(cast):
    evening.ground(told("hotline"), cast)
    assert Address.objects.count() == len(Address.objects.values("place").distinct()) == 20
