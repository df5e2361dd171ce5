"""The roster of the demo."""

from __future__ import annotations

import pytest

from tests.factories import open_application, staff
from tests.web.desk import HOUR, NOW
from waterdesk.core import policy
from waterdesk.core.models import Pattern, Shift
from waterdesk.web.demo import duties

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_week_of_shifts_and_making_it_again_makes_none():
    cast = {
        "lead": staff("lead"),
        "admin": staff("admin"),
        "field": staff("field"),
        "field-east-1": staff("field", "east-1"),
        "field-east-2": staff("field", "east-2"),
    }
    assert duties.rota(cast, policy.current(), NOW) == 21
    assert duties.rota(cast, policy.current(), NOW) == 0
    assert (Shift.objects.count(), Pattern.objects.count()) == (21, 3)
    on_duty = {shift.user for shift in Shift.objects.on_duty(NOW)}
    assert on_duty == {cast["lead"], cast["field"]}


def test_a_demo_that_is_started_before_the_morning_has_the_crew_of_the_night():
    cast = {name: staff(name) for name in ("lead", "admin", "field")}
    cast |= {f"field-{grid}": staff("field", grid) for grid in ("east-1", "east-2")}
    at_four = NOW - 6 * HOUR
    duties.rota(cast, policy.current(), at_four)
    on_duty = {shift.user.username for shift in Shift.objects.on_duty(at_four)}
    assert on_duty & {"field-east-1", "field-east-2"}


def test_what_is_accepted_in_the_demo_goes_to_whoever_is_on_duty():
    cast = {name: staff(name) for name in ("lead", "admin", "field")}
    cast |= {f"field-{grid}": staff("field", grid) for grid in ("east-1", "east-2")}
    duties.rota(cast, policy.current(), NOW)
    duties.send_by_rule()
    policy.forget()
    assert open_application(at=NOW).handler == cast["field"]
