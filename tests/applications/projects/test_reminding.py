"""Before water is expected, the owner and the lead are told: once each time."""

from __future__ import annotations

import pytest

from applications.models import ProjectReminder
from applications.projects import rows, turning
from applications.projects.reminding import remind
from applications.tasks import remind_of_projects
from notifications.models import Message
from tests.applications.projects.made import project
from tests.factories import DAY, HOUR, MONDAY_0900, staff

pytestmark = pytest.mark.django_db


def due(days, **over):
    """A project of the eastern clerk's, expected so many days after Monday."""
    staff("clerk", "east")
    day = (MONDAY_0900 + days * DAY).date().isoformat()
    return project(expected_on=day, owner="clerk-east", **over)


def told():
    found = Message.objects.filter(key="project.due").order_by("created_at", "recipient__username")
    return [(each.recipient.username, each.body.split("，")[1].split("。")[0]) for each in found]


@pytest.fixture
def lead():
    return staff("lead", "east")


def test_owner_and_lead_are_told_thirty_seven_and_one_days_before(lead):
    due(31)
    made = [remind(MONDAY_0900 + n * DAY) for n in range(33)]
    assert [n for n, count in enumerate(made) if count] == [1, 24, 30]
    assert told() == [
        (who, f"还有 {left} 天") for left in (30, 7, 1) for who in ("clerk-east", "lead-east")
    ]


def test_running_again_and_again_tells_nobody_twice(lead):
    due(30)
    assert [remind(MONDAY_0900 + n * HOUR) for n in range(4)] == [2, 0, 0, 0]


def test_of_reminders_that_were_missed_only_the_last_is_told(lead):
    due(30)
    assert remind(MONDAY_0900 + 25 * DAY) == 2
    assert {left for _who, left in told()} == {"还有 5 天"}


def test_another_date_is_reminded_of_anew(lead):
    one = due(7)
    remind(MONDAY_0900)
    rows.change(one.pk, {"expected_on": "2026-11-20"}, by=lead, at=MONDAY_0900)
    assert remind(MONDAY_0900) == 2


def test_who_leads_himself_is_told_once(lead):
    project(expected_on="2026-11-17", owner="lead-east")
    assert remind(MONDAY_0900) == 1


def test_while_nobody_owns_it_the_lead_of_the_area_is_told(lead):
    project(expected_on="2026-11-17")
    assert remind(MONDAY_0900) == 1
    assert [who for who, _left in told()] == ["lead-east"]


def test_who_has_left_is_not_told(lead):
    one = due(1)
    one.owner.is_active = False
    one.owner.save()
    remind(MONDAY_0900)
    assert [who for who, _left in told()] == ["lead-east"]


@pytest.mark.parametrize("stage", ["shelved"])
def test_what_is_shelved_is_let_rest(lead, stage):
    due(1, stage=stage)
    assert remind(MONDAY_0900) == 0


def test_what_is_an_application_by_now_is_not_reminded_of(lead):
    turning.turn(due(1).pk, by=lead, at=MONDAY_0900)
    assert remind(MONDAY_0900) == 0


def test_what_is_past_is_not_reminded_of_any_more(lead):
    due(1)
    assert remind(MONDAY_0900 + 2 * DAY) == 0
    assert remind(MONDAY_0900 + DAY) == 2


def test_the_days_are_the_utilitys_to_choose(lead):
    ProjectReminder.objects.all().delete()
    due(10)
    assert remind(MONDAY_0900) == 0
    ProjectReminder.objects.create(days=14)
    assert remind(MONDAY_0900) == 2


def test_many_projects_take_no_more_queries(lead, django_assert_max_num_queries):
    due(1)
    remind(MONDAY_0900)
    for n in range(2, 12):
        due(1, code=f"XM-{n}")
    with django_assert_max_num_queries(8):
        remind(MONDAY_0900)
    assert len(told()) == 22


def test_the_task_says_how_many_messages_it_made(lead, time_machine):
    due(1)
    time_machine.move_to(MONDAY_0900, tick=False)
    assert [remind_of_projects(), remind_of_projects()] == [2, 0]
