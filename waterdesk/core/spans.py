"""The periods that a period is set beside: the one before it, and its own of the year before."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from waterdesk.core.periods import Period

AnyPeriod = TypeVar("AnyPeriod", bound=Period)
ONE_DAY = timedelta(days=1)


def before(asked: AnyPeriod) -> AnyPeriod:
    """As many whole months before whole months, otherwise as many days."""
    until = asked.since - ONE_DAY
    if _whole_months(asked):
        many = (asked.until.year - asked.since.year) * 12 + asked.until.month - asked.since.month
        count = until.year * 12 + until.month - 1 - many
        return replace(asked, since=date(count // 12, count % 12 + 1, 1), until=until)
    return replace(asked, since=asked.since - (asked.until - asked.since) - ONE_DAY, until=until)


def year_before(asked: AnyPeriod) -> AnyPeriod:
    """The same days of the year before; a whole February stays one, 29 February is the 28th."""
    until = _earlier(asked.until)
    if _whole_months(asked):
        until = until.replace(day=monthrange(until.year, until.month)[1])
    return replace(asked, since=_earlier(asked.since), until=until)


def _whole_months(asked: Period) -> bool:
    last = monthrange(asked.until.year, asked.until.month)[1]
    return asked.since.day == 1 and asked.until.day == last


def _earlier(day: date) -> date:
    most = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, most))
