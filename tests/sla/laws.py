"""What the laws draw from: calendars, instants and pauses on a grid that the walker can follow."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.sla.moments import ALL_DAY, OFFICE, WORK_2026, YEAR_2026
from tests.sla.walker import Pauses, Walker
from waterdesk.sla import Calendar, Count, Limit, Pause, Unit

STEP = timedelta(minutes=30)

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "20"))

law = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="LAW_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
"""Few and always the same examples, so that the suite stays quick and never fails by chance.

LAW_EXAMPLES=5000 looks harder, at other examples each time.
"""


class Read(NamedTuple):
    """One calendar, as the arithmetic and as the walker read it, and a day on which it is tried."""

    calendar: Calendar
    walker: Walker
    midnight: datetime


def _read(day: date, tz: str, weekly: dict, days: dict) -> Read:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tz)).astimezone(UTC)
    return Read(Calendar(weekly, days, tz), Walker(weekly, days, tz, STEP), midnight)


_split = [(0, 6 * 3600), (9 * 3600, 9 * 3600 + 1800), (22 * 3600, 86400)]
_night = dict.fromkeys(range(7), _split)
_thin = {2: [(84600, 86400)], 3: [(0, 1800)], 6: [(3600, 3 * 3600)]}

READS = [
    _read(
        date(2026, 2, 13), "Asia/Shanghai", dict.fromkeys(range(5), OFFICE), dict(YEAR_2026.days)
    ),
    _read(date(2025, 12, 30), "Asia/Shanghai", dict.fromkeys(range(5), OFFICE), WORK_2026),
    _read(date(2024, 2, 28), "Asia/Shanghai", _night, {date(2024, 2, 29): ALL_DAY}),
    _read(date(2026, 3, 6), "America/New_York", _night, {}),
    _read(date(2026, 10, 31), "America/New_York", _thin | {0: OFFICE, 5: ALL_DAY}, {}),
    _read(date(2026, 4, 3), "Australia/Lord_Howe", dict.fromkeys(range(7), ALL_DAY), {}),
    _read(date(2026, 10, 2), "Australia/Lord_Howe", _night, {date(2026, 10, 5): []}),
    _read(date(1986, 5, 2), "Asia/Shanghai", _night, {}),
]
"""Made once, for building a calendar is slower than asking it."""

reads = st.sampled_from(READS)
steps = st.integers(0, 6 * 48)
"""Steps from midnight: six days."""
amounts = st.integers(0, 24)
microseconds = st.integers(0, 40 * 3600 * 10**6)
pause_steps = st.lists(st.tuples(steps, st.integers(0, 60)), max_size=4)
"""(first step, number of steps) of each pause."""
limits = st.one_of(
    st.builds(Limit, st.integers(1, 24 * 30).map(Decimal), st.just(Unit.MINUTES)),
    st.builds(Limit, st.integers(1, 48).map(lambda n: Decimal(n) / 16), st.just(Unit.DAYS)),
    st.builds(Limit, st.integers(1, 3).map(Decimal), st.just(Unit.WORKDAYS)),
    st.builds(Limit, st.integers(1, 24 * 60).map(Decimal), st.just(Unit.NATURAL)),
)


def between(midnight: datetime, spans: list[tuple[int, int]]) -> Pauses:
    """Return pauses as (from, to)."""
    return [(midnight + a * STEP, midnight + (a + n) * STEP) for a, n in spans]


def counted(read: Read, start: datetime, limit: Limit, pauses: Pauses) -> Count:
    return Count(read.calendar, start, limit, [Pause(a, b) for a, b in pauses])
