"""A clock's whole life as a state machine, in half hours over days and in seconds over midnight.

Paused, resumed, corrected, split and shuffled, extended, its calendar changed and changed back;
after each step the walker counts everything anew.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.sla.laws import EXAMPLES, law
from tests.sla.moments import ALL_DAY, OFF_2026, OFFICE, WORK_2026
from tests.sla.walker import Pauses, Walker
from waterdesk.sla import Calendar, Count, Limit, Pause, Unit

HALF_HOUR, SECOND = timedelta(minutes=30), timedelta(seconds=1)
EVERY_DAY = range(7)


class Place(NamedTuple):
    """A week, the days that differ, and the first day of those on which a clock is tried.

    Opening times and everything that happens lie on a grid of `step`, so that the walker is exact;
    `reach` is how many steps after `first` things still happen.
    """

    weekly: dict
    days: dict
    tz: str
    first: datetime
    step: timedelta
    reach: int


def _place(first: str, tz: str, weekly: dict, days: dict, step: timedelta, reach: int) -> Place:
    return Place(
        weekly, days, tz, datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(tz)), step, reach
    )


_WEEK = dict.fromkeys(range(5), OFFICE)
_SPLIT = [(0, 6 * 3600), (9 * 3600, 10 * 3600), (22 * 3600, 86400)]
_NIGHT = dict.fromkeys(EVERY_DAY, _SPLIT)
# Half a minute before midnight and a while after it: seconds, on both sides of 24:00.
_AROUND = [(7, 31), (40, 65), (90, 7200), (86350, 86377), (86391, 86400)]
_MIDNIGHT = dict.fromkeys(EVERY_DAY, _AROUND)

PLACES = [
    # Spring Festival with its make-up Saturday; a make-up Sunday after New Year's Day.
    _place("2026-02-13T00:00", "Asia/Shanghai", _WEEK, OFF_2026 | WORK_2026, HALF_HOUR, 12 * 48),
    _place("2025-12-31T00:00", "Asia/Shanghai", _WEEK, OFF_2026 | WORK_2026, HALF_HOUR, 6 * 48),
    _place("2024-02-28T00:00", "Asia/Shanghai", _NIGHT, {}, HALF_HOUR, 5 * 48),
    _place("2026-03-06T00:00", "America/New_York", _NIGHT, {}, HALF_HOUR, 5 * 48),
    _place("2026-10-30T00:00", "America/New_York", _NIGHT, {}, HALF_HOUR, 5 * 48),
    _place("2026-11-20T23:59", "Asia/Shanghai", _MIDNIGHT, {}, SECOND, 240),
    _place("2026-12-31T23:59", "Asia/Shanghai", _MIDNIGHT, {}, SECOND, 240),
    _place("2024-02-28T23:59", "Australia/Lord_Howe", _MIDNIGHT, {}, SECOND, 240),
]
CHANGES: dict[timedelta, list] = {
    HALF_HOUR: [(), ALL_DAY, OFFICE, [(0, 5400), (82800, 86400)]],
    SECOND: [ALL_DAY, [(3, 4), (50, 7300)], [(0, 7200), (86399, 86400)], _AROUND],
}
"""What a day may become: a day off, open all day, at other hours; no day off for the impatient."""

spots = st.integers(0, 10_000)
"""A place on the grid, once it is known how far that goes."""
shares = st.fractions(0, 2, max_denominator=4)


@lru_cache(maxsize=512)
def built(place: int, changes: tuple) -> tuple[Calendar, Walker]:
    weekly, days, tz, _first, step, _reach = PLACES[place]
    days = days | {on: list(windows) for on, windows in changes}
    return Calendar(weekly, days, tz), Walker(weekly, days, tz, step)


class Life(RuleBasedStateMachine):
    """One start, two limits (counted time, whole working days), and what happens to them."""

    @initialize(
        place=st.integers(0, len(PLACES) - 1), start=spots, length=st.integers(1, 60), days=spots
    )
    def begins(self, place: int, start: int, length: int, days: int) -> None:
        self.place, self.step, self.reach = place, PLACES[place].step, PLACES[place].reach
        self.zero = PLACES[place].first.astimezone(ZoneInfo("UTC"))
        self.start = self.at(start % (self.reach // 2))
        self.length, self.days = length, 1 + days % 2
        self.spans: list[tuple[int, int]] = []
        self.changes: dict[date, tuple] = {}

    # --- pauses ---
    @rule(begin=spots, length=st.integers(0, 90))
    def a_pause_is_entered(self, begin: int, length: int) -> None:
        before = self.dues()
        self.spans.append((begin % self.reach, begin % self.reach + length))
        assert all(a <= b for a, b in zip(before, self.dues(), strict=True))

    @rule(length=st.integers(0, 90), ends=st.booleans())
    def a_pause_begins_or_ends_where_a_limit_ends(self, length: int, ends: bool) -> None:
        before = self.dues()
        touched = (before[-1] - self.zero) // self.step - length * ends
        self.spans.append((touched, touched + length))
        assert all(a <= b for a, b in zip(before, self.dues(), strict=True))

    @precondition(lambda self: self.spans)
    @rule(which=spots, cut=spots)
    def a_pause_is_split(self, which: int, cut: int) -> None:
        before = self.answers()
        begin, end = self.spans.pop(which % len(self.spans))
        middle = begin + cut % (end - begin + 1)
        self.spans += [(middle, end), (begin, middle)]
        assert self.answers() == before

    @precondition(lambda self: self.spans)
    @rule(which=spots, longer=st.integers(0, 30))
    def a_pause_turns_out_to_have_been_longer(self, which: int, longer: int) -> None:
        before = self.dues()
        begin, end = self.spans.pop(which % len(self.spans))
        self.spans.append((begin, end + longer))
        assert all(a <= b for a, b in zip(before, self.dues(), strict=True))

    @precondition(lambda self: self.spans)
    @rule(which=spots, kept=spots)
    def a_pause_turns_out_to_have_been_shorter(self, which: int, kept: int) -> None:
        before = self.dues()
        begin, end = self.spans.pop(which % len(self.spans))
        self.spans.append((begin, begin + kept % (end - begin + 1)))
        assert all(a >= b for a, b in zip(before, self.dues(), strict=True))

    @rule(data=st.randoms(use_true_random=False))
    def the_same_is_told_in_another_order(self, data: Any) -> None:
        before = self.answers()
        data.shuffle(self.spans)
        assert self.answers() == before

    @rule(begin=spots, after=spots)
    def a_pause_without_an_end_hides_what_lies_beyond_it(self, begin: int, after: int) -> None:
        _calendar, walker = self.built()
        wall = max(self.at(begin % self.reach), self.start)
        known = [(a, b) for a, b in self.spans if self.at(b) < wall]
        for limit in self.limits():
            running = self.count(limit, self.pauses(known))
            waiting = self.count(limit, [*self.pauses(known), (wall, None)])
            due = running.due()
            assert waiting.due() == {True: due, False: None}[due <= wall]
            now = wall + after % 40 * self.step
            resumed = self.count(limit, [*self.pauses(known), (wall, now)])
            assert waiting.due(now) == resumed.due()
            assert waiting.used(now) == walker.elapsed(self.start, wall, self.pauses(known))

    # --- the limit and the calendar ---
    @rule(more=st.integers(1, 20))
    def the_limit_is_extended(self, more: int) -> None:
        before = self.dues()
        self.length, self.days = self.length + more, min(3, self.days + more % 2)
        assert all(a <= b for a, b in zip(before, self.dues(), strict=True))

    @rule(day=st.integers(0, 4), become=st.integers(0, 3))
    def a_day_of_the_calendar_is_changed(self, day: int, become: int) -> None:
        self.changes[self.day(day)] = tuple(CHANGES[self.step][become])

    @rule(day=st.integers(0, 4), become=st.integers(0, 3))
    def a_change_of_the_calendar_is_taken_back(self, day: int, become: int) -> None:
        before, was = self.answers(), dict(self.changes)
        self.changes[self.day(day)] = tuple(CHANGES[self.step][become])
        self.the_walker_agrees()
        self.changes = was
        built.cache_clear()
        assert self.answers() == before

    # --- what is asked ---
    @rule(spot=spots)
    def what_is_used_and_left_is_asked(self, spot: int) -> None:
        _calendar, walker = self.built()
        now, pauses = self.at(spot % self.reach), self.pauses(self.spans)
        used = walker.elapsed(self.start, now, pauses)
        for limit in self.limits():
            count = self.count(limit, pauses)
            assert count.used(now) == used
            assert count.remaining(now) == count.limit - used
            assert count.paused(now) == any(a <= now < b for a, b in pauses)
            assert count.used(count.due()) == count.limit

    @rule(share=shares)
    def a_level_is_asked(self, share: Fraction) -> None:
        pauses = self.pauses(self.spans)
        for limit in self.limits():
            count = self.count(limit, pauses)
            instant = count.at(share)
            assert count.used(instant) == count.limit * share.numerator / share.denominator
            assert not any(a < instant <= b for a, b in pauses if share)

    # --- the referee ---
    @invariant()
    def the_walker_agrees(self) -> None:
        _calendar, walker = self.built()
        pauses = self.pauses(self.spans)
        time = walker.add(self.start, self.length * self.step, pauses)
        # Whole days of seconds would tire the walker.
        days = [walker.closing(self.start, self.days, pauses) for _ in self.limits()[1:]]
        assert self.dues() == [time, *days]

    # --- what the rules are made of ---
    def built(self) -> tuple[Calendar, Walker]:
        return built(self.place, tuple(self.changes.items()))

    def at(self, spot: int) -> datetime:
        return self.zero + spot * self.step

    def day(self, after: int) -> date:
        return PLACES[self.place].first.date() + timedelta(days=after)

    def limits(self) -> list[Limit]:
        time = Limit(Decimal(self.length * (self.step // SECOND)) / 60, Unit.MINUTES)
        return [time, *[Limit(Decimal(self.days), Unit.WORKDAYS)] * (self.step > SECOND)]

    def pauses(self, spans: list[tuple[int, int]]) -> Pauses:
        return [(self.at(begin), self.at(end)) for begin, end in spans]

    def count(self, limit: Limit, pauses: Pauses) -> Count:
        calendar, _walker = self.built()
        return Count(calendar, self.start, limit, [Pause(a, b) for a, b in pauses])

    def dues(self) -> list[datetime]:
        pauses = self.pauses(self.spans)
        return [self.count(limit, pauses).due() for limit in self.limits()]

    def answers(self) -> list[Any]:
        """Everything that a clock is asked for."""
        asked = [self.count(limit, self.pauses(self.spans)) for limit in self.limits()]
        times = [self.at(spot) for spot in range(0, self.reach, self.reach // 5)]
        return [
            (
                count.due(),
                count.counts_from(),
                [count.at(Fraction(n, 2)) for n in range(4)],
                [(count.used(now), count.paused(now)) for now in times],
            )
            for count in asked
        ]


TestLife = Life.TestCase
TestLife.settings = settings(law, max_examples=max(10, EXAMPLES // 2), stateful_step_count=12)
