"""Whether a work calendar opens at all from now on: one that does not stops every clock on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from waterdesk.core.policy import calendar, read_windows
from waterdesk.sla.errors import CalendarError

INSTANT = timedelta.resolution


class NeverOpens(CalendarError):
    """A calendar without opening time within the horizon."""


def check(weekly: Mapping[str, Any], days: Mapping[date, Any], tz: str, now: datetime) -> None:
    """Refuse a calendar whose rows give no opening time within the horizon from `now` (aware).

    `days` are the windows of single days as rows keep them. Raises NeverOpens, a CalendarError for
    windows that overlap, and for what is no windows at all what reading it raises: AttributeError,
    TypeError or ValueError.
    """
    read = {day: read_windows(windows) for day, windows in days.items()}
    if not (any(weekly.values()) or any(read.values())):
        raise NeverOpens("no opening time on any day")
    made = calendar(weekly, read, tz)
    try:
        made.add(now, INSTANT)
    except CalendarError as fault:
        raise NeverOpens(str(fault)) from fault
