"""Whose a clock was when it was judged, and what the record says of it.

Events keep it under `judged`, codes and whole seconds, so that every figure can be made anew from
the record alone: which clocks a move started and stopped, how much each had counted, and of which
area, subject, channel, team and person it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from waterdesk.core import clocks as timing
from waterdesk.core.models.clocks import Clock

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case, Pause
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

JUDGED = "judged"
SECOND = timedelta(seconds=1)


class Whose(NamedTuple):
    """Of what and of whom a case was at one instant."""

    area_id: int
    subject: str
    channel: str
    person: User | None
    team_id: int | None

    def facts(self, policy: Policy) -> dict[str, str]:
        """As the record keeps it; nobody is left out."""
        said = {"subject": self.subject, "channel": self.channel}
        said["area"] = policy.areas[self.area_id].code
        if self.person is not None:
            said["person"] = self.person.username
        if self.team_id is not None:
            said["team"] = policy.areas[self.team_id].code
        return said


@dataclass(slots=True)
class Doing:
    """What one move did to the clocks of its case."""

    since: datetime
    starts: list[str] = field(default_factory=list)
    stopped: list[Clock] = field(default_factory=list)


def has(case: Case, actor: User | None) -> User | None:
    """Who has the case in hand, or else the member of staff who acts on it."""
    if case.handler_id is not None:
        return case.handler
    return actor if actor is not None and actor.is_desk else None


def whose(case: Case, person: User | None) -> Whose:
    team_id = None if person is None else person.area_id
    return Whose(case.area_id, case.subject, case.channel, person, team_id)


def judge(clock: Clock, case: Case, person: User | None) -> None:
    """Keep in mind whose the clock is, now that it is judged, until it is written.

    What is late and stops later stays whose it was as it fell; void is no verdict.
    """
    if clock.judged_as is None and is_judged(clock):
        clock.judged_as = whose(case, person)


def is_judged(clock: Clock) -> bool:
    """Whether a figure counts it: it was kept or fell late, and was not void before that."""
    return clock.breached_at is not None or clock.state == Clock.State.MET


def net(clock: Clock, pauses: Iterable[Pause], policy: Policy) -> int | None:
    """The counted time of a clock that has stopped, in whole seconds; None of an open one."""
    if clock.stopped_at is None:
        return None
    return max(timing.count(clock, pauses, policy).used(clock.stopped_at) // SECOND, 0)


def gross(clock: Clock) -> int | None:
    """The elapsed time, likewise."""
    if clock.stopped_at is None:
        return None
    return (clock.stopped_at - clock.started_at) // SECOND


def said(
    doing: Doing, of: Whose, at: datetime, pauses: Iterable[Pause], policy: Policy
) -> dict[str, Any]:
    """What the event of a move at `at` says of the clocks it started and stopped."""
    told: dict[str, Any] = {}
    if doing.starts:
        told["starts"] = doing.starts
        if doing.since != at:
            told["since"] = instant(doing.since)
    if doing.stopped:
        told["stops"] = {clock.code: net(clock, pauses, policy) for clock in doing.stopped}
        void = [clock.code for clock in doing.stopped if not is_judged(clock)]
        told |= {"voids": void} if void else {}
        told["of"] = of.facts(policy)
    return told


def recounted(
    clocks: Iterable[Clock], pauses: Iterable[Pause], policy: Policy
) -> list[dict[str, Any]]:
    """What the record says of stopped clocks whose counted time was corrected."""
    return [
        {
            "promise": clock.code,
            "stopped": instant(clock.stopped_at),
            "net": net(clock, pauses, policy),
        }
        for clock in clocks
        if clock.stopped_at is not None
    ]


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
