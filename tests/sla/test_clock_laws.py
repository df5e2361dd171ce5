"""Laws of pauses, with the walker as referee."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.sla.laws import (
    EXAMPLES,
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


class Desk(RuleBasedStateMachine):
    """A case is paused, resumed, corrected; the due time must follow the set of paused steps."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[tuple[int, int]] = []

    @initialize(read=reads, first=steps, days=st.integers(1, 3))
    def starts(self, read: Read, first: int, days: int) -> None:
        self.read, self.start = read, read.midnight + first * STEP
        self.limits = Limit(30 * 7 * days, Unit.MINUTES), Limit(days, Unit.WORKDAYS)

    @rule(span=st.tuples(steps, st.integers(0, 60)))
    def is_paused(self, span: tuple[int, int]) -> None:
        before = self.dues()
        self.spans.append(span)
        assert all(a <= b for a, b in zip(before, self.dues(), strict=True))

    @precondition(lambda self: self.spans)
    @rule(data=st.data())
    def one_pause_is_taken_back(self, data: st.DataObject) -> None:
        before, lost = self.dues(), data.draw(st.sampled_from(self.spans))
        self.spans.remove(lost)
        assert all(a >= b for a, b in zip(before, self.dues(), strict=True))

    @precondition(lambda self: self.spans)
    @rule(data=st.data())
    def one_pause_is_split(self, data: st.DataObject) -> None:
        before, (a, n) = self.dues(), data.draw(st.sampled_from(self.spans))
        cut = data.draw(st.integers(0, n))
        self.spans.remove((a, n))
        self.spans += [(a + cut, n - cut), (a, cut)]
        assert self.dues() == before

    def dues(self) -> list:
        pauses = between(self.read.midnight, self.spans)
        return [counted(self.read, self.start, limit, pauses).due() for limit in self.limits]

    @invariant()
    def the_walker_agrees(self) -> None:
        by_time, by_days = self.limits
        pauses = between(self.read.midnight, self.spans)
        assert self.dues() == [
            self.read.walker.add(self.start, int(by_time.amount) // 30 * STEP, pauses),
            self.read.walker.closing(self.start, int(by_days.amount), pauses),
        ]


TestDesk = Desk.TestCase
TestDesk.settings = settings(law, max_examples=max(5, EXAMPLES // 10), stateful_step_count=5)
