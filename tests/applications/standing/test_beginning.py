"""What a service leaves begins with its result, in the same transaction, once a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from applications.catalogue import held
from applications.models import Application, Standing
from applications.standing.beginning import end_of
from applications.standing.ticking import tick
from tests.applications.standing.left import BEGAN, at, go, left, standing, told
from tests.factories import staff
from waterdesk.core import door
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db

# What the seven services of the seeds leave that were asked for on 16 November 2026.
ENDS = {
    "relief": date(2029, 11, 16),
    "vulnerable": date(2029, 11, 16),
    "large-family": date(2028, 11, 16),
    "temporary": date(2026, 11, 30),
    "suspend": date(2026, 11, 30),
}
FOR_GOOD = ("close-account", "outage-info")


@pytest.mark.parametrize("code", ENDS)
def test_it_begins_with_the_result_and_is_reminded_and_ended(code):
    case = left(code)
    row = standing(case)
    assert (row.begins_on, row.ends_on, row.state) == (BEGAN, ENDS[code], "in-force")
    days = [row.ends_on + timedelta(days=n) for n in range(-40, 3)]
    for day in days:
        tick(at(max(day, BEGAN)))
    row.refresh_from_db()
    assert (row.state, row.ended_on, row.ended_because) == ("ended", ENDS[code], "time")
    assert case.events.filter(action="standing_ended").count() == 1
    assert len(told(case, "standing_ended.customer")) == 1
    reminded = [event.data["days"] for event in case.events.filter(action="ending")]
    # Of what lasts a fortnight the first reminder would come with the beginning.
    assert reminded == {True: [7], False: [30, 7]}[code in ("temporary", "suspend")]
    assert len(told(case, "ending.customer")) == len(reminded)
    assert list(verify(case.events)) == []


@pytest.mark.parametrize("code", FOR_GOOD)
def test_what_has_no_end_is_left_in_peace(code):
    row = standing(left(code))
    assert (row.ends_on, row.next_on, row.review_on) == (None, None, None)
    assert tick(at(BEGAN + timedelta(days=4000))) == 0


def test_the_record_says_what_began_and_until_when():
    case = left("relief")
    said = case.events.get(action="standing_began").data
    assert said["standing"] == "relief"
    assert (said["ends"], said["review_on"]) == ("2029-11-16", "2027-11-16")


def test_a_service_that_leaves_nothing_leaves_nothing():
    left("transfer")
    assert not Standing.objects.exists()


def test_a_case_that_is_done_again_does_not_leave_it_twice():
    case = left("relief")
    lead = staff("admin", "company")
    door.move(case.number, "confirm", actor=lead, at=at(BEGAN, 13))
    door.move(case.number, "reopen", actor=lead, at=at(BEGAN, 14), changes={"status": "installed"})
    for hour, action in ((15, "job-check"), (16, "job-grant")):
        door.move(case.number, action, actor=lead, at=at(BEGAN, hour))
    case.refresh_from_db()
    assert (case.status, case.reopened) == ("done", 1)
    assert case.events.filter(action="complete").count() == 2
    assert case.events.filter(action="standing_began").count() == 1


def test_a_day_that_has_passed_before_the_water_came_is_the_day_it_comes():
    case = Application(answers={"until": "2026-11-15"})
    assert end_of(held.service("temporary").leaves, case, BEGAN) == BEGAN


def test_a_suspension_without_a_day_has_no_end():
    case = left("suspend", {"until": None})
    assert standing(case).ends_on is None


def test_what_was_left_outlives_the_closing_of_the_case():
    case = left("relief")
    door.move(case.number, "confirm", actor=staff("lead"), at=at(BEGAN, 13))
    go(case, "end_standing", BEGAN)
    assert standing(case).state == "ended"
