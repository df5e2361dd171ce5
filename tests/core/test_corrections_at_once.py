"""A pause is corrected while others are at the case: threads of their own, real commits."""

from __future__ import annotations

import pytest

from tests.core.test_corrections import DUE, ELEVEN, TEN, correct, due_of, paused_once
from tests.factories import MINUTE, MONDAY_0900, open_application, staff
from tests.tickets.test_two_at_once import conflicts, together
from waterdesk.core import door, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Crossing
from waterdesk.core.recompute import EVERY, differences
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

ROUNDS = 5
NOW = DUE + 50 * MINUTE


@pytest.fixture
def cases():
    """Each stood still from ten to eleven: due at 15:30."""
    made = (open_application(at=MONDAY_0900, address=f"城东区朝阳路 {n} 号") for n in range(ROUNDS))
    return [paused_once(case) for case in made]


def whole(case):
    return list(verify(case.events)) == [] and list(differences(policy.current(), EVERY)) == []


def test_of_two_leads_who_correct_at_the_same_moment_exactly_one_wins(cases):
    leads = [staff("lead", "east", name=name) for name in ("lead-a", "lead-b")]
    for case in cases:

        def act(place, case=case):
            end = TEN + (10 + place) * MINUTE
            return lambda: correct(case, TEN, end, by=leads[place], seen=case.version)

        outcomes = together(act(0), act(1))
        assert len(conflicts(outcomes)) == 1
        assert case.events.filter(action="correct_pause").count() == 1
        assert whole(case)


def test_a_double_click_without_a_version_corrects_once(cases):
    lead = staff("lead", "east")
    for case in cases:
        once = lambda case=case: correct(case, TEN, TEN + 10 * MINUTE, by=lead)  # noqa: E731
        outcomes = together(once, once)
        assert len([each for each in outcomes if isinstance(each, Invalid)]) == 1
        assert case.events.filter(action="clock_corrected").count() == 1


def test_a_sweep_at_the_same_moment_finds_the_uncovered_breach_once(cases):
    lead = staff("lead", "east")
    for case in cases:
        together(
            lambda case=case: correct(case, TEN, TEN + 10 * MINUTE, at=NOW, by=lead),
            lambda: sweep(NOW),
            lambda: sweep(NOW),
        )
        sweep(NOW)
        assert case.events.get(action="clock_breached").at == DUE + 10 * MINUTE
        crossed = list(Crossing.objects.filter(clock__case=case).values_list("level", flat=True))
        assert len(crossed) == len(set(crossed))
        assert whole(case)


def test_resumed_at_the_same_moment_the_pause_is_whole_either_way():
    lead, clerk = staff("lead", "east"), staff("clerk")
    for n in range(ROUNDS):
        case = open_application(at=MONDAY_0900, address=f"城东区朝阳路 {n} 号")
        paused_once(case, end=None)
        corrected, _resumed = together(
            lambda case=case: correct(case, TEN + 10 * MINUTE, at=ELEVEN, by=lead),
            lambda case=case: door.move(case.number, "resume", actor=clerk, at=ELEVEN),
        )
        # Second, it finds a pause that has ended, and an end is missing.
        first = {False: TEN + 10 * MINUTE, True: TEN}[isinstance(corrected, Invalid)]
        pause = case.pauses.get()
        assert (pause.started_at, pause.ended_at) == (first, ELEVEN)
        assert due_of(case) == DUE + (ELEVEN - first)
        assert whole(case)
