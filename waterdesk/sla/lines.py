"""The questions of `manage.py due`, one JSON object a line, and their answers.

    {"calendar": {"weekly": {"mon": [["08:30", "12:00"], ["13:30", "18:00"]]},
                  "holidays": ["2026-10-01"],
                  "extra_workdays": {"2026-10-10": [["08:30", "12:00"]]},
                  "tz": "Asia/Shanghai"},
     "start": "2026-09-30T16:30", "amount": "240m",
     "pauses": [["2026-10-10T09:00", "2026-10-10T10:00"]]}

`amount` is working minutes (`240m`), parts of the calendar's standard day as working time (`0.5d`)
or whole working days by civil count (`3wd`); the answer is {"due": …} in the calendar's zone. With
`end` in place of `amount` it is {"elapsed_minutes": …}: opening time, net of the pauses.

Windows are HH:MM or HH:MM:SS; 24:00 closes a day. A time without an offset is wall time in the
calendar's zone, the first of the two when the clock is set back. An extra workday wins over a
holiday; a bare list of extra workdays gives them the windows of the first weekday that is as long
as the standard day. A pause that ends with null is still open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from reprlib import repr as shown

from .calendar import WEEKDAYS, Calendar
from .clock import Count, Limit, Unit
from .errors import LineError, SlaError
from .meter import Meter, Pause, utc

UNITS = {"m": Unit.MINUTES, "d": Unit.DAYS, "wd": Unit.WORKDAYS}

_AMOUNT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)(m|d|wd)")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?")
_MINUTE = timedelta(minutes=1)


def answer(line: bytes | str) -> dict[str, str | int | float]:
    """Answer one line with {"due"} or {"elapsed_minutes"}; with {"error"} what it cannot answer."""
    try:
        return _answer(line)
    except SlaError as refusal:
        return {"error": str(refusal)}
    except RecursionError:
        return {"error": "the line is nested too deep"}


def _answer(line: bytes | str) -> dict[str, str | int | float]:
    try:
        question = json.loads(line)
    except ValueError as fault:
        raise LineError(f"not JSON: {fault}") from None
    _check_keys("the line", question, ("calendar", "start", "amount", "end", "pauses"))
    if ("amount" in question) == ("end" in question):
        raise LineError("give either an amount or an end")
    # The text is the key under which equal calendars, and the tables they have built, are shared.
    calendar = _calendar(json.dumps(question.get("calendar"), sort_keys=True))
    start = _instant("start", question.get("start"), calendar)
    pauses = [_pause(pair, calendar) for pair in _list("pauses", question.get("pauses", []))]
    if "end" in question:
        end = _instant("end", question["end"], calendar)
        return {"elapsed_minutes": _elapsed_minutes(calendar, start, end, pauses)}
    due = _due(calendar, start, question["amount"], pauses)
    return {"due": due.astimezone(calendar.tz).isoformat()}


def _due(calendar: Calendar, start: datetime, amount: object, pauses: list[Pause]) -> datetime:
    match = isinstance(amount, str) and _AMOUNT.fullmatch(amount)
    if not match:
        raise LineError(f"{shown(amount)} is not an amount such as 240m, 0.5d or 3wd")
    number, unit = Decimal(match[1]), UNITS[match[2]]
    if not number:
        return calendar.add(start, timedelta())
    due = Count(calendar, start, Limit(number, unit), pauses).due()
    if due is None:
        raise LineError("a pause that has not ended leaves the due time open")
    return due


def _elapsed_minutes(
    calendar: Calendar, start: datetime, end: datetime, pauses: list[Pause]
) -> int | float:
    if end < start:
        raise LineError(f"the end, {end}, lies before the start, {start}")
    elapsed = Meter(calendar, start, pauses).used(end)
    return elapsed / _MINUTE if elapsed % _MINUTE else elapsed // _MINUTE


@lru_cache(maxsize=64)
def _calendar(text: str) -> Calendar:
    given = json.loads(text)
    _check_keys("calendar", given, ("weekly", "holidays", "extra_workdays", "tz"))
    weekly, tz = given.get("weekly", {}), given.get("tz", "Asia/Shanghai")
    _check_keys("weekly", weekly, WEEKDAYS)
    if not isinstance(tz, str):
        raise LineError(f"tz is the name of a time zone, not {shown(tz)}")
    week = {WEEKDAYS.index(name): _windows(name, day) for name, day in weekly.items()}
    days: dict[date, Sequence[tuple[int, int]]] = {}
    for day in _list("holidays", given.get("holidays", [])):
        days[_date(day)] = ()
    extra = given.get("extra_workdays", {})
    if isinstance(extra, list):
        usual = _usual_day(Calendar(week, tz=tz)) if extra else ()
        days |= {_date(day): usual for day in extra}
    else:
        _check_keys("extra_workdays", extra)
        days |= {_date(day): _windows(day, given) for day, given in extra.items()}
        for day in (day for day, given in extra.items() if not given):
            raise LineError(f"extra_workdays: {day} has no opening window")
    return Calendar(week, days, tz)


def _usual_day(calendar: Calendar) -> Sequence[tuple[int, int]]:
    """Return the windows of the first weekday that is as long as the standard day."""
    long = calendar.standard_day // timedelta(seconds=1)
    return next(day for day in calendar.weekly if sum(b - a for a, b in day) == long)


def _pause(pair: object, calendar: Calendar) -> Pause:
    match pair:
        case [start, None]:
            return Pause(_instant("pause", start, calendar))
        case [start, end]:
            return Pause(_instant("pause", start, calendar), _instant("pause", end, calendar))
    raise LineError(f"a pause is [from, to], not {shown(pair)}")


def _instant(name: str, text: object, calendar: Calendar) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise LineError(f"{name}: {shown(text)} is not a time in ISO 8601") from None
    return utc(instant if instant.tzinfo else instant.replace(tzinfo=calendar.tz))


def _date(text: object) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise LineError(f"{shown(text)} is not a date in ISO 8601") from None


def _windows(name: str, given: object) -> list[tuple[int, int]]:
    windows = []
    for pair in _list(name, given):
        match pair:
            case [str(opens), str(closes)]:
                windows.append((_second(name, opens), _second(name, closes)))
            case _:
                raise LineError(f"{name}: a window is [opens, closes], not {shown(pair)}")
    return windows


def _second(name: str, text: str) -> int:
    """Return the second of the day; that it is at most 24:00 is for the calendar to say."""
    match = _CLOCK.fullmatch(text)
    if not match:
        raise LineError(f"{name}: {shown(text)} is not a time of day such as 08:30")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _list(name: str, given: object) -> list[object]:
    if not isinstance(given, list):
        raise LineError(f"{name}: a list is wanted, not {shown(given)}")
    return given


def _check_keys(name: str, given: object, known: Collection[str] | None = None) -> None:
    if not isinstance(given, dict):
        raise LineError(f"{name}: an object is wanted, not {shown(given)}")
    for key in given:
        if known is not None and key not in known:
            raise LineError(f"{name}: {shown(key)} is not one of {', '.join(known)}")
