"""The only writer of clock rows: start, stop, replay, cross.

Nothing here counts up. Each figure of a clock is replayed from its start, its case's pauses and
its calendar, so a late correction gives the same answer as a punctual one. The caller holds the
lock of the case and saves what is returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import merge
from typing import TYPE_CHECKING, Any

from waterdesk.core import ladders
from waterdesk.core.ladders import BREACH
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.supervision import CLOCK as SUPERVISION
from waterdesk.sla.clock import Count, Limit, Unit
from waterdesk.sla.clock import Pause as Interval

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from waterdesk.core.models.cases import Case, Pause
    from waterdesk.core.policy import Policy

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# What a move may have changed of a clock; exactly these are written.
WRITTEN = (
    "area",
    "state",
    "started_at",
    "stopped_at",
    "due_at",
    "granted",
    "first_due_at",
    "told_due_at",
    "provisional",
    "next_at",
    "next_level",
    "passed",
    "explanation_owed",
    "breached_at",
)

# What `cross` alone may have changed.
CROSSED = ("state", "next_at", "next_level", "passed", "explanation_owed", "breached_at")
# What `rederive` may have changed.
FIGURES = ("state", "due_at", "provisional", "next_at", "next_level", "breached_at")


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of one clock, passed at its true instant `at` (aware); see core.ladders.

    `percent` is the share of the limit that was used up by then, for rungs in minutes rounded.
    """

    clock: Clock
    level: int
    tell: tuple[str, ...]
    at: datetime
    effect: str = ""
    percent: int = 0


def start(
    case: Case, codes: Iterable[str], facts: dict[str, Any], at: datetime, policy: Policy
) -> list[Clock]:
    """Unsaved clocks for those of `codes` that something is promised for, counting from `at`."""
    begun = []
    calendar_id = policy.calendar_of(case.area_id)
    for code in codes:
        promise = policy.promise(case.kind, code, facts, at)
        if promise is None:
            continue
        clock = Clock(
            case=case,
            area_id=case.area_id,
            promise=promise,
            code=code,
            name=promise.name,
            amount=promise.amount,
            unit=promise.unit,
            calendar_id=calendar_id,
            pause_reasons=list(promise.pause_reasons),
            pause_most=dict(promise.pause_most),
            ladder=ladders.ordered(promise.ladder.levels),
            public=promise.public,
            state=Clock.State.RUNNING,
            started_at=at,
            passed=0,
        )
        replay(clock, (), policy)
        begun.append(clock)
    return begun


def limit_of(amount: Decimal, granted: Decimal, unit: str) -> Limit:
    """What a clock may use: what was promised, and what was granted on top, in the same unit."""
    return Limit(Decimal(amount) + Decimal(granted), Unit(unit))


def count(clock: Clock, pauses: Iterable[Pause], policy: Policy) -> Count:
    """The pure arithmetic of this clock, with those of the case's pauses that it allows."""
    return Count(
        policy.calendars[clock.calendar_id],
        clock.started_at,
        limit_of(clock.amount, clock.granted, clock.unit),
        [Interval(p.started_at, p.ended_at) for p in pauses if p.reason in clock.pause_reasons],
    )


def lapse_of(clocks: Iterable[Clock], reason: str, at: datetime, policy: Policy) -> datetime | None:
    """When a pause for `reason` that begins at `at` ends at the latest; None when none bounds it.

    Of several clocks that are open at `at` the strictest bound holds. Bounds are whole working
    days by civil count, to the closing time of the last one.
    """
    bounds = [
        Count(
            policy.calendars[clock.calendar_id],
            at,
            Limit(Decimal(clock.pause_most[reason]), Unit.WORKDAYS),
            [],
        ).due()
        for clock in clocks
        if (clock.stopped_at is None or clock.stopped_at > at)
        and reason in clock.pause_reasons
        and reason in clock.pause_most
    ]
    return min((each for each in bounds if each is not None), default=None)


def replay(clock: Clock, pauses: Iterable[Pause], policy: Policy) -> None:
    """Set due time, next level and running/paused from scratch; doing it again changes nothing."""
    allowed = [p for p in pauses if p.reason in clock.pause_reasons]
    held = next((p for p in allowed if p.ended_at is None), None)
    reckoning = count(clock, allowed, policy)
    clock.due_at = reckoning.due(now=held.started_at if held else None)
    clock.provisional = _is_provisional(clock, policy)
    if clock.stopped_at is not None:
        clock.next_at = None
        return
    if clock.state in (Clock.State.RUNNING, Clock.State.PAUSED):
        clock.state = Clock.State.PAUSED if held else Clock.State.RUNNING
    if held:
        clock.next_at = held.lapses_at  # the sweep's to end, when nobody does before
    else:
        _wait(clock, next(_ahead(clock, reckoning), None))


def rederive(clock: Clock, pauses: Iterable[Pause], policy: Policy, fell: datetime | None) -> None:
    """Set every figure of a clock, open or stopped, from what is recorded; twice is once.

    `fell` is the instant of its crossing of 100 %, if it has one: a breach stands, whatever the
    calendar says now, and `next_level` never goes back. A due time that was provisional when the
    clock stopped stays as it was, and with it the verdict: that date was the one promised, and
    what was done by it is done in time, whatever notice is published afterwards.
    """
    clock.breached_at = fell
    if clock.stopped_at is None:
        clock.state = Clock.State.RUNNING if fell is None else Clock.State.BREACHED
        replay(clock, pauses, policy)
        return
    clock.next_at = None
    if fell is not None:
        clock.state = Clock.State.BREACHED
    elif clock.state != Clock.State.VOID:
        clock.state = Clock.State.MET
    if not clock.provisional:
        replay(clock, _until(clock.stopped_at, pauses), policy)


def _until(end: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses as they stood at `end`: none that began later, those that went on still open."""
    stood = [copy(pause) for pause in pauses if pause.started_at < end]
    for pause in stood:
        if pause.ended_at is not None and pause.ended_at > end:
            pause.ended_at = None
    return stood


def moved(clock: Clock, was: datetime) -> None:
    """Keep in mind that the customer knows `was`, or what is still to be told; not when it is so
    again."""
    if clock.public and clock.due_at != was:
        known = clock.told_due_at or was
        clock.told_due_at = None if known == clock.due_at else known


def cross(clock: Clock, pauses: Sequence[Pause], policy: Policy, now: datetime) -> list[Rung]:
    """The levels passed before `now` that nobody recorded yet, in order; the clock moves past them.

    A level falls strictly before `now`: whatever ends exactly at the limit is in time.
    """
    if clock.next_at is None or clock.next_at >= now:
        return []
    rungs, waiting = _fall(clock, count(clock, pauses, policy), now)
    _wait(clock, waiting)
    return rungs


def settle(clock: Clock, pauses: Iterable[Pause], policy: Policy, now: datetime) -> list[Rung]:
    """Replay a clock, open or stopped, after a pause was corrected; the levels that fell by that.

    Those that by the corrected pauses were passed before `now`, or before the clock stopped, fall
    once, at their own instants; what fell before stays fallen. A clock that was stopped in time and
    turns out to have been late is breached from then on. Doing it again finds nothing.
    """
    until = now if clock.stopped_at is None else clock.stopped_at
    known = list(pauses) if clock.stopped_at is None else _until(until, pauses)
    replay(clock, known, policy)
    rungs, _waiting = _fall(clock, count(clock, known, policy), until)
    if rungs:
        replay(clock, known, policy)
    return rungs


def _fall(clock: Clock, reckoning: Count, now: datetime) -> tuple[list[Rung], Ahead | None]:
    """Let fall what is passed before `now`: the rungs, and the one that waits next."""
    rungs: list[Rung] = []
    places: list[int] = []
    waiting = None
    for each in _ahead(clock, reckoning):
        instant, level, place = each
        if instant >= now:
            waiting = each
            break
        step = clock.ladder[place]
        effect = step.get("effect", "")
        percent = _percent(level, reckoning)
        rungs.append(Rung(clock, level, tuple(step.get("tell", ())), instant, effect, percent))
        places.append(place)
    for rung in rungs:
        if rung.level == BREACH:
            clock.state, clock.breached_at = Clock.State.BREACHED, rung.at
        if rung.effect == ladders.EXPLAIN:
            clock.explanation_owed = True
    for place in places:
        clock.passed |= 1 << place
    return rungs, waiting


def acts(clock: Clock, pauses: Sequence[Pause], policy: Policy, now: datetime) -> bool:
    """Whether a level that `cross` would return now changes the case itself."""
    if not ladders.acts(clock.ladder):
        return False
    due = _ahead(clock, count(clock, pauses, policy))
    return ladders.acts(clock.ladder[place] for instant, _, place in due if instant < now)


def stop(clock: Clock, at: datetime, *, void: bool = False) -> None:
    """End the clock at `at`: kept, late (when it had passed 100 %), or void. Once is enough."""
    clock.stopped_at, clock.next_at = at, None
    if void:
        if clock.breached_at is None:
            clock.state = Clock.State.VOID
    elif clock.breached_at is None:
        clock.state = Clock.State.MET


def stop_before(clock: Clock, at: datetime) -> bool:
    """Have the clock stopped at `at`, before it fell late; whether a breach is withdrawn by that.

    What falls exactly at the limit is in time. Levels that fell stay known, so none falls twice.
    """
    clock.stopped_at, clock.next_at = at, None
    if clock.breached_at is None or clock.breached_at < at:
        return False
    clock.state, clock.breached_at, clock.explanation_owed = Clock.State.MET, None, False
    return True


def resume(clock: Clock, pauses: Iterable[Pause], policy: Policy) -> None:
    """Have a clock that was voided run again from its true start, as if it had never been stopped.

    What it passed meanwhile falls at the next look, at its own instants. Twice is once.
    """
    clock.stopped_at = None
    clock.state = Clock.State.RUNNING if clock.breached_at is None else Clock.State.BREACHED
    replay(clock, pauses, policy)


def restart(clock: Clock, at: datetime, pauses: Iterable[Pause], policy: Policy) -> None:
    """Count an open clock from another instant; levels that fell stay fallen. Twice is once."""
    clock.started_at = at
    replay(clock, pauses, policy)


def extendable(clocks: Iterable[Clock], now: datetime) -> Clock | None:
    """The promise over the whole of a case, while it is still kept: the open one due last."""
    promised = [c for c in clocks if c.stopped_at is None and c.code != SUPERVISION]
    kept = [c for c in promised if c.breached_at is None and c.due_at > now]
    return max(kept, key=lambda clock: (clock.due_at, clock.pk), default=None)


def extend(clock: Clock, days: int, pauses: Iterable[Pause], policy: Policy) -> None:
    """Grant `days` more, working days on a working calendar and else natural ones.

    The limit grows in its own unit and everything is replayed, so levels that fell stay fallen and
    the next ones move on. What was due first stays known.
    """
    calendar = policy.calendars[clock.calendar_id]
    unit = Unit(clock.unit)
    minutes = {
        Unit.MINUTES: calendar.standard_day // MINUTE,
        Unit.NATURAL: DAY // MINUTE,
    }
    clock.granted = Decimal(clock.granted) + days * Decimal(minutes.get(unit, 1))
    clock.first_due_at = clock.first_due_at or clock.due_at
    clock.told_due_at = None  # the customer is told of the new due time by the move itself
    replay(clock, pauses, policy)


def blame(case: Case, cause: str) -> None:
    """Write why the breached clocks of `case` were late, where no cause was accepted yet.

    "" takes back what was written. Doing it again changes nothing.
    """
    _blamed(case).update(cause=cause)


def accept_blame(case: Case) -> None:
    """The causes that were given are settled; a later breach gets one of its own."""
    _blamed(case).exclude(cause="").update(cause_accepted=True)


def _blamed(case: Case) -> QuerySet[Clock]:
    return Clock.objects.filter(case_id=case.pk, breached_at__isnull=False, cause_accepted=False)


def service_opens(clock: Clock, policy: Policy, now: datetime) -> datetime | None:
    """When a reminder of this clock may go out, if not at once: the next opening after `now`.

    None in service hours, and always for clocks in natural time.
    """
    if clock.unit == Unit.NATURAL:
        return None
    instant = timedelta.resolution
    opens = policy.calendars[clock.calendar_id].add(now, instant) - instant
    return opens if opens > now else None


def remaining(clock: Clock, pauses: Iterable[Pause], policy: Policy, now: datetime) -> timedelta:
    """Counted time left until the limit at `now`, negative when it has passed."""
    return count(clock, pauses, policy).remaining(now)


# When a rung falls, its level, its place in the ladder.
Ahead = tuple[datetime, int, int]


def _ahead(clock: Clock, reckoning: Count) -> Iterator[Ahead]:
    """The rungs not passed yet that have an instant, as they fall; no more is reckoned than read.

    Shares keep their order among themselves, and so do minutes; but a pause or a notice may change
    how many minutes a limit of whole working days has, and with it which of a share and a number
    of minutes comes first. Therefore the passed ones are known one by one, not as "all below".
    """
    shares: list[tuple[int, int]] = []
    minutes: list[tuple[int, int]] = []
    for place, step in enumerate(clock.ladder):
        if not clock.passed >> place & 1:
            level = ladders.level_of(step)
            (shares if ladders.minutes_of(level) is None else minutes).append((level, place))
    if not minutes:
        return _falling(shares, reckoning)
    return merge(_falling(shares, reckoning), _falling(minutes, reckoning))


def _falling(rungs: Iterable[tuple[int, int]], reckoning: Count) -> Iterator[Ahead]:
    for level, place in rungs:
        minutes = ladders.minutes_of(level)
        if minutes is None:
            instant = reckoning.at(Decimal(level) / 100)
        else:
            instant = reckoning.beside(timedelta(minutes=minutes))
        if instant is not None:
            yield instant, level, place


def _wait(clock: Clock, rung: Ahead | None) -> None:
    clock.next_at, clock.next_level = (rung[0], rung[1]) if rung else (None, None)


def _percent(level: int, reckoning: Count) -> int:
    minutes = ladders.minutes_of(level)
    if minutes is None:
        return level
    return round(100 * (reckoning.limit + timedelta(minutes=minutes)) / reckoning.limit)


def _is_provisional(clock: Clock, policy: Policy) -> bool:
    """Whether the due day lies beyond the last published holiday schedule (natural time: never)."""
    until = policy.certain_until.get(clock.calendar_id)
    return until is not None and clock.unit != Unit.NATURAL and clock.due_at >= until
