"""Laws of `manage.py due`: a question of any sort, in any way of writing times, as the walker sees.

Weeks of any windows, holidays, extra workdays, zones with and without summer time; starts and
pauses as wall time, in UTC and with any offset.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.sla.laws import law
from tests.sla.walker import Pauses, Walker
from waterdesk.sla import lines

STEP = timedelta(minutes=30)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOSED, ALWAYS = [], [("00:00", "24:00")]
OFFICE = [("08:30", "12:00"), ("13:30", "18:00")]
NIGHT = [("00:00", "06:00"), ("22:00", "24:00")]
SHAPES = [CLOSED, OFFICE, OFFICE, NIGHT, ALWAYS, [("9:00", "09:30")], [("12:00", "13:00:00")]]

weeks = st.lists(st.sampled_from(SHAPES), min_size=7, max_size=7)
special = st.dictionaries(st.integers(0, 9), st.sampled_from(SHAPES), max_size=3)
# Where the clock is set forward, set back, by half an hour, and not at all; year end, leap day.
mondays = st.sampled_from(
    [
        ("Asia/Shanghai", date(2026, 2, 9)),
        ("Asia/Shanghai", date(2025, 12, 29)),
        ("UTC", date(2024, 2, 26)),
        ("America/New_York", date(2026, 3, 2)),
        ("America/New_York", date(2026, 10, 26)),
        ("Europe/London", date(2026, 3, 23)),
        ("Australia/Lord_Howe", date(2026, 3, 30)),
        ("Australia/Lord_Howe", date(2026, 9, 28)),
        ("Asia/Kolkata", date(2027, 12, 27)),
    ]
)
spots = st.integers(0, 8 * 48)
spans = st.lists(st.tuples(spots, st.integers(0, 100)), max_size=3)
hands = st.sampled_from(["wall", "utc", "+05:30", "-07:00"])


class Asked(NamedTuple):
    """A calendar as `due` reads it and as the walker does, and the midnight that all is told from.

    One window of each week stays open, so that something is always to come.
    """

    question: dict[str, Any]
    walker: Walker
    midnight: datetime
    standard: timedelta


@st.composite
def calendars(draw: st.DrawFn) -> Asked:
    tz, monday = draw(mondays)
    week = [OFFICE, *draw(weeks)[1:]]
    days = {monday + timedelta(days=after): shape for after, shape in draw(special).items()}
    open_days = {str(day): shape for day, shape in days.items() if shape}
    calendar = {
        "weekly": dict(zip(DAYS, week, strict=True)),
        "holidays": [str(day) for day in days],
        "extra_workdays": open_days,
        "tz": tz,
    }
    walker = Walker(
        {i: _seconds(shape) for i, shape in enumerate(week)},
        {day: _seconds(shape) for day, shape in days.items()},
        tz,
        STEP,
    )
    totals = Counter(sum(b - a for a, b in walker.weekly[i]) for i in range(7) if walker.weekly[i])
    standard = max(totals, key=lambda total: (totals[total], total))
    midnight = datetime(monday.year, monday.month, monday.day, tzinfo=ZoneInfo(tz)).astimezone(UTC)
    return Asked(calendar, walker, midnight, timedelta(seconds=standard))


def _seconds(shape: list) -> list[tuple[int, int]]:
    def second(text: str) -> int:
        hours, minutes = text.split(":")[:2]
        return int(hours) * 3600 + int(minutes) * 60

    return [(second(a), second(b)) for a, b in shape]


def written(instant: datetime, hand: str, tz: str) -> str:
    """An instant as somebody writes it; wall time only where it says which instant is meant."""
    local = instant.astimezone(ZoneInfo(tz))
    wall = local.replace(tzinfo=[None, local.tzinfo][local.fold])
    offsets = {"+05:30": timedelta(hours=5, minutes=30), "-07:00": timedelta(hours=-7)}
    ways = {
        "wall": wall.isoformat(),
        "utc": f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    for name, offset in offsets.items():
        ways[name] = instant.astimezone(timezone(offset)).isoformat(sep=" ")
    return ways[hand]


def asked(given: Asked, first: int, held: list, hand: str, **more: str) -> dict[str, Any]:
    question = {
        "calendar": given.question,
        "start": written(given.midnight + first * STEP, hand, given.walker.tz),
        "pauses": [
            [written(at, hand, given.walker.tz) for at in pause] for pause in pauses(given, held)
        ],
    }
    return lines.answer(json.dumps(question | more))


def pauses(given: Asked, held: list) -> Pauses:
    return [
        (given.midnight + begin * STEP, given.midnight + (begin + length) * STEP)
        for begin, length in held
    ]


@law
@given(calendars(), spots, st.integers(1, 60), spans, hands)
def test_minutes_are_due_where_the_walker_ends(
    given: Asked, first: int, amount: int, held: list, hand: str
) -> None:
    due = given.walker.add(given.midnight + first * STEP, amount * STEP, pauses(given, held))
    answer = asked(given, first, held, hand, amount=f"{amount * 30}m")
    assert answer == {"due": due.astimezone(ZoneInfo(given.walker.tz)).isoformat()}


@law
@given(calendars(), spots, st.integers(1, 12), spans, hands)
def test_parts_of_a_day_are_due_where_the_walker_ends(
    given: Asked, first: int, quarters: int, held: list, hand: str
) -> None:
    amount = given.standard * quarters / 2
    due = given.walker.add(given.midnight + first * STEP, amount, pauses(given, held))
    answer = asked(given, first, held, hand, amount=f"{quarters / 2}d")
    # Half of a standard day of half an hour ends between two of the walker's steps.
    assert timedelta() <= due - datetime.fromisoformat(answer["due"]) < STEP


@law
@given(calendars(), spots, st.integers(1, 4), spans, hands)
def test_working_days_close_where_the_walker_closes_them(
    given: Asked, first: int, days: int, held: list, hand: str
) -> None:
    due = given.walker.closing(given.midnight + first * STEP, days, pauses(given, held))
    answer = asked(given, first, held, hand, amount=f"{days}wd")
    assert answer == {"due": due.astimezone(ZoneInfo(given.walker.tz)).isoformat()}


@law
@given(calendars(), spots, st.integers(0, 400), spans, hands)
def test_elapsed_minutes_are_what_the_walker_counts(
    given: Asked, first: int, length: int, held: list, hand: str
) -> None:
    start = given.midnight + first * STEP
    end = start + length * STEP
    counted = given.walker.elapsed(start, end, pauses(given, held))
    answer = asked(given, first, held, hand, end=written(end, hand, given.walker.tz))
    assert answer == {"elapsed_minutes": counted // timedelta(minutes=1)}


@law
@given(calendars(), spots, st.integers(1, 10**8), spans)
def test_an_answer_asked_for_again_is_the_amount_to_the_microsecond(
    given: Asked, first: int, millionths: int, held: list
) -> None:
    amount = f"{millionths // 10**6}.{millionths % 10**6:06}m"
    answer = asked(given, first, held, "utc", amount=amount)
    (minutes,) = asked(given, first, held, "utc", end=answer["due"]).values()
    assert abs(minutes - float(amount[:-1])) < 1e-8
