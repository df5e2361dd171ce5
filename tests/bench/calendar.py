"""Deadline arithmetic: what one call costs, beside a bare bisect and what others would charge.

`python -m tests.bench calendar`. businesstimedelta and pandas take part where they are installed,
which `make bench` sees to (requirements-bench.in).
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from statistics import median
from time import perf_counter
from typing import Any

from tests.sla.moments import HOUR, OFF_2026, OFFICE, WEEKDAYS, WORK_2026, YEAR_2026, at
from waterdesk.sla import Calendar, Count, Limit, Pause, Unit

ROUNDS, DRAWS, FEW = 11, 20_000, 200
GOAL = 1.5
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
BEGINNING, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)

# What is right by the notices and the house's rule that an end at closing time is that end.
TOLD = {
    "make-up Saturday": (at("2026-02-13 16:30"), 2 * HOUR, at("2026-02-14 09:00")),
    "split day, over noon": (at("2026-03-02 11:00"), 2 * HOUR, at("2026-03-02 14:30")),
    "split day, up to noon": (at("2026-03-02 09:00"), 3 * HOUR, at("2026-03-02 12:00")),
    "up to closing time": (at("2026-03-02 16:00"), 2 * HOUR, at("2026-03-02 18:00")),
}


def run() -> None:
    """Print microseconds a call for deadlines up to 30 working days, on the same draws."""
    calendar = Calendar(WEEKDAYS, OFF_2026 | WORK_2026)
    draws = _draws()
    calendar.elapsed(BEGINNING, END - timedelta(days=1))
    bare = _bare(calendar)
    assert all(bare(*draw) == calendar.add(*draw) for draw in draws)
    assert all(calendar.add(start, amount) == due for start, amount, due in TOLD.values())
    spans = [(start, calendar.add(start, amount)) for start, amount in draws]
    days = [(start, 1 + amount // timedelta(hours=8)) for start, amount in draws]
    print(f"microseconds a call, {DRAWS:,} draws     min  median  to bisect  (goal: {GOAL})")
    floor = _timed("bare bisect", bare, draws)
    ours = _timed("add", calendar.add, draws, floor)
    local = [(start.astimezone(calendar.tz), amount) for start, amount in draws]
    # A start in local time has to be converted by whoever takes it, a bare bisect as well.
    local_floor = _timed("bare bisect, start in local time", bare, local, floor)
    ours_too = _timed("add, start in local time", calendar.add, local, floor)
    print(f"{'  to a bisect that converts too':48}{ours_too / local_floor:11,.2f}")
    _timed("elapsed", calendar.elapsed, spans, floor)
    _timed("closing, whole working days", calendar.closing, days, floor)
    _timed("a clock's due time, one pause", _clock(calendar), draws[:2000], floor)
    for name, other, goal in (
        ("businesstimedelta", _businesstimedelta, 1000),
        ("pandas", _pandas, 50),
    ):
        try:
            theirs = other()
        except ImportError:
            print(f"{name:32} not installed")
            continue
        took = _timed(name, theirs, draws[:FEW], floor)
        print(f"{'':32} {took / ours:,.0f} times what add takes (goal: {goal:,})")
        _compared(theirs, draws[:FEW], calendar)
    _built()


def _draws() -> list[tuple[datetime, timedelta]]:
    """Whole hours up to 30 working days, for pandas counts no less; starts all over 2026."""
    draw = random.Random(2026)
    starts = (timedelta(minutes=draw.randrange(330 * 1440)) for _ in range(DRAWS))
    return [(NEW_YEAR + s, timedelta(hours=draw.randint(1, 240))) for s in starts]


def _timed(name: str, call: Callable, draws: Sequence[tuple[Any, Any]], floor: float = 0) -> float:
    took = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for a, b in draws:
            call(a, b)
        took.append((perf_counter() - began) / len(draws) * 1e6)
    ratio = min(took) / floor if floor else 1
    print(f"{name:32} {min(took):8.2f}{median(took):8.2f}{ratio:11,.2f}")
    return min(took)


def _compared(theirs: Callable, draws: Sequence[tuple[Any, Any]], calendar: Calendar) -> None:
    """Print how often they differ, and how often without the make-up workdays they do not know."""
    plain = Calendar(WEEKDAYS, OFF_2026)
    wrong = sum(theirs(*draw) != calendar.add(*draw) for draw in draws)
    still = sum(theirs(*draw) != plain.add(*draw) for draw in draws)
    print(f"{'':32} differs in {wrong} of {FEW}; in {still} were there no make-up workdays")
    for name, (start, amount, due) in TOLD.items():
        said = theirs(start, amount).astimezone(calendar.tz)
        verdict = "right" if said == due else f"says {said:%m-%d %H:%M} for {due:%m-%d %H:%M}"
        print(f"{'':32} {name}: {verdict}")


def _bare(calendar: Calendar) -> Callable[[datetime, timedelta], datetime]:
    """A bisect over prefix sums with nothing around it: no check, no growing, no zone."""
    windows = list(calendar.windows(BEGINNING, END))
    opens = [o - BEGINNING for o, _ in windows]
    earned = list(accumulate(c - o for o, c in windows))
    lead = [c - BEGINNING - e for (_, c), e in zip(windows, earned, strict=True)]

    def add(start: datetime, amount: timedelta) -> datetime:
        since = start - BEGINNING
        i = bisect_right(opens, since) - 1
        goal = since - lead[i]
        if goal > earned[i]:
            goal = earned[i]
        goal += amount
        return BEGINNING + (goal + lead[bisect_left(earned, goal)])

    return add


def _clock(calendar: Calendar) -> Callable[[datetime, timedelta], datetime | None]:
    limit = Limit(Decimal("0.5"), Unit.DAYS)
    hour = timedelta(hours=1)
    return lambda start, _: Count(calendar, start, limit, [Pause(start, start + hour)]).due()


def _businesstimedelta() -> Callable[[datetime, timedelta], datetime]:
    import businesstimedelta as bt
    import pytz

    zone = pytz.timezone("Asia/Shanghai")
    morning, afternoon = (
        bt.WorkDayRule(_clock_time(a), _clock_time(b), range(5), tz=zone) for a, b in OFFICE
    )
    rules = bt.Rules([morning, afternoon, bt.HolidayRule(_off(), tz=zone)])
    return lambda start, amount: (
        start + bt.BusinessTimeDelta(rules, hours=amount // timedelta(hours=1))
    )


def _pandas() -> Callable[[datetime, timedelta], datetime]:
    import pandas as pd

    begins, ends = ([_clock_time(window[i]) for window in OFFICE] for i in (0, 1))
    hour = pd.offsets.CustomBusinessHour(start=begins, end=ends, holidays=_off())
    zone = YEAR_2026.tz

    def add(start: datetime, amount: timedelta) -> datetime:
        local = pd.Timestamp(start.astimezone(zone).replace(tzinfo=None))
        return (local + amount // timedelta(hours=1) * hour).to_pydatetime().replace(tzinfo=zone)

    return add


def _clock_time(second: int) -> time:
    return time(second // 3600, second % 3600 // 60)


def _off() -> list[date]:
    return [*OFF_2026, date(2028, 1, 1)]  # businesstimedelta fails where it finds no next one


def _built() -> None:
    took = []
    for _ in range(ROUNDS):
        calendar = Calendar(WEEKDAYS, OFF_2026 | WORK_2026)
        began = perf_counter()
        calendar.is_open(BEGINNING)
        took.append((perf_counter() - began) * 1e3)
    print(f"a calendar of three years is built in {median(took):.1f} ms, once")
