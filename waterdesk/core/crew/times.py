"""When something on a phone really happened, by what the phone says of itself. Pure.

A phone without network goes on by its own clock. How far that clock is off it learned at its last
contact with the desk, and it tells what it shows while it sends; nothing else is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# All *chosen*. A clock that is off by no more is taken as it is, and so much may what was sent
# lie ahead; one that is off by a day has never been set.
SLIP = timedelta(minutes=5)
UNSET = timedelta(days=1)

# Why an instant is not simply believed.
UNKNOWN, WRONG, CHANGED, AHEAD, LATE = "unknown", "wrong", "changed", "ahead", "late"


@dataclass(frozen=True, slots=True)
class Said:
    """`at` is the phone's time when it was done, `sent` when it was sent (aware).

    `offset` is what has to be added to the phone's clock, as learned at the last contact before
    it was done; None when there was none.
    """

    at: datetime
    offset: timedelta | None
    sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """`at` is the instant that is most likely; with a `doubt` a lead decides whether it counts."""

    at: datetime
    doubt: str = ""


def read(said: Said, arrived: datetime, tolerance: timedelta) -> Reading:
    """The true instant, never after `arrived`.

    A clock that is off by more than SLIP is corrected by its offset. It is doubted when the offset
    is unknown, is a day or more, or has changed since, when the instant lies ahead, and when more
    than `tolerance` has passed. What is doubted is reckoned by the time that the phone's own clock
    ran until it was sent, which is right however it is set.
    """
    corrected = said.at if said.offset is None else _corrected(said.at, said.offset)
    doubt = _doubt(said, corrected, arrived, tolerance)
    if doubt not in ("", LATE) and said.sent is not None and said.sent >= said.at:
        corrected = arrived - (said.sent - said.at)
    return Reading(min(corrected, arrived), doubt)


def _corrected(at: datetime, offset: timedelta) -> datetime:
    return at + offset if abs(offset) > SLIP else at


def _doubt(said: Said, corrected: datetime, arrived: datetime, tolerance: timedelta) -> str:
    if said.offset is None:
        return UNKNOWN
    if abs(said.offset) >= UNSET:
        return WRONG
    if said.sent is not None and abs(arrived - said.sent - said.offset) > SLIP:
        return CHANGED
    if corrected > arrived + SLIP:
        return AHEAD
    return LATE if arrived - corrected > tolerance else ""
