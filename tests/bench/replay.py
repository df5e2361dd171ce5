"""A million clocks after a change of their calendar, and what a colleague notices meanwhile.

Python and PostgreSQL take turns, so the time is that of one core.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime
from statistics import quantiles
from zoneinfo import ZoneInfo

from django.db import connections

from tests.bench import crowd
from waterdesk.core import door, policy
from waterdesk.core.models import Area, CalendarDay, Case, User, WorkCalendar
from waterdesk.core.models.people import Role
from waterdesk.core.recompute import Outcome, recompute

MANY, MOVES = 1_000_000, 400
MONDAY_0830 = datetime(2026, 11, 16, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = MONDAY_0830.replace(hour=10)
TUESDAY, CHRISTMAS = date(2026, 11, 17), date(2026, 12, 25)
FORK = multiprocessing.get_context("fork")


def run() -> None:
    crowd.grow_working(MANY, MONDAY_0830)
    recompute(NOW)
    crowd.tidy()
    with day_off(TUESDAY):
        _say("every clock moves", 60, _timed(lambda: recompute(NOW)))
    crowd.tidy()
    _meanwhile()
    crowd.tidy()
    with day_off(CHRISTMAS):
        _say("one in a hundred moves", 15, _timed(lambda: recompute(NOW)))
        _say("none moves", 15, _timed(lambda: recompute(NOW)))


@contextmanager
def day_off(on: date):
    """A day off for everybody, for as long as this holds."""
    row = CalendarDay.objects.create(
        calendar=WorkCalendar.objects.get(code="office"), date=on, windows=[], name="bench"
    )
    policy.forget()
    yield
    row.delete()
    policy.forget()


def _timed(act: Callable[[], Outcome]) -> tuple[float, Outcome]:
    began = time.perf_counter()
    done = act()
    return time.perf_counter() - began, done


def _say(what: str, goal: int, timed: tuple[float, Outcome]) -> None:
    took, done = timed
    assert not done.faults, done.faults[:3]
    print(
        f"replay of {done.looked:,} clocks, {what}: {done.moved:,} moved in {took:.1f} s "
        f"(goal: at most {goal}), {took / done.looked * 1e6:.1f} µs a clock"
    )


def _meanwhile() -> None:
    """A note on any case through the door, alone and while every clock is moved back again."""
    agent, _ = User.objects.get_or_create(
        username="bench-agent",
        defaults={"role": Role.AGENT, "area": Area.objects.get(code="company"), "password": "!"},
    )
    numbers = list(Case.objects.order_by("?").values_list("number", flat=True)[: 2 * MOVES])
    alone = [_note(number, agent) for number in numbers[:MOVES]]
    connections.close_all()
    replay = FORK.Process(target=recompute, args=(NOW,))
    replay.start()
    during = []
    for number in numbers[MOVES:]:
        time.sleep(random.uniform(0, 0.05))
        during.append(_note(number, agent))
    assert replay.is_alive(), "the replay was over before the moves were"
    replay.join()
    assert replay.exitcode == 0
    (p50, p95), (p50_during, p95_during) = _cuts(alone), _cuts(during)
    print(
        f"a move, ms: p50 {p50:.1f}, p95 {p95:.1f}; while every clock is replayed "
        f"p50 {p50_during:.1f}, p95 {p95_during:.1f}; "
        f"p95 {p95_during / p95:.2f} times as long (goal: at most 2)"
    )


def _note(number: str, agent: User) -> float:
    began = time.perf_counter()
    door.move(number, "note", actor=agent, at=NOW, note="bench")
    return time.perf_counter() - began


def _cuts(taken: list[float]) -> tuple[float, float]:
    cuts = quantiles(taken, n=20)
    return cuts[9] * 1000, cuts[18] * 1000
