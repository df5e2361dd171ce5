"""派单 by rule: whoever of the grid is on duty and has least to do; else the lead decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from applications.jobs.engine import BEGINS, jobs_of
from applications.jobs.graph import READY, WAITING
from applications.models import KIND, Job
from waterdesk.core.duty.nearest import crews
from waterdesk.core.models import Case, Leave, User
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.policy import Policy
    from waterdesk.core.turn import Turn

FIELD = "field"
# What a lead is told of a case for which nobody has been sent.
TO_SEND = f"{KIND}.accept.lead"


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Send somebody once the jobs of a case have begun; for `Flow.follow`.

    Where nobody is on duty the record says so, and the case waits for its lead, who has been told
    with the acceptance.
    """
    case = turn.case
    wanted = turn.policy.utility.assign_by_rule and move.action in BEGINS
    if not wanted or case.handler_id is not None or not _in_the_street(case):
        return
    person = chosen(turn, turn.at)
    if person is None:
        _say_that_nobody_is_there(turn)
    else:
        _send(turn, person, "assign")
        turn.notices = [each for each in turn.notices if each.key != TO_SEND]


def for_appointment(turn: Turn, starts: datetime, ends: datetime) -> None:
    """Send somebody who is on duty then, where nobody has been sent or who was sent is away."""
    case = turn.case
    if not turn.policy.utility.assign_by_rule:
        return
    away = case.handler_id is not None and Leave.objects.filter(
        user=case.handler_id, starts_at__lt=ends, ends_at__gt=starts
    )
    if case.handler_id is not None and not (away and away.exists()):
        return
    person = chosen(turn, starts)
    if person is not None:
        _send(turn, person, "reassign" if case.handler_id else "assign")
    else:
        _say_that_nobody_is_there(turn)


def chosen(turn: Turn, at: datetime) -> User | None:
    return on_duty_for(turn.case.area_id, turn.policy, at)


def on_duty_for(area_id: int, rules: Policy, at: datetime) -> User | None:
    """Whoever of the nearest area is on duty at `at` and has least to do.

    Nearest is the area itself, then the grids below it where the grid is not known, then the way
    up. Never somebody who is off or away; of two with as much to do the first by user name.
    """
    near = next(iter(crews(area_id, rules, at)), None)
    if near is None:
        return None
    load = loads(each.pk for each in near)
    return min(near, key=lambda each: (load[each.pk], each.username))


def loads(people: Iterable[int]) -> Counter[int]:
    """How much each has to do: jobs that may begin, and open cases of other kinds."""
    people = list(people)
    jobs = Job.objects.filter(handler__in=people, state=READY).values_list("handler", flat=True)
    others = Case.objects.open().filter(handler__in=people).exclude(kind=KIND)
    return Counter([*jobs, *others.values_list("handler", flat=True)])


def _in_the_street(case: Any) -> bool:
    return any(job.team == FIELD and job.state in (READY, WAITING) for job in jobs_of(case))


def _send(turn: Turn, person: User, action: str) -> None:
    turn.make(
        turn.flow.move(action), {"handler": person}, "", by_desk=True, because={"by_rule": True}
    )


def _say_that_nobody_is_there(turn: Turn) -> None:
    clock = next((each for each in turn.clocks if each.stopped_at is None), None)
    if clock is not None:
        turn.say(Fact("duty_missing", turn.at, {"promise": clock.code}))
