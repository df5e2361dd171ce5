"""A source that does not answer is left alone, then tried by one, then asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from applications.sources import breaker
from applications.sources.asking import ask_all
from applications.sources.breaker import FORGOTTEN, MOST, REST, TRYING
from applications.sources.outcomes import Known, Unknown, Why
from applications.sources.wanted import Applicant
from tests.applications.sources.far_end import in_turn, says
from tests.factories import MONDAY_0900

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

ZHANG = Applicant("person", "new-connection", "张三", "13812345678")
SECOND = timedelta(seconds=1)
AWAY = Unknown(Why.TIMEOUT)


@pytest.fixture(autouse=True)
def clock():
    """It is Monday, 09:00, until a test shifts it."""
    with time_machine.travel(MONDAY_0900, tick=False) as traveller:
        yield traveller


def ask(at=MONDAY_0900, fact="identity"):
    return ask_all(ZHANG, [fact], at)[fact]


def broken(sources, times=MOST):
    """So many applications find the source of identities broken; returns how often it was tried."""
    sources.told("/identity", 500)
    outcomes = [ask() for _ in range(times)]
    assert outcomes == [AWAY] * times
    return len(sources.asked)


def test_a_source_that_failed_so_often_is_not_asked_any_more(sources):
    tried = broken(sources)
    assert ask() == AWAY
    assert len(sources.asked) == tried


def test_a_source_that_failed_less_often_is_asked_still(sources):
    broken(sources, MOST - 1)
    sources.answers.clear()
    assert isinstance(ask(), Known)


def test_an_answer_in_between_forgives_the_failures_before(sources):
    broken(sources, MOST - 1)
    sources.told("/identity", 404)
    ask()
    tried = broken(sources, MOST - 1)
    ask()
    assert len(sources.asked) > tried


def test_the_others_are_asked_as_ever(sources):
    broken(sources)
    assert isinstance(ask(fact="arrears"), Known)


def test_a_wrong_answer_or_a_refusal_is_no_failure_of_the_line(sources):
    sources.answers["/identity"] = in_turn(says(403, {}), *[says(200, [])] * MOST, says(403, {}))
    said = {ask().why for _ in range(MOST + 2)}
    assert said == {Why.REFUSED, Why.MALFORMED}


def test_after_its_rest_it_is_asked_again_and_closes_with_an_answer(sources, clock):
    broken(sources)
    sources.answers.clear()
    rested = MONDAY_0900 + REST
    clock.move_to(rested - SECOND)
    assert ask(rested - SECOND) == AWAY
    clock.move_to(rested)
    assert isinstance(ask(rested), Known)
    assert isinstance(ask(rested), Known)


def test_after_its_rest_one_alone_tries(sources, clock):
    broken(sources)
    rested = MONDAY_0900 + REST
    clock.move_to(rested)
    assert [breaker.lets_through("identity", rested) for _ in range(3)] == [True, False, False]


def test_one_who_never_tells_how_it_went_does_not_close_it_for_ever(sources, clock):
    broken(sources)
    rested = MONDAY_0900 + REST
    clock.move_to(rested)
    breaker.lets_through("identity", rested)
    clock.move_to(rested + TRYING + SECOND)
    assert breaker.lets_through("identity", rested + TRYING + SECOND)


def test_a_failed_try_means_another_rest(sources, clock):
    broken(sources)
    rested = MONDAY_0900 + REST
    clock.move_to(rested)
    tried = len(sources.asked)
    assert ask(rested) == AWAY
    assert len(sources.asked) == tried + 3
    ask(rested + REST - SECOND)
    assert len(sources.asked) == tried + 3


def test_failures_that_lie_far_apart_are_not_in_a_row(sources, clock):
    broken(sources, MOST - 1)
    clock.move_to(MONDAY_0900 + FORGOTTEN + SECOND)
    ask(MONDAY_0900 + FORGOTTEN + SECOND)
    assert breaker.lets_through("identity", MONDAY_0900 + FORGOTTEN + SECOND)
