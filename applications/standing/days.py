"""The days of a standing: its end, its reviews, its reminders. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta


def plus_months(day: date, months: int) -> date:
    """The corresponding day so many months later; the month's last where it has none (民法典 202).

    Raises OverflowError beyond the year 9999.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        raise OverflowError(f"{day} + {months} months")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def passed_over(days: Iterable[int], today: date, ends_on: date | None) -> int | None:
    """The last reminder that would come with the beginning itself, which says nothing new.

    None where all of them still lie ahead.
    """
    if ends_on is None:
        return None
    left = (ends_on - today).days
    return min((each for each in days if each >= left), default=None)


def due_reminder(
    days: Iterable[int], told: int | None, ends_on: date | None, today: date
) -> int | None:
    """The reminder to be told today, by how many days it goes ahead; None: none.

    Of several that were missed only the last is left; once the end has passed there is none.
    """
    if ends_on is None or ends_on < today:
        return None
    left = (ends_on - today).days
    return min(
        (each for each in days if left <= each and (told is None or each < told)), default=None
    )


def next_day(days: Iterable[int], told: int | None, ends_on: date | None) -> date | None:
    """When there is something to do next: the first reminder that is left, else the day after."""
    if ends_on is None:
        return None
    ahead = max((each for each in days if told is None or each < told), default=None)
    return ends_on + timedelta(days=1) if ahead is None else ends_on - timedelta(days=ahead)


def next_reminder(days: Iterable[int], told: int | None, day: date | None) -> date | None:
    """When the first reminder before `day` that is left is told; None where there is none."""
    ahead = max((each for each in days if told is None or each < told), default=None)
    return None if day is None or ahead is None else day - timedelta(days=ahead)


def next_review(today: date, months: int | None, ends_on: date | None) -> date | None:
    """The next review after one of `today`; None where the end comes first anyhow."""
    if not months:
        return None
    day = plus_months(today, months)
    return None if ends_on is not None and day >= ends_on else day
