"""Which jobs of a case may begin: plain values, nothing of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from waterdesk.core.policy import holds

DONE, SKIPPED, READY, WAITING, VOID = "done", "skipped", "ready", "waiting", "void"
OVER = frozenset({DONE, SKIPPED})


class Piece(Protocol):
    """What a job is here: its code, its state, and what it needs."""

    code: str
    state: str
    needs: Sequence[str]


def reckon(
    jobs: Iterable[Piece],
    conditions: Mapping[str, Mapping[str, Any] | None],
    facts: Mapping[str, Any],
) -> dict[str, str]:
    """The state of every job, by code, for these facts. Asking again gives the same.

    What is done or void stays so. A job whose condition does not hold is skipped, and does not
    keep others waiting; it comes back when the facts change. A job that needs one that is not
    there needs nothing.
    """
    states = {job.code: job.state for job in jobs}
    for job in jobs:
        if job.state not in (DONE, VOID):
            wanted = conditions.get(job.code)
            states[job.code] = WAITING if not wanted or holds(wanted, facts) else SKIPPED
    for job in jobs:
        if states[job.code] == WAITING and all(
            states.get(each, DONE) in OVER for each in job.needs
        ):
            states[job.code] = READY
    return states
