"""Two at once: a reminder and an end come once, and of two who decide one wins."""

from __future__ import annotations

from datetime import date

import pytest

from applications.standing.reviewing import review_due
from applications.standing.ticking import tick
from tests.applications.sources.test_at_once import besides
from tests.applications.standing.left import at, go, left, standing, told
from tests.core.test_after_at_once import at_once
from waterdesk.core.errors import Conflict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

REMINDED, OVER = at(date(2026, 11, 23)), at(date(2026, 12, 1))


def test_two_beats_remind_once_and_end_once():
    case = left("temporary")
    assert sum(at_once(*[lambda: tick(REMINDED)] * 3)) == 1
    assert len(told(case, "ending.customer")) == 1
    assert sum(at_once(*[lambda: tick(OVER)] * 3)) == 1
    assert len(told(case, "standing_ended.customer")) == 1
    assert case.events.filter(action="standing_ended").count() == 1


def test_of_two_who_end_it_one_is_told_that_it_has_ended():
    case = left("relief")
    day = date(2026, 11, 23)
    outcomes = at_once(*[lambda: go(case, "end_standing", day)] * 2)
    assert [isinstance(each, Conflict) for each in outcomes].count(True) == 1
    assert len(told(case, "standing_ended.customer")) == 1


def test_an_extension_and_an_end_at_once_leave_one_of_them():
    case = left("temporary")
    extend = lambda: go(case, "extend_standing", OVER.date(), until="2027-03-01")  # noqa: E731
    at_once(extend, lambda: tick(OVER))
    row = standing(case)
    assert (row.state, row.ends_on) in {
        ("extended", date(2027, 3, 1)),
        ("ended", date(2026, 11, 30)),
    }


@pytest.mark.usefixtures("fresh_cache")
def test_a_person_who_decides_while_the_source_is_asked_wins(sources):
    relief, day = left("relief", id_number="11010519491231002X"), date(2027, 11, 16)
    besides(sources, "/identity", lambda: go(relief, "review_standing", day, result="ends"))
    assert review_due(at(day)) == 0
    assert standing(relief).state == "ended"


@pytest.mark.usefixtures("fresh_cache")
def test_two_beats_ask_the_source_once(sources):
    relief, day = left("relief", id_number="11010519491231002X"), date(2027, 11, 16)
    assert sum(at_once(*[lambda: review_due(at(day))] * 3)) == 1
    assert len(sources.asked_at("/identity")) == 1
    assert relief.events.filter(action="standing_confirmed").count() == 1
