"""What the moves of a case do to its permits, in the same transaction; for `Flow.follow`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.catalogue import held
from applications.jobs import engine
from applications.jobs.rows import PREFIX
from applications.models import Permit, PermitKind
from applications.permits import moves
from applications.permits.kinds import kinds, limits, needed, protected_until
from applications.permits.known import definition_of, job_of, permit_of, permits_of, waits
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.flow import Label

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

# The reason for which a clock stands still while an authority has the word.
PAUSE = "administrative"
State = Permit.State


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Make the permits when the scheme is done, and change them by their own moves.

    Raises Invalid for a permit that the case does not have, Conflict for one that does not stand
    where the move begins; then nothing of the move is written.
    """
    if does := _DOES.get(move.action):
        does(turn, values)
        _settle(turn)
    elif move.action in engine.ENDS:
        _end(turn)
    elif _leads_up(turn, move):
        _want(turn)


def _leads_up(turn: Turn, move: Move) -> bool:
    """Whether this move finished what the permits waited for, and noted what it found.

    What was done before anybody applied noted nothing: then a person says what is needed.
    """
    wanted = definition_of(turn.case)
    if wanted is None or not waits(turn.case):
        return False
    code = engine.finished_by(held.service(turn.case.subject), move.action)
    done = engine.job_of(turn.case, code) if code in wanted.needs else None
    return done is not None and bool(done.result)


def _want(turn: Turn) -> None:
    turn.case.__dict__.pop("_permits", None)  # read when nothing was wanted yet
    found = engine.facts_of(turn)
    _add(turn, needed(found), found)
    _settle(turn)


def _add(turn: Turn, wanted: Iterable[PermitKind], found: Mapping[str, Any]) -> None:
    """All at once: they are filed in parallel."""
    job, today = job_of(turn.case), timezone.localdate(turn.at)
    rows = [
        Permit(
            kind=kind.code,
            name=kind.name,
            authority=kind.authority,
            round=job.round,
            protected_until=protected_until(kind, found, today),
            wanted_at=turn.at,
        )
        for kind in wanted
    ]
    for row in rows:
        turn.keep(row)
    permits_of(turn.case).extend(rows)
    if not rows:
        return
    said: dict[str, Any] = {"permits": [row.kind for row in rows]}
    if days := [row.protected_until for row in rows if row.protected_until]:
        said["protected_until"] = max(days).isoformat()
    turn.make(turn.flow.move(moves.NEEDED), said, "", by_desk=True)


def _file(turn: Turn, values: Mapping[str, Any]) -> None:
    permit = _one(turn, values, State.WANTED, State.REFUSED)
    if permit.is_barred:
        raise Conflict(
            _("道路在保护期内（至 %(day)s），须由班长写明理由准许后才能申报。")
            % {"day": permit.protected_until}
        )
    kind = kinds().get(permit.kind)
    if kind is None:
        raise Conflict(_("没有这种许可的时限，请管理员在设置中补上。"))
    permit.state, permit.number, permit.filed_at = State.FILED.value, values["number"], turn.at
    permit.due_at, permit.remind_at = limits(kind, turn.case.area_id, turn.at)
    permit.answered_at, permit.document = None, ""
    turn.keep(permit)
    if waits(turn.case) and not turn.case.paused_reason:
        _pause(turn, permit)


def _pause(turn: Turn, permit: Permit) -> None:
    """Let the clock stand still where its promise allows it; else the record says that it runs."""
    if any(PAUSE in clock.pause_reasons for clock in turn.clocks if clock.stopped_at is None):
        said = {"reason": PAUSE, "document": permit.number}
        turn.make(turn.flow.move("pause"), said, "", by_desk=True)
    elif sum(each.filed_at is not None for each in permits_of(turn.case)) == 1:
        turn.make(turn.flow.move(moves.NOT_PAUSED), {}, "", by_desk=True)


def _granted(turn: Turn, values: Mapping[str, Any]) -> None:
    permit = _answered(turn, values, State.GRANTED)
    permit.document, permit.note = values["document"], ""


def _refused(turn: Turn, values: Mapping[str, Any]) -> None:
    _answered(turn, values, State.REFUSED).note = values["why"]


def _answered(turn: Turn, values: Mapping[str, Any], state: str) -> Permit:
    permit = _one(turn, values, State.FILED)
    permit.state, permit.answered_at, permit.remind_at = state.value, turn.at, None
    turn.keep(permit)
    return permit


def _void(turn: Turn, values: Mapping[str, Any]) -> None:
    permit = _one(turn, values, State.WANTED, State.FILED, State.REFUSED)
    permit.state, permit.note, permit.remind_at = State.VOID.value, values["why"], None
    turn.keep(permit)


def _overridden(turn: Turn, values: Mapping[str, Any]) -> None:
    permit = _one(turn, values, State.WANTED, State.FILED, State.REFUSED)
    if not permit.is_barred:
        raise Conflict(_("这条道路不在保护期内，不需要准许。"))
    permit.overridden = True
    turn.keep(permit)


def _added(turn: Turn, values: Mapping[str, Any]) -> None:
    kind = kinds().get(values["permit"])
    there = permit_of(turn.case, values["permit"])
    if kind is None:
        raise _no_such()
    if there is None:
        _add(turn, [kind], engine.facts_of(turn))
    elif there.state == State.VOID:
        there.state, there.note = State.WANTED.value, ""
        turn.keep(there)
    else:
        raise Conflict(_("这项许可已在办理中。"))


def _emergency(turn: Turn, values: Mapping[str, Any]) -> None:
    """The work goes on at once; what is open stays open and is obtained afterwards."""
    for permit in permits_of(turn.case):
        if permit.is_open:
            permit.afterwards = True
            turn.keep(permit)
    _go_on(turn)


def _end(turn: Turn) -> None:
    for permit in permits_of(turn.case):
        if permit.is_open:
            permit.state, permit.remind_at = State.VOID.value, None
            turn.keep(permit)


def _settle(turn: Turn) -> None:
    """The last answer lets the clock run again; the last permit finishes their job."""
    permits = permits_of(turn.case)
    if not any(permit.state == State.FILED for permit in permits):
        _resume(turn)
    if waits(turn.case) and not any(permit.is_open for permit in permits):
        _go_on(turn)


def _resume(turn: Turn) -> None:
    if turn.case.paused_reason == PAUSE:
        turn.make(turn.flow.move("resume"), {}, "", by_desk=True)


def _go_on(turn: Turn) -> None:
    """The desk itself finishes the job of the permits, once."""
    _resume(turn)
    job = job_of(turn.case)
    if waits(turn.case):
        turn.make(turn.flow.move(f"{PREFIX}{job.code}", turn.case), {}, "", by_desk=True)


def _one(turn: Turn, values: Mapping[str, Any], *states: str) -> Permit:
    permit = permit_of(turn.case, values["permit"])
    if permit is None:
        raise _no_such()
    if permit.state not in states:
        raise Conflict(_("这项许可现在是“%(state)s”。") % {"state": permit.get_state_display()})
    return permit


def _no_such() -> Invalid:
    wrong: Label = _("本办件没有这项许可。")
    return Invalid(wrong, fields={"permit": wrong})


_DOES: Mapping[str, Callable[[Turn, Mapping[str, Any]], None]] = {
    moves.FILE: _file,
    moves.GRANTED: _granted,
    moves.REFUSED: _refused,
    moves.VOID: _void,
    moves.OVERRIDE: _overridden,
    moves.ADD: _added,
    moves.EMERGENCY: _emergency,
}
