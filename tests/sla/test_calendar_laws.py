"""Laws of the calendar, with the walker as referee."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.sla.laws import READS, STEP, Read, amounts, law, microseconds, reads, steps
from waterdesk.sla import Calendar, CalendarError

days_of_windows = st.lists(
    st.tuples(st.integers(-1, 25), st.integers(-1, 25)).map(lambda w: (w[0] * 3600, w[1] * 3600)),
    max_size=3,
)


@law
@given(reads, steps, amounts)
def test_add_ends_where_the_walker_ends(read: Read, first: int, amount: int) -> None:
    start = read.midnight + first * STEP
    assert read.calendar.add(start, amount * STEP) == read.walker.add(start, amount * STEP)


@law
@given(reads, steps, steps)
def test_elapsed_is_what_the_walker_counts(read: Read, first: int, length: int) -> None:
    start = read.midnight + first * STEP
    end = start + length * STEP
    assert read.calendar.elapsed(start, end) == read.walker.elapsed(start, end)


@law
@given(reads, steps, st.integers(1, 4))
def test_a_working_day_closes_where_the_walker_leaves_it(read: Read, first: int, n: int) -> None:
    start = read.midnight + first * STEP
    assert read.calendar.closing(start, n) == read.walker.closing(start, n)


@law
@given(reads, microseconds, microseconds)
def test_elapsed_undoes_add_for_every_microsecond(read: Read, first: int, amount: int) -> None:
    start = read.midnight + timedelta(microseconds=first)
    x = timedelta(microseconds=amount)
    assert read.calendar.elapsed(start, read.calendar.add(start, x)) == x


@law
@given(reads, microseconds, microseconds, microseconds)
def test_adding_twice_is_adding_once(read: Read, first: int, a: int, b: int) -> None:
    start = read.midnight + timedelta(microseconds=first)
    x, y = timedelta(microseconds=a), timedelta(microseconds=b)
    assert read.calendar.add(read.calendar.add(start, x), y) == read.calendar.add(start, x + y)


@law
@given(reads, microseconds, microseconds)
def test_time_just_before_a_deadline_is_open(read: Read, first: int, amount: int) -> None:
    assume(amount)
    start = read.midnight + timedelta(microseconds=first)
    due = read.calendar.add(start, timedelta(microseconds=amount))
    assert read.walker.is_open(due - timedelta.resolution)


@law
@given(reads, microseconds, microseconds)
def test_listed_windows_add_up_to_elapsed(read: Read, first: int, length: int) -> None:
    start = read.midnight + timedelta(microseconds=first)
    end = start + timedelta(microseconds=length)
    listed = list(read.calendar.windows(start, end))
    total = sum((closes - opens for opens, closes in listed), timedelta())
    assert total == read.calendar.elapsed(start, end)
    assert all(a[1] < b[0] for a, b in pairwise(listed))
    assert all(start <= opens < closes <= end for opens, closes in listed)


@law
@given(st.dictionaries(st.integers(0, 6), days_of_windows, max_size=3))
def test_a_calendar_is_refused_exactly_when_it_makes_no_sense(weekly: dict) -> None:
    days = [sorted(day) for day in weekly.values()]
    sound = all(0 <= a < b <= 86400 for day in days for a, b in day)
    apart = all(x[1] <= y[0] for day in days for x, y in pairwise(day))
    try:
        taken = bool(Calendar(weekly))
    except CalendarError:
        taken = False
    assert taken == (sound and apart and any(days))


def test_a_table_grown_in_any_order_gives_the_same_answers() -> None:
    read = READS[3]
    fresh = Calendar(read.walker.weekly, read.walker.days, read.walker.tz)
    years = [n * timedelta(days=365) for n in (0, 3, -3, 5, 1)]
    asked = [fresh.add(read.midnight + year, 1000 * STEP) for year in years]
    again = [read.calendar.add(read.midnight + year, 1000 * STEP) for year in reversed(years)]
    assert asked == again[::-1]
