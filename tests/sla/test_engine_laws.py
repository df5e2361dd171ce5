"""Laws of the whole engine, on a real database: nothing that happens meanwhile fires a level twice.

People, sweeps, replays, changes of the calendar and of the promises, workers that die in the middle
and several workers at once, in any order that hypothesis thinks of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.factories import MINUTE, SHANGHAI, staff
from tests.sla import engine
from tests.sla.laws import EXAMPLES, law
from tests.tickets.test_two_at_once import together
from waterdesk.core import policy
from waterdesk.core.models import CalendarDay, Clock, Promise, Utility, WorkCalendar
from waterdesk.core.recompute import catch_up, differences, recompute
from waterdesk.core.sweep import sweep

# A Friday, two hours before closing; the weekend, notices and year ends lie ahead.
FRIDAY_1600 = datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)
OFF, SHORT, LONG = [], [["09:30", "11:00"]], [["08:30", "12:00"], ["13:30", "18:00"]]

places = st.integers(0, 7)
choices = st.integers(0, 99)
batches = st.sampled_from([500, 2, 1])
waits = st.sampled_from([1, 5, 20, 45, 120, 300, 720, 1440, 3 * 1440, 7 * 1440]).map(
    lambda minutes: minutes * MINUTE
)
deaths = st.one_of(st.just(0), st.integers(1, 40))
"""Before which statement the worker dies; 0 is never."""
days = st.tuples(st.integers(0, 9), st.sampled_from([OFF, SHORT, LONG]))


class Engine(RuleBasedStateMachine):
    """A desk at work; what must never be so is looked at after each step."""

    @initialize()
    def opens(self) -> None:
        engine.clear()
        self.admin, self.office = staff("admin"), WorkCalendar.objects.get(code="office")
        self.now, self.stale, self.moved = FRIDAY_1600, False, False
        self.times = 1
        self.undo: list[Callable[[], object]] = []
        self.cases = [kind(self.now, n) for n, kind in enumerate(engine.KINDS)]
        for case in self.cases:
            engine.send(case, self.now, self.admin)

    def teardown(self) -> None:
        for undo in reversed(getattr(self, "undo", [])):
            undo()
        policy.forget()

    # --- time ---
    @rule(over=st.sampled_from([timedelta(), timedelta.resolution]))
    def the_next_level_is_reached(self, over: timedelta) -> None:
        ahead = Clock.objects.filter(next_at__gte=self.now).order_by("next_at")
        self.now = ahead.values_list("next_at", flat=True).first() or self.now
        self.now += over

    # --- people ---
    @rule(kind=st.integers(0, len(engine.KINDS) - 1))
    def somebody_calls(self, kind: int) -> None:
        self.cases.append(engine.KINDS[kind](self.now, len(self.cases)))

    @rule(
        wait=waits, made=st.lists(st.tuples(places, choices), min_size=1, max_size=4), dies=deaths
    )
    def moves_are_made(self, wait: timedelta, made: list[tuple[int, int]], dies: int) -> None:
        self.now += wait
        with self.watched(), engine.dying_at(dies):
            for place, choice in made:
                self.attempt(place, choice)

    # --- workers ---
    @rule(wait=waits, batch=batches)
    def a_sweep_runs(self, wait: timedelta, batch: int) -> None:
        self.now += wait
        with self.watched():
            sweep(self.now, batch)
        assert self.stale or not self.unswept()

    @rule(wait=waits, batch=batches, dies=st.integers(1, 40))
    def a_sweep_dies(self, wait: timedelta, batch: int, dies: int) -> None:
        self.now += wait
        with self.watched(), engine.dying_at(dies):
            sweep(self.now, batch)

    @rule(behind=waits)
    def a_worker_sweeps_by_the_time_it_read_long_ago(self, behind: timedelta) -> None:
        with self.watched():
            sweep(self.now - behind)

    @rule(size=batches, dies=deaths)
    def clocks_are_replayed(self, size: int, dies: int) -> None:
        with self.watched(), engine.dying_at(dies):
            assert recompute(self.now, size=size).faults == []
            self.stale = False

    @rule()
    def a_changed_configuration_is_caught_up_with(self) -> None:
        with self.watched():
            catch_up(self.now)
        self.stale = False

    # --- configuration ---
    @rule(day=days)
    def a_day_is_changed(self, day: tuple[int, list]) -> None:
        after, windows = day
        on = self.now.date() + timedelta(days=after)
        was = CalendarDay.objects.filter(calendar=self.office, date=on).first()
        self.undo.append(lambda: self.set_day(on, was and was.windows))
        self.set_day(on, windows)

    @rule()
    def the_last_change_is_taken_back(self) -> None:
        for undo in self.undo[-1:]:
            undo()
        del self.undo[-1:]

    @rule(until=st.integers(0, 20))
    def a_schedule_is_published(self, until: int) -> None:
        was = self.office.published_until
        self.undo.append(lambda: self.publish(was))
        self.publish(self.now.date() + timedelta(days=until))

    @rule(times=st.sampled_from([1, 2, 4]))
    def the_limits_of_later_promises_are_changed(self, times: int) -> None:
        was = self.times
        self.undo.append(lambda: self.stretch(was))
        self.stretch(times)

    # --- at the same moment ---
    @rule(wait=waits, place=places, choice=choices, other=choices, batch=batches)
    def two_sweeps_two_moves_and_a_replay_run_at_once(
        self, wait: timedelta, place: int, choice: int, other: int, batch: int
    ) -> None:
        self.now += wait
        with self.watched():
            outcomes = together(
                lambda: sweep(self.now, batch),
                lambda: self.attempt(place, choice),
                lambda: sweep(self.now),
                lambda: self.attempt(place, other),
                lambda: recompute(self.now, size=batch),
            )
        assert not [each for each in outcomes if isinstance(each, Exception)]

    @rule(wait=waits, place=places, choice=choices, dies=st.booleans())
    def a_sweep_finds_a_case_that_a_move_holds(
        self, wait: timedelta, place: int, choice: int, dies: bool
    ) -> None:
        self.now += wait
        with self.watched(), transaction.atomic():
            self.attempt(place, choice)
            apart(lambda: sweep(self.now))
            transaction.set_rollback(dies)

    @rule(wait=waits, place=places, choice=choices, batch=batches)
    def a_move_and_a_replay_wait_for_a_sweep(
        self, wait: timedelta, place: int, choice: int, batch: int
    ) -> None:
        self.now += wait
        with self.watched(), ThreadPoolExecutor(2) as threads:
            with transaction.atomic():
                sweep(self.now, batch)
                moved = threads.submit(alone, lambda: self.attempt(place, choice))
                replayed = threads.submit(alone, lambda: recompute(self.now))
            moved.result(20)
            replayed.result(20)

    # --- laws ---
    @invariant()
    def the_record_tells_each_level_once_and_is_whole(self) -> None:
        assert engine.unfaithful_records() == []

    @invariant()
    def a_breach_is_the_crossing_of_the_limit_and_none_falls_in_a_pause(self) -> None:
        assert engine.wrong_breaches() == []

    @invariant()
    def each_level_is_told_once_to_those_whom_it_names(self) -> None:
        assert engine.wrong_messages() == []

    @invariant()
    def an_effect_comes_before_what_fell_later(self) -> None:
        assert self.moved or engine.effects_out_of_order() == []

    @invariant()
    def stored_figures_are_what_their_replay_gives(self) -> None:
        assert self.stale or list(differences(policy.current())) == []

    @invariant()
    def the_first_level_that_is_still_to_come_is_waited_for(self) -> None:
        assert self.stale or engine.wrong_waits(self.now) == []

    # --- what the rules are made of ---
    @contextmanager
    def watched(self) -> Iterator[None]:
        """What falls meanwhile falls before now, at the instant that the referee foresaw."""
        foreseen, before = engine.instants(self.now), engine.crossings()
        yield
        after = engine.crossings()
        assert before.items() <= after.items()
        fell = {level: at for level, at in after.items() if level not in before}
        assert fell.items() <= foreseen.items()
        assert all(at < self.now for at in fell.values())

    def unswept(self) -> list[Any]:
        free = Clock.objects.filter(stopped_at__isnull=True, case__paused_reason="")
        open_ones = set(free.values_list("pk", flat=True))
        ahead = engine.instants(self.now).items()
        return [level for level, at in ahead if at < self.now and level[0] in open_ones]

    def attempt(self, place: int, choice: int) -> None:
        engine.attempt(self.cases[place % len(self.cases)], choice, self.now, self.admin)

    def set_day(self, on: date, windows: list | None) -> None:
        mine = CalendarDay.objects.filter(calendar=self.office, date=on)
        for row in mine:
            row.delete()
        for given in [windows] * (windows is not None):
            CalendarDay.objects.create(calendar=self.office, date=on, windows=given)
        self.changed()

    def publish(self, until: date | None) -> None:
        self.office.published_until = until
        self.office.save()
        self.changed()

    def stretch(self, times: int) -> None:
        """Promise so many times what the seeds promise."""
        Promise.objects.update(amount=F("amount") * Decimal(times) / Decimal(self.times))
        Utility.touch()
        self.times = times

    def changed(self) -> None:
        policy.forget()
        self.stale = self.moved = True


def apart(act: Callable[[], object]) -> object:
    """Let a worker of its own do it, while this one holds what it holds."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(alone, act).result(20)


def alone(act: Callable[[], object]) -> object:
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_no_level_fires_twice_whatever_happens_meanwhile(settings: Any) -> None:
    settings.POLICY_MAX_AGE = 0
    engine.furnish()
    run_state_machine_as_test(Engine, settings=STEPS)


STEPS = settings(law, max_examples=max(8, EXAMPLES // 3), stateful_step_count=16)
