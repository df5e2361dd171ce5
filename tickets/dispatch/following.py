"""What the desk does about who goes, in the transaction of the move that made it so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tickets.dispatch.choosing import chosen, time_to_accept
from tickets.dispatch.moves import ACCEPT, DECLINE, LAPSE, UNACCEPTED, UNMANNED
from tickets.incidents.joining import JOIN, SPLIT
from tickets.incidents.turning import MERGE, UNMERGE
from tickets.models import REPAIR, Sending
from waterdesk.core.models import Shift

if TYPE_CHECKING:
    from datetime import datetime

    from tickets.models import Incident, Ticket
    from waterdesk.core.flow import Move
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy
    from waterdesk.core.turn import Turn

State = Sending.State
STANDS = (State.WAITING.value, State.ACCEPTED.value)
REFUSED = (State.DECLINED.value, State.LAPSED.value)
SENDS = frozenset({"dispatch", "reassign"})
# Where nobody has the ticket any more, and somebody else is looked for.
GIVEN_BACK = {DECLINE: State.DECLINED, LAPSE: State.LAPSED, "recall": State.LAPSED}
# From here on one crew is sent to the fault of many, or to this one by itself again.
SHARED, ALONE = frozenset({JOIN, MERGE}), frozenset({SPLIT, UNMERGE})
# Whoever does this comes, whether they said so or not.
COMES = frozenset({ACCEPT, "arrive", "contain", "finish", "answer"})
# Who gave a ticket back is not asked again while their shift lasts. *chosen*
NOT_AGAIN = timedelta(hours=12)


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Keep who was sent and what they said, and send the next one by rule; for `Flow.follow`."""
    case, action = turn.case, move.action
    if move is turn.flow.opening:
        _send_by_rule(turn)
    elif action in SENDS or (action == "reopen" and case.handler_id is not None):
        _sent(turn)
    elif action == "reopen":
        _send_by_rule(turn)
    elif action in GIVEN_BACK:
        _end(turn, GIVEN_BACK[action], values.get("reason", ""))
        _send_by_rule(turn)
    elif action in SHARED:
        _end(turn, State.REPLACED)
    elif action in ALONE:
        _alone_again(turn)
    elif action == UNACCEPTED and (standing := _standing(turn)):
        standing.told_at = turn.at
        turn.keep(standing)
    elif case.accept_by is not None and action in COMES:
        _end(turn, State.ACCEPTED)
        _set(turn, accepted_at=turn.at)
    elif case.accept_by is not None and case.closed_at is not None:
        _end(turn, State.REPLACED)


def carry_over(turn: Turn, ticket: Ticket) -> None:
    """What was sent to this ticket goes on as it stands: as long to accept, or accepted."""
    standing = _standing(turn)
    assert standing is not None
    standing.accept_by = ticket.accept_by
    standing.state = (State.WAITING if ticket.accept_by else State.ACCEPTED).value
    _set(turn, accept_by=ticket.accept_by, accepted_at=ticket.accepted_at)


def _alone_again(turn: Turn) -> None:
    """Whoever was on the way is asked anew whether they come; where nobody was, one is sent."""
    if turn.case.handler_id is None:
        _send_by_rule(turn)
    elif turn.case.status == "dispatched":
        _sent(turn)


def next_for(
    case: Ticket | Incident, rules: Policy, at: datetime, but: Collection[int | None] = ()
) -> User | None:
    """Whom the rule would send now; never `but`, who has it, or who has just given it back."""
    asked = {*but, case.handler_id}
    if case.pk is not None:
        since = at - NOT_AGAIN
        rows = Sending.objects.filter(case=case.pk, state__in=REFUSED, sent_at__gt=since)
        asked |= set(rows.values_list("user", flat=True))
    return chosen(case.subject, case.area_id, rules, at, asked)


def _send_by_rule(turn: Turn) -> None:
    """Send the next one to a repair that nobody has; where nobody is on duty, say so."""
    case = turn.case
    wanted = turn.policy.utility.dispatch_by_rule and case.subject.startswith(REPAIR)
    if not wanted or case.by_hand or case.handler_id is not None or case.status != "logged":
        return
    gone = {row.user_id for row in turn.kept if isinstance(row, Sending)}
    person = next_for(case, turn.policy, turn.at, gone)
    if person is not None:
        because = {"by_rule": True}
        row = turn.flow.move("dispatch")
        turn.make(row, {"handler": person}, "", by_desk=True, because=because)
        standing = _standing(turn)
        assert standing is not None
        standing.by_rule = True
    elif Shift.objects.filter(ends_at__gt=turn.at - NOT_AGAIN).exists():
        # A desk that keeps no roster at all sends by hand: there is nobody to miss.
        turn.make(turn.flow.move(UNMANNED), {}, "", by_desk=True)


def _sent(turn: Turn) -> None:
    case = turn.case
    _end(turn, State.REPLACED)
    within = time_to_accept(case.subject)
    # Who takes a ticket himself has said that he comes.
    himself = turn.actor is not None and turn.actor.pk == case.handler_id
    accept_by = turn.at + within if within and not himself else None
    turn.keep(
        Sending(
            case=case,
            user=case.handler,
            sent_at=turn.at,
            accept_by=accept_by,
            state=State.ACCEPTED if himself else State.WAITING,
        )
    )
    _set(turn, accept_by=accept_by, accepted_at=turn.at if himself else None)


def _end(turn: Turn, state: State, reason: str = "") -> None:
    """The sending that stands ends so; nothing where none stands."""
    standing = _standing(turn)
    if standing is not None:
        standing.state, standing.ended_at, standing.reason = state.value, turn.at, reason
        turn.keep(standing)
    _set(turn, accept_by=None, accepted_at=None)


def _standing(turn: Turn) -> Sending | None:
    """The sending that stands at this point of the turn, which may not be written yet."""
    kept = [row for row in turn.kept if isinstance(row, Sending)]
    mine = next((row for row in reversed(kept) if row.state in STANDS), None)
    if mine is not None or turn.case.pk is None:
        return mine
    ended = [row.pk for row in kept if row.pk]
    rows = Sending.objects.filter(case=turn.case.pk, state__in=STANDS).exclude(pk__in=ended)
    return rows.first()


def _set(turn: Turn, **values: Any) -> None:
    for name, value in values.items():
        setattr(turn.case, name, value)
        turn.touched.add(name)
