"""Who is sent by rule: of the grid, on duty, least busy; never somebody who is off."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.applications.catalogue.test_services import open_service
from tests.applications.visits import (
    TUESDAY_0900,
    book,
    by_rule,
    on_duty,
    one_more,
    survey_of,
)
from tests.core.test_duty_leave import away
from tests.factories import DAY, HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rule():
    by_rule()


@pytest.fixture(autouse=True)
def lead(rule):
    return staff("lead", "east", phone="13700000009")


def test_whoever_of_the_grid_is_on_duty_gets_the_case_and_its_jobs():
    worker = on_duty("wang")
    case = open_application()
    assert case.handler == worker
    assert set(case.jobs.filter(team="field").values_list("handler", flat=True)) == {worker.pk}
    assert case.events.get(action="assign").data["by_rule"]
    assert Message.objects.filter(key="application.assign.handler", recipient=worker).exists()


def test_the_lead_is_not_asked_to_send_somebody_who_was_sent():
    on_duty("wang")
    open_application()
    assert not Message.objects.filter(key="application.accept.lead").exists()


def test_the_least_busy_goes_first_then_the_first_by_name():
    people = [on_duty(name) for name in ("b", "a", "c")]
    sent = [one_more().handler.username for _each in range(4)]
    assert sent == ["a", "b", "c", "a"]
    assert len(people) == 3


def test_who_is_nearest_goes_before_who_is_less_busy():
    near, far = on_duty("near"), on_duty("far", area="east")
    assert [one_more().handler for _each in range(3)] == [near] * 3
    assert far.username == "far"


def test_the_branch_sends_somebody_where_the_grid_has_nobody():
    far = on_duty("far", area="east")
    on_duty("other", area="east-2")
    assert open_application().handler == far


@pytest.mark.parametrize("why", ["off", "away", "gone", "lead"])
def test_nobody_is_sent_who_is_not_there_and_the_lead_decides(why, lead):
    def off():
        on_duty("wang", start=10)

    def on_leave():
        away(on_duty("wang"))

    def gone():
        on_duty("wang")
        User.objects.filter(username="wang").update(is_active=False)

    {"off": off, "away": on_leave, "gone": gone, "lead": lambda: None}[why]()
    case = open_application()
    assert case.handler is None
    assert case.events.filter(action="duty_missing").count() == 1
    assert Message.objects.filter(key="application.accept.lead", recipient=lead).exists()


def test_the_lead_may_always_send_somebody_else(lead):
    on_duty("wang")
    case, other = open_application(), staff("field", "east-1", name="other")
    door.move(
        case.number, "reassign", actor=lead, at=MONDAY_0900 + HOUR, changes={"handler": "other"}
    )
    assert survey_of(case).handler == other


def test_a_service_without_work_in_the_street_sends_nobody():
    on_duty("wang")
    assert open_service("transfer").handler is None


def test_an_appointment_is_for_somebody_who_is_on_duty_then():
    tomorrow = on_duty("zhao", start=24)
    case = open_application()
    assert case.handler is None
    assert book(case).handler == tomorrow
    assert survey_of(case).handler == tomorrow


def test_who_is_away_at_the_appointment_is_relieved_of_it():
    today = on_duty("wang")
    case = open_application()
    away(today, start=24)
    tomorrow = on_duty("zhao", start=24)
    assert book(case).handler == tomorrow


def test_who_was_sent_and_is_there_keeps_the_case():
    today = on_duty("wang")
    on_duty("zhao", start=24)
    assert book(open_application()).handler == today


def test_work_that_is_done_again_stays_with_whom_it_was():
    worker = on_duty("wang")
    case, boss = open_application(), staff("admin", "company")
    todo = [("survey", {}), ("install", {"meter_number": "Z1"}), ("water_on", {}), ("confirm", {})]
    for place, (action, changes) in enumerate(todo, 1):
        door.move(case.number, action, actor=boss, at=MONDAY_0900 + place * HOUR, changes=changes)
    again = door.move(
        case.number, "reopen", actor=boss, at=TUESDAY_0900 + DAY, changes={"status": "surveyed"}
    )
    assert again.handler == worker
