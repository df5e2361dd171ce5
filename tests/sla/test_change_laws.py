"""Law of the calendar on a real database: a change and its reverse restore every due time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import MINUTE, SHANGHAI, staff
from tests.sla import engine
from tests.sla.laws import EXAMPLES, law
from waterdesk.core import policy
from waterdesk.core.models import CalendarDay, Clock, Crossing, Promise, WorkCalendar
from waterdesk.core.recompute import recompute
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

# The last Thursday of a published year: the weekend, New Year and what nobody knows yet follow.
THURSDAY = datetime(2026, 12, 24, 10, 0, tzinfo=SHANGHAI)

desks = st.lists(st.integers(0, len(engine.KINDS) - 1), min_size=1, max_size=3)
lives = st.lists(
    st.tuples(st.sampled_from([1, 40, 200, 600, 1500]), st.integers(0, 2), st.integers(0, 79)),
    max_size=6,
)
shapes = st.sampled_from(
    [[], [["08:30", "12:00"], ["13:30", "18:00"]], [["10:00", "10:30"]], [["00:00", "24:00"]]]
)
changes = st.dictionaries(st.integers(-1, 14), shapes, min_size=1, max_size=4)
limits = st.sampled_from(
    [("workdays", "3"), ("minutes", "900"), ("days", "1.5"), ("natural", "99")]
)
few = settings(law, max_examples=max(8, EXAMPLES // 2))


@contextmanager
def desk(kinds: list[int], limit: tuple[str, str], life: list) -> Iterator[datetime]:
    """Cases that somebody has worked on, up to the instant that is given; gone afterwards."""
    with transaction.atomic():
        engine.furnish()
        Promise.objects.filter(code="answer").update(unit=limit[0], amount=limit[1])
        policy.forget()
        now, admin = THURSDAY, staff("admin")
        cases = [engine.KINDS[kind](now, place) for place, kind in enumerate(kinds)]
        for wait, place, choice in life:
            now += wait * MINUTE
            engine.attempt(cases[place % len(cases)], choice, now, admin)
        sweep(now)
        yield now
        assert list(verify(engine.Event.objects.order_by("case", "seq"))) == []
        transaction.set_rollback(True)
    policy.forget()


@contextmanager
def changed(days: dict[int, Any]) -> Iterator[None]:
    """The calendar with these days otherwise, and then as it was."""
    office = WorkCalendar.objects.get(code="office")
    dates = [THURSDAY.date() + timedelta(days=after) for after in days]
    before = list(CalendarDay.objects.filter(calendar=office, date__in=dates))
    replaced(office, dates, zip(dates, days.values(), strict=True))
    yield
    replaced(office, dates, [(row.date, row.windows) for row in before])


def replaced(office: WorkCalendar, dates: list, rows: Any) -> None:
    CalendarDay.objects.filter(calendar=office, date__in=dates).delete()
    for date, windows in rows:
        CalendarDay.objects.create(calendar=office, date=date, windows=windows)
    policy.forget()


def figures() -> list[dict[str, Any]]:
    return list(Clock.objects.order_by("pk").values())


@few
@given(desks, limits, lives, changes)
def test_with_time_held_still_every_figure_is_as_it_was(
    kinds: list[int], limit: tuple[str, str], life: list, days: dict
) -> None:
    with desk(kinds, limit, life) as now:
        before = figures()
        with changed(days):
            recompute(now)
        recompute(now)
        assert figures() == before


@few
@given(desks, limits, lives, changes, st.integers(1, 20_000))
def test_levels_that_fell_in_between_stay_and_everything_else_is_as_it_was(
    kinds: list[int], limit: tuple[str, str], life: list, days: dict, wait: int
) -> None:
    with desk(kinds, limit, life) as now:
        running = {clock.pk: clock for clock in Clock.objects.filter(case__paused_reason="")}
        fell = set(Crossing.objects.values_list("pk", flat=True))
        with changed(days):
            recompute(now)
            sweep(now + wait * MINUTE)
        recompute(now + wait * MINUTE)
        rung = set(Crossing.objects.exclude(pk__in=fell).values_list("clock", flat=True))
        after = {clock.pk: clock for clock in Clock.objects.filter(pk__in=running)}
        due = {pk: (clock.due_at, clock.provisional) for pk, clock in after.items()}
        assert due == {pk: (clock.due_at, clock.provisional) for pk, clock in running.items()}
        quiet = running.keys() - rung
        assert [after[pk].next_at for pk in quiet] == [running[pk].next_at for pk in quiet]
        assert engine.wrong_breaches() == []
        assert engine.wrong_waits(now + wait * MINUTE) == []
