"""Joining a ticket to an incident, and splitting it off: the rows of a ticket's flow for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tickets.incidents import clocks, locking, members, sorts, turning
from tickets.models import Ticket
from tickets.models.incidents import Incident, Joined
from waterdesk.core import door, flow
from waterdesk.core.door import Doing
from waterdesk.core.errors import Conflict, DeskError, Invalid, Message
from waterdesk.core.flow import DISPATCH, Field, Move
from waterdesk.core.visibility import sees

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.turn import Turn

JOIN, SPLIT, REPAIRED = "join", "split", "repaired"
JOINED = "joined"
# A ticket whose work is not done may be joined, also when somebody was sent already.
BEFORE = frozenset({"logged", "dispatched", "on_site", "contained"})
CLOCKS = frozenset({"arrive", "contain", "finish"})


def is_shared(case: Case) -> bool:
    """Whether a fault of this sort may have several callers."""
    return sorts.of(case.subject) is not None


def as_before(case: Case) -> dict[str, Any]:
    """For `sets` of the split: the ticket's own status and crew again."""
    row = members.joining_of(case)
    crew = type(case)._meta.get_field("handler").related_model
    handler = crew.objects.filter(pk=row.state["handler"]).first()
    return {"status": row.state["status"], "handler": handler}


def as_repaired(case: Case) -> dict[str, Any]:
    """For `sets` of the finish: what was done, and by whom, is what the incident says."""
    incident = members.incident_of(case)
    return {"result": incident.result, "handler": incident.handler}


def stage_in_words(case: Case, values: Mapping[str, Any]) -> dict[str, str]:
    """What the text may name; the joining itself is made before the text."""
    found = _named(values.get("same", ""))
    if isinstance(found, Ticket):
        found = members.incident_of(found)
    return {"stage": str(flow.status_of(found).label) if found else str(_("已登记"))}


def moves() -> tuple[Move, ...]:
    return (
        Move(
            JOIN,
            _("并入同一事件"),
            before=BEFORE,
            after=JOINED,
            roles=DISPATCH,
            fields=(Field("same", _("同一故障的事件或工单编号"), max_length=30),),
            stop=("respond",),
            tell=("customer",),
            when=is_shared,
            words=stage_in_words,
        ),
        Move(
            SPLIT,
            _("从事件拆出"),
            before={JOINED},
            roles=DISPATCH,
            sets=as_before,
            tell=("customer", "handler"),
        ),
        # The incident's own finish, told to its callers by the incident.
        Move(REPAIRED, _("随事件修复"), before={JOINED}, after="finished", sets=as_repaired),
    )


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """For `follow` of the flow of tickets, before the others: it reads the move's own event."""
    if move.action == JOIN:
        _join(turn, values["same"])
    elif move.action == SPLIT:
        row = _leave(turn)
        clocks.resume(turn, row.state["clocks"])
    elif move.action == "reopen" and members.joining_of(turn.case):
        # Not repaired for this caller: it is worked on by itself from now on.
        _leave(turn)


def _join(turn: Turn, number: str) -> None:
    ticket = turn.case
    incident = _incident(turn, _target(turn, number))
    made = next(e for e in reversed(turn.events) if e.action == JOIN)
    state = {"status": made.data["from"], "handler": ticket.handler_id}
    state["clocks"] = clocks.void(turn, CLOCKS)
    ticket.handler = None
    turn.touched.add("handler")
    row = Joined(
        case=ticket,
        incident=incident,
        joined_at=turn.at,
        joined_by=turn.actor,
        state=state,
    )
    row.save()
    _tell_incident(turn, incident, turning.GATHER)
    # Nothing more is added to its progress until this is committed.
    row.seen = incident.progress.order_by("-pk").values_list("pk", flat=True).first() or 0
    row.save(update_fields=["seen"])


def _leave(turn: Turn) -> Joined:
    row = members.joining_of(turn.case)
    row.left_at = turn.at
    row.save(update_fields=["left_at"])
    _tell_incident(turn, members.root(row.incident), turning.RELEASE)
    return row


def _tell_incident(turn: Turn, incident: Incident, action: str) -> None:
    doing = Doing(action, {"ticket": turn.case.number})
    door.by_desk(incident.number, lambda case: doing, at=turn.at, actor=turn.actor)


def _target(turn: Turn, number: str) -> Ticket | Incident:
    """The case that is meant; raises Invalid for what is none, or cannot be the same fault."""
    found = _named(number)
    if found is None or not (turn.actor is None or sees(turn.actor, found)):
        raise _wrong(_("没有这个事件或工单。"))
    if found.pk == turn.case.pk:
        raise _wrong(_("不能并入自己。"))
    if found.subject not in sorts.alike(turn.case.subject):
        raise _wrong(_("不是同类故障，不能并入。"))
    return found


def _named(number: str) -> Ticket | Incident | None:
    number = number.strip().upper().replace(" ", "")
    model = Incident if number.startswith("S") else Ticket
    return model._default_manager.select_related("handler").filter(number=number).first()


def _wrong(text: Message) -> Invalid:
    return Invalid(text, fields={"same": text})


def _incident(turn: Turn, found: Ticket | Incident) -> Incident:
    """The incident to join: of a lone ticket one is made, which that ticket joins first."""
    if isinstance(found, Incident):
        return members.root(found)
    if incident := members.incident_of(found):
        return incident
    other = locking.second(found, turn.case)
    # Whoever had it until now may have joined it.
    if incident := members.incident_of(other):
        return incident
    if other.status not in BEFORE:
        raise Conflict(_("那件工单已办完，不能并入。"))
    incident = door.open_case(made_of(other), actor=turn.actor, at=turn.at)
    try:
        door.move(
            other.number, JOIN, actor=turn.actor, at=turn.at, changes={"same": incident.number}
        )
    except DeskError as refusal:
        raise _wrong(refusal.message) from refusal
    return incident


def made_of(ticket: Ticket) -> Incident:
    """An unsaved incident of one ticket: where it is, what it is, when it was called in."""
    incident = Incident(
        kind="incident",
        subject=ticket.subject,
        subtype=ticket.subtype,
        calibre_mm=ticket.calibre_mm,
        first_call_at=ticket.opened_at,
        area=ticket.area,
        address=ticket.address,
        lat=ticket.lat,
        lon=ticket.lon,
        remark=ticket.remark,
        channel=ticket.channel,
        urgent=ticket.urgent,
    )
    incident.made_of = ticket
    return incident
