"""Before a yearly review the customer and the lead are told; nothing is asked of the customer."""

from __future__ import annotations

from datetime import date

import pytest

from applications.standing.ticking import tick
from notifications.models import Message
from tests.applications.standing.left import at, go, left, standing, told
from tests.factories import staff

pytestmark = pytest.mark.django_db

MONTH_AHEAD, WEEK_AHEAD = date(2027, 10, 17), date(2027, 11, 9)
REVIEW = date(2027, 11, 16)


def reminders(case):
    return [event.data["days"] for event in case.events.filter(action="review_ahead")]


def test_the_customer_and_the_lead_are_told_a_month_and_a_week_ahead():
    lead, case = staff("lead", "east"), left("relief")
    assert standing(case).review_on == REVIEW
    assert [tick(at(day)) for day in (MONTH_AHEAD, WEEK_AHEAD)] == [1, 1]
    assert reminders(case) == [30, 7]
    _first, last = told(case, "review_ahead.customer")
    assert "2027-11-16" in last
    assert "还有 7 天" in last
    assert "不用交材料" in last
    inbox = Message.objects.filter(key="application.review_ahead.lead", recipient=lead)
    assert inbox.count() == 2


def test_each_is_told_once_however_often_somebody_looks():
    case = left("relief")
    assert [tick(at(MONTH_AHEAD)) for _time in range(3)] == [1, 0, 0]
    assert reminders(case) == [30]


def test_of_several_that_were_missed_only_the_last_is_told():
    case = left("relief")
    assert tick(at(date(2027, 11, 14))) == 1
    assert reminders(case) == [7]


def test_none_is_told_once_the_review_has_come():
    case = left("relief")
    assert [tick(at(REVIEW.replace(day=17))), tick(at(REVIEW.replace(day=18)))] == [0, 0]
    assert reminders(case) == []
    assert standing(case).review_next_on is None


def test_a_review_begins_the_reminders_of_the_next_year():
    case = left("relief")
    tick(at(WEEK_AHEAD))
    go(case, "review_standing", REVIEW, result="stands")
    assert tick(at(date(2028, 10, 17))) == 1
    assert reminders(case) == [7, 30]


def test_what_has_ended_is_not_reviewed_and_nobody_is_told():
    case = left("relief")
    go(case, "end_standing", date(2027, 1, 11))
    assert tick(at(MONTH_AHEAD)) == 0
    assert reminders(case) == []
