"""立户: what billing and GIS are told when the water is on."""

from __future__ import annotations

import json

import pytest

from applications.models import AccountOpening
from notifications.results.models import Delivery
from tests.core.test_results import listens
from tests.factories import HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.errors import Invalid

pytestmark = pytest.mark.django_db
WHERE = "113.131695,27.827433"


def watered(position: str = WHERE, meter: str = "M-2026-1", **over):
    """An application whose water is on, two hours after it came."""
    case, lead = open_application(**over), staff("lead")
    given = {"meter_number": meter, "position": position}
    door.move(case.number, "survey", actor=lead, at=MONDAY_0900 + HOUR)
    door.move(case.number, "install", actor=lead, at=MONDAY_0900 + HOUR, changes=given)
    return door.move(case.number, "water_on", actor=lead, at=MONDAY_0900 + 2 * HOUR)


def said_of(topic: str) -> dict:
    return json.loads(Delivery.objects.filter(topic=topic).latest("id").body)


def test_billing_is_told_who_where_and_since_when():
    listens("account.open")
    case = watered()
    said = said_of("account.open")
    assert (said["case"], said["version"]) == (case.number, case.version)
    assert said["data"] == {
        "again": False,
        "service": case.subject,
        "holder": {
            "kind": "person", "name": "张三", "phone": "13812345678", "id_number": "", "uscc": "",
            "contact": "",
        },
        "address": "城东区朝阳路 8 号",
        "area": case.area.code,
        "use": "residential",
        "calibre_mm": 20,
        "meter_number": "M-2026-1",
        "water_on_at": "2026-11-16T03:00:00+00:00",
        "position": {"longitude": 113.131695, "latitude": 27.827433},
    }  # fmt: skip


def test_gis_is_told_of_the_meter_and_of_nobody():
    listens("meter.installed", code="gis")
    watered()
    said = said_of("meter.installed")
    assert said["data"]["position"] == {"longitude": 113.131695, "latitude": 27.827433}
    assert said["data"]["meter_number"] == "M-2026-1"
    assert {"holder", "name", "phone"}.isdisjoint(said["data"])


def test_a_position_nobody_wrote_down_is_null():
    listens("meter.installed", code="gis")
    watered(position="")
    assert said_of("meter.installed")["data"]["position"] is None


@pytest.mark.parametrize("wrong", ["here", "27.827433,113.131695", "113.1", "113.1,27.8,5", "0,0"])
def test_a_position_that_lies_nowhere_is_refused_and_nothing_happens(wrong):
    with pytest.raises(Invalid) as refusal:
        watered(position=wrong)
    assert set(refusal.value.fields) == {"position"}
    assert not AccountOpening.objects.exists()


def test_work_that_was_done_again_is_told_again_with_a_higher_version():
    listens("account.open")
    case, lead = watered(), staff("lead")
    first = said_of("account.open")
    at = MONDAY_0900 + 3 * HOUR
    door.move(case.number, "confirm", actor=lead, at=at)
    door.move(case.number, "reopen", actor=lead, at=at, changes={"status": "surveyed"})
    given = {"meter_number": "M-2026-2"}
    door.move(case.number, "install", actor=lead, at=at, changes=given)
    door.move(case.number, "water_on", actor=lead, at=at)
    again = said_of("account.open")
    assert again["version"] > first["version"]
    assert (again["data"]["again"], again["data"]["meter_number"]) == (True, "M-2026-2")
    assert AccountOpening.objects.count() == 2


def test_the_account_is_kept_though_nobody_subscribes():
    case = watered()
    opening = AccountOpening.objects.get()
    assert (opening.case.number, opening.at) == (case.number, MONDAY_0900 + 2 * HOUR)
    assert opening.facts["meter_number"] == "M-2026-1"
