"""What a calendar is made of: opening windows, the standard day, the zone. Checked here, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

from .errors import CalendarError
from .table import DAY, Windows


def day_windows(name: str, given: Sequence[tuple[int, int]]) -> Windows:
    """Return one day's windows in order, those that touch merged into one.

    `name` is the day, for the refusal: windows lie within 0..86400, open before they close, and
    do not overlap.
    """
    merged: list[tuple[int, int]] = []
    for opens, closes in sorted(given):
        if type(opens) is not int or type(closes) is not int:
            raise CalendarError(f"{name}: windows are whole seconds, not {opens!r}-{closes!r}")
        if not 0 <= opens < closes <= DAY:
            raise CalendarError(
                f"{name}: {clock(opens)}-{clock(closes)} does not open and then close in one day"
            )
        if merged and opens < merged[-1][1]:
            raise CalendarError(
                f"{name}: {clock(opens)}-{clock(closes)} overlaps the window before it,"
                f" {clock(merged[-1][0])}-{clock(merged[-1][1])}"
            )
        if merged and opens == merged[-1][1]:
            opens = merged.pop()[0]
        merged.append((opens, closes))
    return tuple(merged)


def common_day(weekly: Iterable[Windows], days: Iterable[Windows]) -> timedelta:
    """Return the most common total of the open weekdays, the longest of equally common ones.

    A calendar of single dates alone takes it from those. Raises CalendarError if nothing is open.
    """
    weekly = [day for day in weekly if day] or [day for day in days if day]
    if not weekly:
        raise CalendarError("the calendar is empty: no day has an opening window")
    totals = Counter(sum(closes - opens for opens, closes in day) for day in weekly)
    return timedelta(seconds=max(totals, key=lambda total: (totals[total], total)))


def known_zone(name: str) -> ZoneInfo:
    """Return the time zone of this IANA name, or raise CalendarError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of zones
        if not available_timezones():
            raise CalendarError(
                "this machine has no time zone data: install the tzdata package"
            ) from None
        raise CalendarError(f"{name!r} is not a time zone known here") from None


def clock(second: int) -> str:
    """Return a second of the day as people write it: 08:30, 08:30:15, 24:00."""
    minutes, seconds = divmod(second, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
