"""The account of one count: what each local day gave to it, and what it took, up to the due time.

Where `Count` answers when, this answers why. The rows add up to the limit, and the last one ends
at the due time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from .calendar import ROUND_THE_CLOCK, Calendar
from .clock import Count, Limit, Unit
from .meter import Pause, utc

ONE_DAY = timedelta(days=1)
NOTHING = timedelta()


class Kind(StrEnum):
    """What a day is in the calendar."""

    WORK = "work"
    """Open as its weekday is."""
    REST = "rest"
    """Closed as its weekday is."""
    OFF = "off"
    """Named by the calendar as a day off."""
    MAKE_UP = "make_up"
    """Open, though its weekday is closed."""
    SPECIAL = "special"
    """Open, at other hours than its weekday."""
    NATURAL = "natural"
    """Counted around the clock, whatever it is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Opening time from `start` to `end` (UTC), counted unless `pause` says which one took it."""

    start: datetime
    end: datetime
    pause: int | None = None
    """The place of the pause among those given; of several that hold, the first."""

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Row:
    """One local day between the start and the end of the account."""

    day: date
    kind: Kind
    pieces: tuple[Piece, ...]
    """Its opening time after the start and before the end, in order."""
    total: timedelta
    """Counted from the start up to the end of this row."""
    number: int | None = None
    """Which working day of a civil count this is; None where it is none, or time is counted."""

    @property
    def counted(self) -> timedelta:
        return sum((p.length for p in self.pieces if p.pause is None), NOTHING)


@dataclass(frozen=True, slots=True)
class Account:
    """All days of one count, from its start to its due time.

    `due` is None while a pause without an end stands before it; the rows then go on to `end`, as
    far as somebody asked. `lost` is the opening time that each pause took, in the order given.
    """

    start: datetime
    end: datetime
    due: datetime | None
    limit: timedelta
    rows: tuple[Row, ...]
    lost: tuple[timedelta, ...]

    @property
    def counted(self) -> timedelta:
        """All that was counted: the limit, once there is a due time."""
        return self.rows[-1].total

    @property
    def counts_from(self) -> datetime | None:
        """The first counted instant (UTC); None if nothing is counted by the end."""
        pieces = (p for row in self.rows for p in row.pieces if p.pause is None)
        return next((p.start for p in pieces), None)


def account(
    calendar: Calendar,
    start: datetime,
    limit: Limit,
    pauses: Iterable[Pause] = (),
    now: datetime | None = None,
) -> Account:
    """Replay one count day by day; the days are those of the calendar's zone, also round the clock.

    While a pause without an end hides the due time, the rows end at `now`, or where that pause
    begins if this is later or no `now` is given.
    Raises ClockError for naive times, CalendarError where `Count.due` does.
    """
    start, pauses = utc(start), tuple(pauses)
    count = Count(calendar, start, limit, pauses)
    due = count.due()
    end = due if due is not None else _shown_until(start, pauses, now)
    counting = ROUND_THE_CLOCK if limit.unit is Unit.NATURAL else calendar
    rows: list[Row] = []
    total, number = NOTHING, 0
    for day, opens, closes in _days(start, end, calendar.tz):
        windows = counting.windows(max(opens, start), min(closes, end))
        pieces = tuple(piece for window in windows for piece in _cut(*window, pauses))
        total += sum((p.length for p in pieces if p.pause is None), NOTHING)
        closed = bool(rows and pieces) and not calendar.elapsed(pieces[-1].end, closes)
        held = closed and pieces[-1].pause is not None
        nth = limit.unit is Unit.WORKDAYS and closed and not held
        number += nth
        kind = Kind.NATURAL if limit.unit is Unit.NATURAL else kind_of(calendar, day)
        rows.append(Row(day, kind, pieces, total, number if nth else None))
    return Account(start, end, due, count.limit, tuple(rows), _lost(rows, len(pauses)))


def kind_of(calendar: Calendar, day: date) -> Kind:
    """What this date is in the calendar."""
    usual = calendar.weekly[day.weekday()]
    windows = calendar.days.get(day)
    if windows is None:
        return Kind.WORK if usual else Kind.REST
    if not windows:
        return Kind.OFF
    if not usual:
        return Kind.MAKE_UP
    return Kind.WORK if windows == usual else Kind.SPECIAL


def _shown_until(start: datetime, pauses: Sequence[Pause], now: datetime | None) -> datetime:
    wall = min(pause.start for pause in pauses if pause.end is None)
    return max(start, wall, start if now is None else utc(now))


def _days(
    start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime, datetime]]:
    """Yield (date, its midnight, the next one) from `start` to `end`, which may be a midnight.

    An end at 24:00 belongs to the day that it ends. At least one day is yielded.
    """
    day = start.astimezone(zone).date()
    opens = _midnight(day, zone)
    while True:
        closes = _midnight(day + ONE_DAY, zone)
        yield day, opens, closes
        if closes >= end:
            return
        day, opens = day + ONE_DAY, closes


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _cut(opens: datetime, closes: datetime, pauses: Sequence[Pause]) -> Iterator[Piece]:
    """Yield a window in pieces, each counted or in one pause."""
    edges = {opens, closes}
    for pause in pauses:
        if pause.start != pause.end:
            edges.update(at for at in (pause.start, pause.end) if at and opens < at < closes)
    for since, until in pairwise(sorted(edges)):
        yield Piece(since, until, _held_by(since, pauses))


def _held_by(instant: datetime, pauses: Sequence[Pause]) -> int | None:
    held = (
        place
        for place, pause in enumerate(pauses)
        if pause.start <= instant and (pause.end is None or instant < pause.end)
    )
    return next(held, None)


def _lost(rows: Iterable[Row], pauses: int) -> tuple[timedelta, ...]:
    lost = [NOTHING] * pauses
    for row in rows:
        for piece in row.pieces:
            if piece.pause is not None:
                lost[piece.pause] += piece.length
    return tuple(lost)
