"""What a what-if is made of: what is supposed, a clock as it ran, and the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Func

from waterdesk.core.models.clocks import Clock
from waterdesk.sla.clock import Limit


class Verdict(StrEnum):
    """How a clock ended; OPEN is one that still runs, or stands, within its limit."""

    KEPT = "kept"
    LATE = "late"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed, of the clocks of one promise or ("") of all.

    `name` narrows a code that several promises share. None and the empty set leave things as they
    were.
    """

    code: str = ""
    name: str = ""
    limit: Limit | None = None
    calendar_id: int | None = None
    dropped: frozenset[str] = frozenset()

    @property
    def is_nothing(self) -> bool:
        return self.limit is None and self.calendar_id is None and not self.dropped


class Ran(NamedTuple):
    """One clock as it ran; instants are in UTC."""

    case_id: int
    number: str
    area_id: int
    code: str
    name: str
    amount: Decimal
    granted: Decimal
    unit: str
    calendar_id: int
    pause_reasons: list[str]
    state: str
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime
    breached_at: datetime | None

    @property
    def late_from(self) -> datetime | None:
        """When it was late on record, or is although no sweep has said so yet; None: never."""
        if self.state == Clock.State.RUNNING and self.stopped_at is None:
            return self.due_at
        return self.breached_at


class Microseconds(Func):
    """An instant as whole microseconds since 1970: read many times faster than text."""

    template = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


INSTANTS = ("started_at", "stopped_at", "due_at", "breached_at")
COLUMNS = [
    Microseconds(name) if name in INSTANTS else "case__number" if name == "number" else name
    for name in Ran._fields
]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ran(row: tuple[Any, ...]) -> Ran:
    """The clock of a row of COLUMNS; its instants come last, in the order of INSTANTS."""
    *plain, started, stopped, due, breached = row
    return Ran(*plain, _at(started), stopped and _at(stopped), _at(due), breached and _at(breached))


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


@dataclass(slots=True)
class Tally:
    """How many clocks ended how."""

    kept: int = 0
    late: int = 0
    open: int = 0

    def add(self, verdict: Verdict, times: int = 1) -> None:
        match verdict:
            case Verdict.KEPT:
                self.kept += times
            case Verdict.LATE:
                self.late += times
            case Verdict.OPEN:
                self.open += times

    @property
    def share(self) -> float | None:
        """The per cent in time of those decided, to a tenth, never up to 100 by rounding."""
        decided = self.kept + self.late
        return self.kept * 1000 // decided / 10 if decided else None


@dataclass(slots=True)
class Compared:
    """As it was beside as it would have been."""

    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)

    def add(self, before: Verdict, after: Verdict, times: int) -> None:
        self.before.add(before, times)
        self.after.add(after, times)


@dataclass(frozen=True, slots=True)
class Changed:
    """A clock that would have ended otherwise. `due_after` None: not before its pause ends."""

    clock: Ran
    before: Verdict
    after: Verdict
    due_after: datetime | None

    def missed_by(self, now: datetime) -> timedelta | None:
        """From the supposed due time to the end (`now` while it runs): negative is time to spare.

        Wall time.
        """
        return None if self.due_after is None else (self.clock.stopped_at or now) - self.due_after


@dataclass(slots=True)
class Outcome:
    """Figures over all clocks, by area id and by promise code, and what changed, newest first.

    `changed` holds only those places of the list that were asked for, `changed_count` counts all.
    """

    total: Compared = field(default_factory=Compared)
    areas: dict[int, Compared] = field(default_factory=dict)
    promises: dict[str, Compared] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
    changed_count: int = 0
    moved: int = 0
    """How many have another due time, whether or not they end otherwise."""

    @property
    def count(self) -> int:
        tally = self.total.before
        return tally.kept + tally.late + tally.open

    def add(self, area: int, code: str, before: Verdict, after: Verdict, times: int) -> None:
        self.total.add(before, after, times)
        self.areas.setdefault(area, Compared()).add(before, after, times)
        self.promises.setdefault(code, Compared()).add(before, after, times)
