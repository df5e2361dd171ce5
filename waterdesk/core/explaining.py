"""Why a clock is due when it is: its account by day, with the names of days, pauses and sources.

Facts alone: codes, instants, durations, and the names that configuration gives. Putting them into
sentences is the pages' part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from waterdesk.core.clocks import limit_of
from waterdesk.sla.account import Account, Kind, Row, account
from waterdesk.sla.clock import Count, Unit
from waterdesk.sla.clock import Pause as Interval

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Pause
    from waterdesk.core.models.clocks import Clock
    from waterdesk.core.policy import Policy

# Days that somebody counting on a wall calendar would get wrong: these are named and summed.
REMARKABLE = (Kind.REST, Kind.OFF, Kind.MAKE_UP, Kind.SPECIAL)


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the account, and what the calendar calls that day, with the source."""

    row: Row
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Standstill:
    """One pause of the case: `lost` is the time it kept from this clock.

    `stops` is False for a reason that this promise does not allow. `note` and `author` are the
    staff's own words: empty for customers.
    """

    reason: str
    name: str
    started_at: datetime
    ended_at: datetime | None
    stops: bool
    lost: timedelta
    note: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """So many days of one kind and name lie between the start and the end."""

    kind: Kind
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that speaks for one due time.

    `reckoned` is the due time that the calendar and the pauses give as they stand now, while paused
    as if counting resumed at once; `agrees` says whether it is the one the clock was given.
    `used` is counted up to `now`, or up to where the clock was stopped; `gross` is the calendar
    time in between, nights, days off and pauses included.
    `published_until` is the last day of a published holiday schedule, when the due day lies beyond.
    """

    clock: Clock
    account: Account
    days: tuple[Day, ...]
    pauses: tuple[Standstill, ...]
    """Those that stop this clock come first: a piece of the account names them by their place."""
    sums: tuple[Sum, ...]
    used: timedelta
    gross: timedelta
    reckoned: datetime
    published_until: date | None

    @property
    def kept_as_told(self) -> bool:
        """Whether it stopped while its due time was provisional: the customer was told that one.

        It was judged by it, and no notice that is published later changes that.
        """
        return self.clock.provisional and self.clock.stopped_at is not None

    @property
    def agrees(self) -> bool:
        return self.reckoned == self.clock.due_at

    @property
    def remaining(self) -> timedelta:
        """What is still to be counted after the last row: something only while paused."""
        return self.account.limit - self.account.counted


def explain(
    clock: Clock, pauses: Iterable[Pause], policy: Policy, now: datetime, *, staff: bool
) -> Explanation:
    """Replay one clock for reading; `pauses` are all of its case. Nothing is written.

    A clock that has stopped is explained as it stood then: pauses after it are left out.
    """
    known = [p for p in pauses if clock.stopped_at is None or p.started_at < clock.stopped_at]
    counted = [p for p in known if p.reason in clock.pause_reasons]
    calendar = policy.calendars[clock.calendar_id]
    limit = limit_of(clock.amount, clock.granted, clock.unit)
    intervals = [Interval(p.started_at, _end_known(p, clock)) for p in counted]
    until = clock.stopped_at or now
    told = account(calendar, clock.started_at, limit, intervals, until)
    count = Count(calendar, clock.started_at, limit, intervals)
    held = next((interval.start for interval in intervals if interval.end is None), None)
    named = policy.special_days.get(clock.calendar_id, {})
    days = tuple(
        Day(row, special.name, special.source)
        if limit.unit is not Unit.NATURAL and (special := named.get(row.day))
        else Day(row)
        for row in told.rows
    )
    stops = [
        _standstill(p, policy, staff, lost) for p, lost in zip(counted, told.lost, strict=True)
    ]
    others = [_standstill(p, policy, staff, None) for p in known if p not in counted and staff]
    return Explanation(
        clock,
        told,
        days,
        (*stops, *others),
        _sums(days),
        used=count.used(until),
        gross=max(until - clock.started_at, timedelta()),
        reckoned=told.due or count.due(now=held),
        published_until=_published_until(clock, policy),
    )


def _published_until(clock: Clock, policy: Policy) -> date | None:
    """The last published day where the due day lies beyond it; a notice may have come since."""
    until = policy.published_until.get(clock.calendar_id)
    if not clock.provisional or until is None:
        return None
    return until if timezone.localtime(clock.due_at).date() > until else None


def _end_known(pause: Pause, clock: Clock) -> datetime | None:
    """When a pause ended; one that outlasts the clock never ended for it."""
    if pause.ended_at and clock.stopped_at and pause.ended_at > clock.stopped_at:
        return None
    return pause.ended_at


def _standstill(pause: Pause, policy: Policy, staff: bool, lost: timedelta | None) -> Standstill:
    return Standstill(
        reason=pause.reason,
        name=policy.reason("pause", pause.reason),
        started_at=pause.started_at,
        ended_at=pause.ended_at,
        stops=lost is not None,
        lost=lost or timedelta(),
        note=pause.note if staff else "",
        author=str(pause.author) if staff and pause.author else "",
    )


def _sums(days: Iterable[Day]) -> tuple[Sum, ...]:
    found = Counter((day.row.kind, day.name) for day in days if day.row.kind in REMARKABLE)
    return tuple(Sum(kind, name, many) for (kind, name), many in found.items())
