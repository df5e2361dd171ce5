"""The periods that a period is set beside."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterdesk.core import spans
from waterdesk.core.periods import Period, month

DAYS = st.dates(date(2005, 1, 1), date(2090, 12, 31))
LENGTHS = st.integers(0, 365)


def period(since, until):
    return Period(date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("asked", "before", "year"),
    [
        # A whole month stands beside a whole month, however long that was.
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31"), ("2025-01-01", "2025-01-31")),
        (("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31"), ("2024-02-01", "2024-02-29")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        (("2026-07-01", "2026-09-30"), ("2026-04-01", "2026-06-30"), ("2025-07-01", "2025-09-30")),
        # Anything else stands beside as many days.
        (("2026-11-09", "2026-11-15"), ("2026-11-02", "2026-11-08"), ("2025-11-09", "2025-11-15")),
        (("2024-02-29", "2024-02-29"), ("2024-02-28", "2024-02-28"), ("2023-02-28", "2023-02-28")),
    ],
)
def test_a_period_stands_beside_the_one_before_and_its_own_of_a_year_ago(asked, before, year):
    asked = period(*asked)
    assert spans.before(asked) == period(*before)
    assert spans.year_before(asked) == period(*year)


@given(DAYS, LENGTHS)
def test_the_period_before_ends_where_this_one_begins(since, length):
    asked = Period(since, since + timedelta(days=length), frozenset({7}))
    before = spans.before(asked)
    assert before.until + timedelta(days=1) == since
    assert before.since <= before.until
    assert before.areas == asked.areas


@given(DAYS)
def test_whole_months_stay_whole_months(day):
    asked = month(day)
    for beside in (spans.before(asked), spans.year_before(asked)):
        assert beside == month(beside.since)
