"""What a figure is asked of, and by what it may be parted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from waterdesk.core.periods import Period


@dataclass(frozen=True, slots=True)
class Asked(Period):
    """Which clocks: those judged in the period. "" and None are every one.

    `code` is the promise, which is the step; `subject` the service of an application, the category
    of a ticket; `team` the area that `person` belonged to, both by their ids, 0 being nobody.
    """

    kind: str = ""
    code: str = ""
    subject: str = ""
    channel: str = ""
    team: int | None = None
    person: int | None = None


class By(StrEnum):
    """By what the answer is parted, and what its keys are then."""

    AREA = "area"
    """The id of the area itself, without those below it."""
    STEP = "step"
    """(kind, code) of the promise."""
    SERVICE = "service"
    """(kind, subject)."""
    CHANNEL = "channel"
    TEAM = "team"
    """The id of an area; None where nobody had the case."""
    PERSON = "person"
    """The id of a user; None where nobody had the case."""
    MONTH = "month"
    """The first day of it."""
    WEEK = "week"
    """Its Monday."""
    DAY = "day"


class Result(StrEnum):
    """What one figure of a tally counts; the list behind it is `reading.cases`."""

    JUDGED = "judged"
    ON_TIME = "on_time"
    LATE = "late"
    OPEN_LATE = "open_late"
    OUTSIDE = "outside"
    DONE = "done"
