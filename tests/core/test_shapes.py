"""The quick replay by shape, held against the one by which the door reckons."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_ladder_laws import LADDERS, OFFICE
from tests.factories import DAY, MONDAY_0900
from tests.sla.laws import law
from waterdesk.core import clocks, ladders
from waterdesk.core.readings import Halt, Reading
from waterdesk.core.shapes import Shapes
from waterdesk.sla.clock import Pause, part, percent
from waterdesk.sla.errors import SlaError

CERTAIN_UNTIL = MONDAY_0900.replace(hour=0) + 7 * DAY
RULES = SimpleNamespace(calendars={1: OFFICE}, certain_until={1: CERTAIN_UNTIL})

LIMITS = st.one_of(
    st.tuples(st.just("workdays"), st.integers(1, 12).map(lambda days: days * 100)),
    st.tuples(st.sampled_from(["minutes", "days", "natural"]), st.integers(1, 999_999)),
)
STARTS = st.timedeltas(-15 * DAY, 45 * DAY).map(lambda after: MONDAY_0900 + after)
GRANTED = st.sampled_from([0, 100, 48_000])


def reading(unit, hundredths, granted, ladder, passed, started):
    return Reading(
        state="running", due_at=started, provisional=False, next_at=None, next_level=None,
        breached_at=None, calendar_id=1, unit=unit, hundredths=hundredths,
        granted_hundredths=granted, ladder_hash=1, passed=passed, started_at=started,
        stopped_at=None, fell=None, pk=1, code="x", name="x", case_id=1, number="B1", version=1,
        seal="", ladder=ladders.ordered(ladder),
    )  # fmt: skip


def quick(clock):
    shapes = Shapes(RULES)
    shapes.learn(clock.key, clock.ladder)
    return shapes.known[clock.key].figures(clock.started_at, clock.fell)


def exact(clock):
    clocks.rederive(clock, (), RULES, clock.fell)
    return clock.figures


def said(reckon, clock):
    """The figures, or that there are none."""
    try:
        return reckon(clock)
    except SlaError:
        return None


@law
@given(
    LIMITS, st.sampled_from([0, 100, 48_000]), LADDERS, st.integers(0, 255), STARTS, st.booleans()
)
def test_the_shape_of_a_clock_says_of_it_what_its_replay_says(
    limit, granted, ladder, passed, started, fallen
):
    clock = reading(*limit, granted, ladder, passed, started)
    clock.fell = [None, started + DAY][fallen]
    assert said(quick, clock) == said(exact, clock)


PAUSES = st.lists(
    st.tuples(st.timedeltas(-DAY, 20 * DAY), st.timedeltas(timedelta(), 9 * DAY)), max_size=4
)


@law
@given(LIMITS, LADDERS, st.integers(0, 255), STARTS, PAUSES)
def test_the_same_holds_of_one_that_was_paused(limit, ladder, passed, started, spans):
    clock = reading(*limit, 0, ladder, passed, started)
    clock.pause_reasons = ["wait"]
    halts = [Halt("wait", started + after, started + after + long, None) for after, long in spans]
    pauses = [Pause(each.started_at, each.ended_at) for each in halts]
    shapes = Shapes(RULES)
    shapes.learn(clock.key, clock.ladder)
    shape = shapes.known[clock.key]

    def quick_paused(clock):
        return shape.paused(clock.started_at, clock.fell, pauses)

    def exact_paused(clock):
        clocks.rederive(clock, halts, RULES, clock.fell)
        return clock.figures

    assert said(quick_paused, clock) == said(exact_paused, clock)


@law
@given(st.timedeltas(timedelta(), timedelta(days=900)), st.integers(1, 1000))
def test_whole_per_cent_are_rounded_as_every_share_is(whole, hundredths):
    assert percent(whole, hundredths) == part(whole, Decimal(hundredths) / 100)


def test_what_ends_with_the_last_published_day_is_certain_and_a_moment_later_is_not():
    friday_closing = reading("workdays", 500, 0, [], 0, MONDAY_0900 - 3 * DAY)
    monday_after = reading("workdays", 600, 0, [], 0, MONDAY_0900 - 3 * DAY)
    assert [quick(friday_closing)[2], quick(monday_after)[2]] == [False, True]


def test_a_shape_of_a_calendar_that_is_not_known_is_left_to_who_looks_closely():
    shapes = Shapes(SimpleNamespace(calendars={}, certain_until={}))
    clock = reading("minutes", 100, 0, [], 0, MONDAY_0900)
    shapes.learn(clock.key, [])
    assert shapes.known == {}
    with pytest.raises(LookupError):
        clocks.rederive(clock, (), shapes.rules, None)
