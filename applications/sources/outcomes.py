"""What becomes of a question to a source. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

KNOWN = "known"


class Why(StrEnum):
    """Why a fact is not known. None of them is a fault of the customer's, nor an error."""

    NOT_CONNECTED = "not-connected"
    """The utility has no such source."""
    NOT_GIVEN = "not-given"
    """The application holds nothing by which this source could be asked."""
    TIMEOUT = "timeout"
    """No answer in time: slow, down, or known to be so. Alone of all it is worth another try."""
    REFUSED = "refused"
    """The source does not serve us: a wrong key, a question it does not take."""
    MALFORMED = "malformed"
    """An answer that is none: not of the shape agreed upon, or about somebody else."""
    NOT_FOUND = "not-found"
    """The source has no such entry."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a source said, reduced to what is needed; `at` (aware) is when it was asked."""

    value: Mapping[str, Any]
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    why: Why


Outcome = Known | Unknown


def code_of(outcome: Outcome) -> str:
    """As it is kept: "known", or why not."""
    return KNOWN if isinstance(outcome, Known) else outcome.why.value
