"""Periods as people mean them: whole days and whole months where the desk is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from waterdesk.core import periods
from waterdesk.core.errors import Invalid
from waterdesk.core.periods import Period

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def test_a_day_begins_and_ends_at_the_desks_own_midnight():
    assert NOVEMBER.begins == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert NOVEMBER.ends == datetime(2026, 11, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 31), 31),
        (date(2026, 2, 1), 28),
        (date(2028, 2, 29), 29),
        (date(2026, 12, 31), 31),
    ],
)
def test_a_month_ends_with_its_last_day(day, last):
    assert periods.month(day) == Period(day.replace(day=1), day.replace(day=last))


@pytest.mark.parametrize(
    ("many", "first"), [(1, date(2026, 11, 1)), (11, date(2026, 1, 1)), (12, date(2025, 12, 1))]
)
def test_the_last_months_end_with_this_one(many, first):
    assert periods.months(many, date(2026, 11, 16)) == Period(first, date(2026, 11, 30))


def test_a_year_is_the_longest_that_may_be_asked_for():
    since = date(2026, 1, 1)
    periods.check(since, since + timedelta(days=365))
    with pytest.raises(Invalid) as refusal:
        periods.check(since, since + timedelta(days=366))
    assert list(refusal.value.fields) == ["until"]


def test_a_period_does_not_end_before_it_begins():
    with pytest.raises(Invalid):
        periods.check(date(2026, 11, 2), date(2026, 11, 1))
