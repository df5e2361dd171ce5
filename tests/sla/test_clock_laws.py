"""Laws of pauses, with the walker as referee; a whole life of a clock: test_count_machine.py."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.sla.laws import (
    STEP,
    Read,
    between,
    counted,
    law,
    limits,
    microseconds,
    pause_steps,
    reads,
    steps,
)
from tests.sla.walker import Pauses
from waterdesk.sla import Count, Limit, Pause, Unit
from waterdesk.sla.clock import unpaused

minutes = st.builds(Limit, st.integers(1, 20).map(lambda n: 30 * n), st.just(Unit.MINUTES))
workdays = st.builds(Limit, st.integers(1, 3), st.just(Unit.WORKDAYS))
shares = st.fractions(0, 3, max_denominator=8)


@law
@given(reads, steps, minutes, pause_steps)
def test_due_is_where_the_walker_ends(read: Read, first: int, limit: Limit, spans: list) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    due = counted(read, start, limit, pauses).due()
    assert due == read.walker.add(start, int(limit.amount) // 30 * STEP, pauses)


@law
@given(reads, steps, workdays, pause_steps)
def test_working_days_close_where_the_walker_closes_them(
    read: Read, first: int, limit: Limit, spans: list
) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    due = counted(read, start, limit, pauses).due()
    assert due == read.walker.closing(start, int(limit.amount), pauses)


@law
@given(reads, microseconds, limits)
def test_what_is_prepared_for_many_is_due_when_each_is(
    read: Read, later: int, limit: Limit
) -> None:
    start = read.midnight + timedelta(microseconds=later)
    assert unpaused(read.calendar, limit)(start) == counted(read, start, limit, []).due()


@law
@given(reads, steps, pause_steps, steps)
def test_used_is_what_the_walker_counts(read: Read, first: int, spans: list, length: int) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    now = start + length * STEP
    used = counted(read, start, Limit(1, Unit.DAYS), pauses).used(now)
    assert used == read.walker.elapsed(start, now, pauses)


@law
@given(reads, steps, limits, pause_steps, steps, steps)
def test_a_pause_never_makes_a_due_time_earlier(
    read: Read, first: int, limit: Limit, spans: list, more: int, length: int
) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    longer = [*pauses, *between(read.midnight, [(more, length)])]
    assert counted(read, start, limit, longer).due() >= counted(read, start, limit, pauses).due()


@law
@given(reads, steps, limits, pause_steps, st.data())
def test_splitting_or_shuffling_pauses_changes_nothing(
    read: Read, first: int, limit: Limit, spans: list, data: st.DataObject
) -> None:
    start = read.midnight + first * STEP
    cuts = [(a, data.draw(st.integers(0, n)), n) for a, n in spans]
    pieces = [piece for a, cut, n in cuts for piece in ((a, cut), (a + cut, n - cut))]
    split = between(read.midnight, data.draw(st.permutations(pieces)))
    whole = counted(read, start, limit, between(read.midnight, spans))
    parts = counted(read, start, limit, split)
    assert parts.due() == whole.due()
    assert parts.at(Fraction(1, 3)) == whole.at(Fraction(1, 3))


@law
@given(reads, steps, limits, pause_steps)
def test_a_due_time_never_falls_in_a_pause(
    read: Read, first: int, limit: Limit, spans: list
) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    due = counted(read, start, limit, pauses).due()
    assert not any(paused < due <= resumed for paused, resumed in pauses)


@law
@given(reads, steps, limits, pause_steps, shares)
def test_used_at_a_level_is_its_share_of_the_limit(
    read: Read, first: int, limit: Limit, spans: list, share: Fraction
) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    count = counted(read, start, limit, pauses)
    wanted = count.limit * share.numerator / share.denominator
    assert count.used(count.at(share)) == wanted
    assert count.used(count.due()) == count.limit
    assert count.remaining(count.due()) == 0 * STEP


@law
@given(reads, steps, limits, pause_steps, shares, shares)
def test_levels_come_in_the_order_of_their_shares(
    read: Read, first: int, limit: Limit, spans: list, a: Fraction, b: Fraction
) -> None:
    start, pauses = read.midnight + first * STEP, between(read.midnight, spans)
    count = counted(read, start, limit, pauses)
    assert count.at(min(a, b)) <= count.at(max(a, b))


@law
@given(reads, steps, limits, pause_steps, steps, shares)
def test_an_open_pause_hides_what_follows_and_moves_nothing_before(
    read: Read, first: int, limit: Limit, spans: list, stopped: int, share: Fraction
) -> None:
    start, wall = read.midnight + first * STEP, read.midnight + stopped * STEP
    pauses = [(a, b) for a, b in between(read.midnight, spans) if b < wall]
    running = counted(read, start, limit, pauses)
    waiting = _waiting(read, start, limit, pauses, wall)
    level = running.at(share)
    expected = {True: level, False: None}[level <= max(wall, start)]
    assert waiting.at(share) == expected
    assert waiting.paused(max(wall, start))


@law
@given(reads, steps, limits, pause_steps, steps)
def test_a_provisional_due_time_is_that_of_a_pause_ending_now(
    read: Read, first: int, limit: Limit, spans: list, stopped: int
) -> None:
    start, wall = read.midnight + first * STEP, read.midnight + stopped * STEP
    pauses, now = between(read.midnight, spans), wall + 20 * STEP
    waiting = _waiting(read, start, limit, pauses, wall)
    assert waiting.due(now) == counted(read, start, limit, [*pauses, (wall, now)]).due()


def _waiting(read: Read, start: object, limit: Limit, pauses: Pauses, wall: object) -> Count:
    return Count(read.calendar, start, limit, [Pause(wall), *(Pause(a, b) for a, b in pauses)])
