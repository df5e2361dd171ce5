"""Laws of climbing: whatever happens to a clock meanwhile, each level falls once and in order."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_ladders import PLACES
from tests.factories import MONDAY_0900, SHANGHAI
from tests.sla.laws import law
from waterdesk.core import clocks, ladders
from waterdesk.core.models import Clock, Pause
from waterdesk.sla.calendar import Calendar

HOURS = [(8 * 3600 + 1800, 12 * 3600), (14 * 3600, 18 * 3600)]
OFFICE = Calendar(dict.fromkeys(range(5), HOURS), {}, tz=SHANGHAI.key)
RULES = SimpleNamespace(calendars={1: OFFICE}, certain_until={})
MINUTE = timedelta(minutes=1)

LADDERS = st.lists(
    PLACES.map(lambda rung: rung | {"tell": ["lead"]}),
    min_size=1,
    max_size=8,
    unique_by=ladders.level_of,
)
LIMITS = st.sampled_from(
    [("workdays", 1), ("workdays", 3), ("minutes", 90), ("days", 2), ("natural", 600)]
)
# What happens next, after so many minutes: a sweep, or a pause begins or ends.
DEEDS = st.lists(st.tuples(st.sampled_from(["sweep", "toggle"]), st.integers(1, 4000)), max_size=12)


def started(ladder, limit):
    unit, amount = limit
    clock = Clock(
        id=1, case_id=1, area_id=1, calendar_id=1, code="x", unit=unit, amount=amount,
        pause_reasons=["wait"], ladder=ladders.ordered(ladder), state="running",
        started_at=MONDAY_0900,
    )  # fmt: skip
    clocks.replay(clock, (), RULES)
    return clock


def toggle(pauses, now):
    """End the pause that stands, or begin one."""
    held = [pause for pause in pauses if pause.ended_at is None]
    for pause in held:
        pause.ended_at = now
    return pauses if held else [*pauses, Pause(reason="wait", started_at=now)]


def live(clock, deeds):
    """What was crossed, in the order in which it was noticed, sweep by sweep."""
    now, pauses, noticed = MONDAY_0900, [], []
    for deed, minutes in [*deeds, ("sweep", 1)]:
        now += minutes * MINUTE
        noticed.append(clocks.cross(clock, pauses, RULES, now))
        pauses = toggle(pauses, now) if deed == "toggle" else pauses
        clocks.replay(clock, pauses, RULES)
    for pause in pauses:
        pause.ended_at = pause.ended_at or now
    clocks.replay(clock, pauses, RULES)
    noticed.append(clocks.cross(clock, pauses, RULES, now + timedelta(days=400)))
    return noticed, pauses


@settings(law, max_examples=60)
@given(LADDERS, LIMITS, DEEDS)
def test_no_level_falls_twice_and_none_is_left_that_has_an_instant(ladder, limit, deeds):
    clock = started(ladder, limit)
    noticed, pauses = live(clock, deeds)
    fell = [rung.level for rungs in noticed for rung in rungs]
    assert len(fell) == len(set(fell))
    left = {ladders.level_of(step) for step in clock.ladder} - set(fell)
    whole = clocks.count(clock, pauses, RULES).limit
    assert all(timedelta(minutes=level) + whole < timedelta() for level in left)
    assert clock.next_at is None


@settings(law, max_examples=60)
@given(LADDERS, LIMITS, DEEDS)
def test_what_one_sweep_notices_it_notices_in_order(ladder, limit, deeds):
    noticed, _pauses = live(started(ladder, limit), deeds)
    assert all(rungs == sorted(rungs, key=lambda rung: rung.at) for rungs in noticed)


@settings(law, max_examples=60)
@given(LADDERS, LIMITS)
def test_many_sweeps_find_what_one_late_sweep_finds(ladder, limit):
    late, often = started(ladder, limit), started(ladder, limit)
    end = MONDAY_0900 + timedelta(days=400)
    at_once = [(r.level, r.at) for r in clocks.cross(late, (), RULES, end)]
    step_by_step = []
    while often.next_at is not None:
        rungs = clocks.cross(often, (), RULES, often.next_at + timedelta.resolution)
        step_by_step += [(rung.level, rung.at) for rung in rungs]
    assert step_by_step == at_once
