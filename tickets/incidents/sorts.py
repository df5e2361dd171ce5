"""Sorts of fault: rows → which repairs may be one fault, and which stages an incident has."""

from __future__ import annotations

from typing import NamedTuple

from tickets.models.incidents import FaultSort
from waterdesk.core import policy

# The stages that lie between 到场 and 复供, in the order in which they are done.
BETWEEN = ("shut", "dug", "replaced", "flushed", "tested", "paved")


class Sort(NamedTuple):
    family: str
    stages: tuple[str, ...]


_held: tuple[int, dict[str, Sort]] = (-1, {})


def of(subject: str) -> Sort | None:
    """None for what is nobody else's fault, a water meter for example. No query while held."""
    return _rows().get(subject)


def alike(subject: str) -> list[str]:
    """The subjects that may be the same fault as this one; none where it is nobody else's."""
    own = of(subject)
    if own is None:
        return []
    rows = _rows().items()
    return [code for code, each in rows if code == subject or (own.family == each.family != "")]


def stages(subject: str) -> tuple[str, ...]:
    """Every stage of an incident of this sort, in order."""
    own = of(subject)
    between = own.stages if own else ()
    return ("dispatched", "on_site", *(s for s in BETWEEN if s in between), "restored")


def _rows() -> dict[str, Sort]:
    global _held
    revision = policy.current().revision
    if _held[0] != revision:
        rows = FaultSort.objects.all()
        _held = revision, {row.subject: Sort(row.family, tuple(row.stages)) for row in rows}
    return _held[1]
