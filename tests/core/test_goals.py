"""Goals: the nearest one holds, and nothing is rounded up to reach it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from waterdesk.core import goals, policy
from waterdesk.core.models import Area, Goal

pytestmark = pytest.mark.django_db


def set_goal(measure, value, area=None):
    where = Area.objects.get(code=area) if area else None
    return Goal.objects.update_or_create(
        measure=measure, area=where, defaults={"value": value, "source": "测试"}
    )[0]


def of(measure, area):
    found = goals.read(policy.current()).of(measure, Area.objects.get(code=area).pk)
    return found and found.value


def test_every_goal_of_the_seeds_says_where_it_is_from():
    assert Goal.objects.exists()
    assert not Goal.objects.filter(source="").exists()


def test_an_area_has_its_own_goal_or_that_of_the_nearest_area_above():
    set_goal("tickets", 97)
    set_goal("tickets", 99, "east")
    assert of("tickets", "east-1") == of("tickets", "east") == 99
    assert of("tickets", "west-1") == of("tickets", "company") == 97


def test_what_nobody_has_set_has_no_goal():
    Goal.objects.all().delete()
    assert of("pleased", "east") is None


def test_a_promise_of_a_ticket_without_a_goal_has_that_of_all_tickets():
    held = goals.read(policy.current())
    assert held.of_promise("arrive", None, ticket=True).measure == "tickets"
    assert held.of_promise("review", None, ticket=False) is None
    set_goal("arrive", 100)
    assert goals.read(policy.current()).of_promise("arrive", None, ticket=True).value == 100


@pytest.mark.parametrize(
    ("measure", "goal", "value", "reached"),
    [
        ("two-step", "98", 98.0, True),
        ("two-step", "98", 97.9, False),
        ("calls-missed", "5", 5.0, True),
        ("calls-missed", "5", 5.1, False),
        ("two-step-net", "4", 3.9, True),
        ("two-step-net", "4", 4.1, False),
    ],
)
def test_a_goal_is_reached_from_above_or_from_below(measure, goal, value, reached):
    assert goals.met(Goal(measure=measure, value=Decimal(goal)), value) is reached


def test_a_measure_has_one_goal_in_an_area_and_one_for_all():
    set_goal("pleased", 90)
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.create(measure="pleased", value=91, source="测试")


@pytest.mark.parametrize(("measure", "value"), [("pleased", 101), ("pleased", -1)])
def test_a_share_beyond_all_is_refused(measure, value):
    goal = Goal(measure=measure, value=value, source="测试", area=Area.objects.get(code="east"))
    with pytest.raises(ValidationError):
        goal.full_clean()


def test_a_measure_that_no_page_has_is_refused():
    with pytest.raises(ValidationError, match="没有这项指标"):
        Goal(measure="profit", value=1, source="测试").full_clean()
    Goal(measure="arrive", value=1, source="测试").full_clean()
