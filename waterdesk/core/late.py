"""迟到的流转: a move that happened before the desk heard of it, at its true instant.

The record keeps both: `at` is when it happened, `recorded_at` when it came in. Levels that fell in
between on a clock which the move had stopped by then are withdrawn, never removed: their rows and
their lines stay, and of a breach one more line says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from waterdesk.core import clocks as timing
from waterdesk.core.corrections import CORRECT
from waterdesk.core.figures.judging import JUDGED, SECOND, is_judged
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.flow import Flow
    from waterdesk.core.models.record import Event
    from waterdesk.core.turn import Turn

WITHDRAWN = "clock_withdrawn"
ACCEPTED, DECLINED = "time_accepted", "time_declined"


def earliest(case: Case, flow: Flow, before: int | None = None) -> datetime:
    """When the case came to stand where it stands: no move that goes on from there was earlier.

    That is the last change of its status, of who has it, or of whether its clocks run; what is said
    beside (a note, a chasing) bounds nothing. `before` reads the record up to that line only.
    """
    pausing = {row.action for row in flow.moves if row.pause or row.resume}
    events: Iterable[Event] = case.events.order_by("-seq")
    for event in events:
        if before is not None and event.seq >= before:
            continue
        said = event.data
        if "to" in said and said.get("from") != said["to"]:
            return event.at
        if "handler" in said or event.action in pausing | {"pause_lapsed", CORRECT}:
            return event.at
    return case.opened_at


def begin(turn: Turn, when: datetime) -> None:
    """Go back to `when`, or to the earliest instant after it at which the move may have been."""
    turn.arrived = turn.at
    turn.at = min(turn.at, max(when, earliest(turn.case, turn.flow)))


def end(turn: Turn) -> None:
    """Come back from there: withdraw what had fallen meanwhile, and notice what else has."""
    true, turn.at = turn.at, turn.now
    withdraw(turn, [clock for clock in turn.clocks if clock.stopped_at == true], true)
    turn.notice_what_was_passed()


def withdraw(turn: Turn, clocks: Iterable[Clock], true: datetime) -> None:
    """Have these clocks stopped at `true`; the record says which breach that withdraws.

    Nobody need explain what was no breach; an explanation that was given stays as it is.
    """
    for clock in clocks:
        breached = clock.breached_at
        turn.withdrawn.append(clock)
        if timing.stop_before(clock, true) and breached is not None:
            said = {"promise": clock.code, "was": _instant(breached), "stopped": _instant(true)}
            turn.say(Fact(WITHDRAWN, turn.at, said))
    late = {clock.pk for clock in turn.clocks if clock.breached_at is not None}
    others = Clock.objects.filter(case_id=turn.case.pk, breached_at__isnull=False)
    others = others.exclude(pk__in=[clock.pk for clock in turn.clocks])
    if turn.case.explanation == Case.Explanation.OWED and not late and not others.exists():
        turn.case.explanation = Case.Explanation.NONE.value


def retime(turn: Turn, was: datetime, wanted: datetime, seq: int, because: dict[str, str]) -> None:
    """A lead accepts that what came in at `was` happened at `wanted`: its clocks stop there.

    `seq` is the line of the record that the move wrote; nothing goes back before what led to it.
    """
    true = min(was, max(wanted, earliest(turn.case, turn.flow, before=seq)))
    stopped = list(turn.case.clocks.filter(stopped_at=was, started_at__lte=true))
    turn.clocks += stopped
    said: dict[str, Any] = because | {"arrived": _instant(was), "stopped": _instant(true)}
    if nets := {clock.code: _net(turn, clock, true) for clock in stopped if is_judged(clock)}:
        said[JUDGED] = {"stops": nets}
    turn.note_by_actor(Fact(ACCEPTED, turn.at, said))
    withdraw(turn, stopped, true)


def _net(turn: Turn, clock: Clock, true: datetime) -> int:
    """What the clock has counted until then, in whole seconds."""
    return timing.count(clock, turn.pauses, turn.policy).used(true) // SECOND


def write(turn: Turn) -> None:
    """Mark the levels that fell after a withdrawn clock had really stopped."""
    for clock in turn.withdrawn:
        rows = Crossing.objects.filter(clock=clock, at__gte=clock.stopped_at)
        rows.filter(withdrawn_at__isnull=True).update(withdrawn_at=turn.now)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
