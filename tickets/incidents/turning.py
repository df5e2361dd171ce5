"""What a move on an incident means besides: its clocks, its progress, what was merged into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from notifications import nudge
from tickets.incidents import clocks, locking, members, sorts
from tickets.models.incidents import Incident, Progress
from waterdesk.core import door
from waterdesk.core.door import Doing
from waterdesk.core.errors import Invalid
from waterdesk.core.visibility import sees

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.models.cases import Case
    from waterdesk.core.turn import Turn

MERGE, UNMERGE = "merge", "unmerge"
GATHER, RELEASE, ABSORB, FREE = "gather", "release", "absorb", "free"
# What a ticket has come to before it became an incident, as the moves that bring it there.
COME_TO = {"dispatched": 1, "on_site": 2, "contained": 3}


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """For `follow` of the flow of incidents."""
    case = turn.case
    if move is turn.flow.opening:
        _take_over(turn)
    elif move.action == MERGE:
        _merge(turn, values["to"])
    elif move.action == UNMERGE:
        _unmerge(turn)
    elif move.action in (GATHER, RELEASE, ABSORB, FREE):
        _count_anew(turn)
    elif move.after is not None and case.status in sorts.stages(case.subject):
        turn.keep(Progress(case=case, stage=case.status, at=case.changed_at))
        transaction.on_commit(_nudge)


def _nudge() -> None:
    from tickets import tasks  # which tells by way of the door, and the door of this

    nudge.nudge(tasks.tell_progress)


def _take_over(turn: Turn) -> None:
    """An incident goes on where the ticket stands that it was made of; its promises too."""
    from tickets.dispatch import following  # which knows what joining and merging are

    ticket = getattr(turn.case, "made_of", None)
    if ticket is None:
        return
    kept = set(ticket.clocks.filter(stopped_at__isnull=False).values_list("code", flat=True))
    turn.clocks[:] = [clock for clock in turn.clocks if clock.code not in kept]
    if ticket.handler is None:
        return
    made = ("dispatch", "arrive", "shut")[: COME_TO.get(ticket.status, 0)]
    for action in made:
        row = turn.flow.move(action)
        if row.when is None or row.when(turn.case):
            given = {"handler": ticket.handler} if action == "dispatch" else {}
            turn.make(row, given, "", by_desk=True)
            if action == "dispatch":
                following.carry_over(turn, ticket)


def _count_anew(turn: Turn) -> None:
    """Count from the earliest call of those who belong to it now."""
    incident = turn.case
    first = members.of(incident).aggregate(first=Min("case__opened_at"))["first"]
    first = first or incident.opened_at
    if first != incident.first_call_at:
        incident.first_call_at = first
        turn.touched.add("first_call_at")
        clocks.restart(turn, first)


def _merge(turn: Turn, number: str) -> None:
    """Into another incident: the clocks are void, the callers follow that one's progress."""
    incident, into = turn.case, _other(turn, number)
    locking.second(into, incident)
    incident.into, incident.stood = into, _stood(turn)
    incident.held = clocks.void(turn, {clock.code for clock in turn.clocks})
    turn.touched |= {"into", "stood", "held"}
    # Written before the other one looks at who belongs to it; the turn writes it all once more.
    Incident.objects.filter(pk=incident.pk).update(into=into)
    _tell_other(turn, into, ABSORB)


def _stood(turn: Turn) -> str:
    return next(e for e in reversed(turn.events) if e.action == MERGE).data["from"]


def as_it_stood(case: Case) -> dict[str, Any]:
    return {"status": case.stood}


def _unmerge(turn: Turn) -> None:
    incident, into = turn.case, turn.case.into
    locking.second(into, incident)
    clocks.resume(turn, incident.held)
    incident.into, incident.held, incident.stood = None, [], ""
    turn.touched |= {"into", "stood", "held"}
    Incident.objects.filter(pk=incident.pk).update(into=None)
    _tell_other(turn, into, FREE)
    _count_anew(turn)


def _other(turn: Turn, number: str) -> Incident:
    """The incident meant; raises Invalid for none, for itself, and for one that was merged."""
    found = Incident.objects.filter(number=number.strip().upper().replace(" ", "")).first()
    if found is None or not (turn.actor is None or sees(turn.actor, found)):
        wrong = _("没有这个事件。")
    elif found.pk == turn.case.pk:
        wrong = _("不能并入自己。")
    elif found.status == "merged":
        wrong = _("这个事件已并入其他事件。")
    else:
        return found
    raise Invalid(wrong, fields={"to": wrong})


def _tell_other(turn: Turn, other: Incident, action: str) -> None:
    doing = Doing(action, {"incident": turn.case.number})
    door.by_desk(other.number, lambda case: doing, at=turn.at, actor=turn.actor)
