"""Times and calendars that the examples are told in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from waterdesk.sla import Calendar

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

OFFICE = [(8 * 3600 + 1800, 12 * 3600), (13 * 3600 + 1800, 18 * 3600)]
"""08:30-12:00, 13:30-18:00: eight hours."""
WEEKDAYS = dict.fromkeys(range(5), OFFICE)
ALL_DAY = [(0, 86400)]

# 2026: 国务院办公厅, published 2025-11-04.
OFF_2026 = {
    date(2026, month, day): []
    for month, days in {
        1: [1, 2, 3],
        2: range(15, 24),
        4: [4, 5, 6],
        5: range(1, 6),
        6: [19, 20, 21],
        9: [25, 26, 27],
        10: range(1, 8),
    }.items()
    for day in days
}
WORK_2026 = {
    date(2026, month, day): OFFICE
    for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
}

YEAR_2026 = Calendar(WEEKDAYS, OFF_2026 | WORK_2026)


def at(text: str, tz: str = "Asia/Shanghai", fold: int = 0) -> datetime:
    """Read "2026-02-13 16:30" as wall time in `tz`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz), fold=fold)
