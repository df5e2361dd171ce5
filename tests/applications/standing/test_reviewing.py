"""The yearly review asks the source first; what it cannot say waits for a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from applications.standing.reviewing import review_due
from tests.applications.standing.left import at, go, left, standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

A_YEAR_ON = date(2027, 11, 16)
DAY = timedelta(days=1)


@pytest.fixture
def relief():
    return left("relief", id_number="11010519491231002X")


def test_before_its_day_nobody_is_asked_about(relief, sources):
    assert review_due(at(A_YEAR_ON - DAY)) == 0
    assert sources.asked_at("/identity") == []


def test_whom_the_source_knows_holds_on_for_another_year_and_nobody_is_troubled(relief, sources):
    assert review_due(at(A_YEAR_ON)) == 1
    [asked] = sources.asked_at("/identity")
    assert asked == {"name": "张三", "id_number": "11010519491231002X"}
    assert standing(relief).review_on == date(2028, 11, 16)
    assert relief.events.get(action="standing_confirmed").data["source"] == "identity"
    assert review_due(at(A_YEAR_ON)) == 0


def test_whom_it_does_not_know_waits_for_a_person_and_is_asked_about_once(relief, sources):
    sources.told("/identity", 200, {"match": False})
    assert [review_due(at(A_YEAR_ON + n * DAY)) for n in range(3)] == [0, 0, 0]
    assert len(sources.asked_at("/identity")) == 1
    row = standing(relief)
    assert (row.state, row.answered, row.review_on) == ("in-force", "mismatch", A_YEAR_ON)
    go(relief, "review_standing", A_YEAR_ON + 3 * DAY, result="stands")
    row.refresh_from_db()
    assert (row.review_on, row.answered) == (date(2028, 11, 19), "")


def test_a_source_that_is_away_is_asked_again_on_another_day(relief, sources):
    sources.told("/identity", 503)
    assert [review_due(at(A_YEAR_ON, hour)) for hour in (10, 11)] == [0, 0]
    assert standing(relief).answered == "timeout"
    sources.answers.clear()
    assert review_due(at(A_YEAR_ON + DAY)) == 1


def test_where_no_source_is_connected_it_is_a_persons(relief, unconnected):
    assert review_due(at(A_YEAR_ON)) == 0
    assert standing(relief).asked_on is None


def test_a_service_that_fetches_no_identity_is_a_persons(sources):
    case = left("vulnerable")
    assert review_due(at(A_YEAR_ON)) == 0
    assert (standing(case).asked_on, sources.asked_at("/identity")) == (None, [])
