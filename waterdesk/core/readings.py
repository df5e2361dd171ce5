"""A clock as a plain row, and what its replay makes of it.

A row of a model costs many times what its replay costs. core.clocks asks of a clock no more than a
Reading has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from waterdesk.core import clocks as timing
from waterdesk.core.policy import Policy
from waterdesk.core.shapes import Figures, Key
from waterdesk.sla.errors import SlaError


@dataclass(frozen=True, slots=True)
class Scope:
    """Which clocks to look at: all open ones unless told otherwise.

    Those of one calendar; of these, where only days from `first` on changed, those with something
    still to come there, paused, or provisional; and, with `since`, those stopped from then on too.
    """

    calendar_id: int | None = None
    first: datetime | None = None
    since: datetime | None = None

    @property
    def condition(self) -> str:
        """This scope as SQL over core_clock k; its values are this object's attributes."""
        wanted = "k.stopped_at IS NULL"
        if self.first is not None:
            # What was due and fell before the first changed day cannot have moved.
            ahead = "k.due_at >= %(first)s OR k.next_at >= %(first)s"
            wanted += f" AND ({ahead} OR k.provisional OR k.state = 'paused')"
        if self.since is not None:
            wanted = f"({wanted} OR k.stopped_at >= %(since)s)"
        if self.calendar_id is not None:
            wanted += " AND k.calendar_id = %(calendar_id)s"
        return wanted

    @property
    def values(self) -> dict[str, Any]:
        return {"calendar_id": self.calendar_id, "first": self.first, "since": self.since}


@dataclass(slots=True)
class Halt:
    """One pause of a case, as far as its clocks are concerned."""

    reason: str
    started_at: datetime
    ended_at: datetime | None
    lapses_at: datetime | None


@dataclass(slots=True)
class Reading:
    """One clock with the head of its case's record, as one statement saw them together.

    Its figures are those stored, until core.clocks writes others into it.
    """

    state: str
    due_at: datetime
    provisional: bool
    next_at: datetime | None
    next_level: int | None
    breached_at: datetime | None
    calendar_id: int
    unit: str
    hundredths: int
    granted_hundredths: int
    ladder_hash: int
    passed: int
    started_at: datetime
    stopped_at: datetime | None
    fell: datetime | None
    pk: int
    code: str
    name: str
    case_id: int
    number: str
    version: int
    seal: str
    pause_reasons: Sequence[str] = ()
    ladder: Sequence[dict[str, Any]] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.hundredths).scaleb(-2)

    @property
    def granted(self) -> Decimal:
        return Decimal(self.granted_hundredths).scaleb(-2)

    @property
    def figures(self) -> Figures:
        return (
            self.state,
            self.due_at,
            self.provisional,
            self.next_at,
            self.next_level,
            self.breached_at,
        )

    @property
    def key(self) -> Key:
        return (
            self.calendar_id,
            self.unit,
            self.hundredths,
            self.granted_hundredths,
            self.ladder_hash,
            self.passed,
        )


FIGURES = ("state", "due_at", "provisional", "next_at", "next_level", "breached_at")


class Difference(NamedTuple):
    """One clock as it is stored and as its replay would have it; `fault` says why it has none."""

    clock: Reading
    figures: Figures
    fault: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        return dict(zip(FIGURES, self.clock.figures, strict=True))

    @property
    def replayed(self) -> dict[str, Any]:
        return dict(zip(FIGURES, self.figures, strict=True))

    @property
    def fields(self) -> list[str]:
        """The names of the figures that differ."""
        both = zip(FIGURES, self.clock.figures, self.figures, strict=True)
        return [name for name, stored, replayed in both if stored != replayed]

    @property
    def moved(self) -> bool:
        """Whether the due time itself is another."""
        return self.clock.due_at != self.due_at

    @property
    def due_at(self) -> datetime:
        return self.figures[1]


def replay(clock: Reading, halts: Iterable[Halt], rules: Policy) -> tuple[Figures, str]:
    """What core.clocks makes of this clock, which is left as it is; or its own figures, and why."""
    stored = clock.figures
    try:
        timing.rederive(clock, halts, rules, clock.fell)
        return clock.figures, ""
    except (SlaError, LookupError) as fault:
        return stored, str(fault)
    finally:
        for name, figure in zip(FIGURES, stored, strict=True):
            setattr(clock, name, figure)
