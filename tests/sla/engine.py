"""What the laws of the whole engine stand on: a desk on a real database, its deaths, its referee.

The referee reckons each level anew from the rows of clock, pauses and calendar, with the pure
arithmetic alone; it shares nothing with what writes the rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from notifications.models import Message
from tests import kept
from tests.factories import open_application, open_ticket, staff
from waterdesk.core import door, flow, ladders, policy
from waterdesk.core.errors import DeskError
from waterdesk.core.models import Case, Clock, Crossing, Event, Ladder, Pause, Promise, Utility
from waterdesk.core.record import verify
from waterdesk.sla import Count, Limit, Unit
from waterdesk.sla import Pause as Interval

Level = tuple[int, int]
"""A clock and one of its levels."""

LADDERS = {
    "respond": [{"level": 80, "tell": ["lead"]}, {"level": 100, "tell": ["lead"]}],
    "arrive": [
        {"level": 50, "tell": ["handler"], "effect": "reassign"},
        {"level": 100, "tell": ["lead"], "effect": "explain"},
    ],
    "contain": [
        {"level": 5, "tell": ["handler"]},
        {"level": 25, "tell": ["handler"]},
        {"level": 100, "tell": ["lead"]},
    ],
    "finish": [
        {"minutes": -60, "tell": ["lead"]},
        {"level": 50, "tell": ["handler"]},
        {"level": 100, "tell": ["lead", "supervisor"]},
        {"minutes": 30, "tell": ["lead"], "effect": "urgent"},
        {"level": 150, "tell": ["leader"]},
    ],
    "answer": [
        {"level": 30, "tell": ["handler"], "effect": "urgent"},
        {"minutes": -180, "tell": ["handler"]},
        {"level": 90, "tell": ["lead"]},
        {"level": 100, "tell": ["supervisor"]},
    ],
    "two-step": [
        {"level": 50, "tell": ["handler"]},
        {"level": 80, "tell": ["lead"], "effect": "reassign"},
        {"level": 100, "tell": ["lead"], "effect": "explain"},
        {"level": 150, "tell": ["leader"]},
    ],
}
"""Shares and minutes, before and after the limit, that only tell and that change the case."""

KINDS: list[Callable[[datetime, int], Case]] = [
    lambda at, n: open_ticket(at=at, address=f"城东区朝阳路 {n} 号"),
    lambda at, n: open_ticket(at=at, address=f"城东区朝阳路 {n} 号", subtype="meter"),
    lambda at, n: open_ticket(
        at=at, address=f"城东区朝阳路 {n} 号", category="consultation", subtype=""
    ),
    lambda at, n: open_application(at=at, address=f"城东区朝阳路 {n} 号"),
]
"""Natural minutes on four clocks; working days; working days that a pause may move; half a day."""

SELDOM = {"cancel", "refuse", "settle", "follow_up", "note", "chase"}
"""Moves that end a case, and those that change little."""


class Killed(BaseException):
    """A worker dies: nothing catches it, and what it had not committed is gone."""


@contextmanager
def dying_at(statement: int) -> Iterator[None]:
    """Die before this connection's n-th statement from here; at 0, or with fewer of them, never."""
    left = [statement]

    def counted(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        try:
            yield
        except Killed:
            return


def furnish() -> None:
    """Staff, and ladders in place of the seeds' own; once a test."""
    for role in ("lead", "supervisor", "admin", "agent"):
        staff(role)
    staff("lead", "east")
    staff("field", "east-1")
    for code, levels in LADDERS.items():
        ladder = Ladder.objects.create(code=f"law-{code}", name=code, levels=levels)
        Promise.objects.filter(code=code).update(ladder=ladder)
    Utility.touch()
    policy.forget()


def clear() -> None:
    """No cases, no record, no messages; people and configuration stay."""
    kept.clear("core_user")


def send(case: Case, at: datetime, who: Any) -> None:
    """Send the crew, so that there is somebody to remind and to take the case from."""
    action = {"ticket": "dispatch", "application": "assign"}[case.kind]
    door.move(case.number, action, actor=who, at=at, changes={"handler": "field-east-1"})


def attempt(case: Case, choice: int, at: datetime, who: Any) -> None:
    """Make one of the moves that are offered now; which one, and what is said with it, by number.

    The desk may refuse it: then nothing has changed, which the laws see.
    """
    case = flow.flow_of(case).model_class()._default_manager.get(pk=case.pk)
    offered = flow.allowed(who, case)
    if choice < 80:
        offered = [move for move in offered if move.action not in SELDOM] or offered
    move = offered[choice % len(offered)]
    said = {field.name: _said(field, choice, at) for field in move.fields}
    try:
        door.move(case.number, move.action, actor=who, at=at, changes=said)
    except DeskError:
        return


def _said(field: flow.Field, choice: int, at: datetime) -> Any:
    days = choice % 3 + 1
    reasons = {
        "pause": ["customer-correction", "customer-delay"],
        "cause": ["crew-short"],
        "cancel": ["mistake"],
        "refuse": ["arrears"],
    }
    known = reasons.get(field.use) or [
        code for use, code in policy.current().reasons if use == field.use
    ]
    return {
        "handler": lambda: "field-east-1",
        "reason": lambda: known[choice % len(known)],
        "number": lambda: days,
        "date": lambda: f"{at + timedelta(days=days):%Y-%m-%d}" if choice % 2 else "",
        "choice": lambda: field.choices[-1][0],
        "flag": lambda: False,
    }.get(field.kind, lambda: "说明")()


# --- the referee ---------------------------------------------------------------------------------
def instants(now: datetime) -> dict[Level, datetime]:
    """When each level that was not crossed yet falls, with the pauses that lapsed by now ended."""
    rules, crossed, pauses = policy.current(), crossings(), _pauses()
    found = {}
    for clock in Clock.objects.filter(stopped_at__isnull=True):
        kept = [p for p in pauses[clock.case_id] if p.reason in clock.pause_reasons]
        count = Count(
            rules.calendars[clock.calendar_id],
            clock.started_at,
            Limit(Decimal(clock.amount) + clock.granted, Unit(clock.unit)),
            [Interval(p.started_at, _ended(p, now)) for p in kept],
        )
        for step in clock.ladder:
            key, at = (clock.pk, ladders.level_of(step)), _instant(step, count)
            if key not in crossed and at is not None:
                found[key] = at
    return found


def _pauses() -> dict[int, list[Pause]]:
    found = defaultdict(list)
    for pause in Pause.objects.all():
        found[pause.case_id].append(pause)
    return found


def _ended(pause: Pause, now: datetime) -> datetime | None:
    lapsed = pause.lapses_at is not None and pause.lapses_at <= now
    return pause.lapses_at if pause.ended_at is None and lapsed else pause.ended_at


def _instant(step: dict[str, Any], count: Count) -> datetime | None:
    if "minutes" in step:
        after = timedelta(minutes=step["minutes"])
        return None if count.limit + after < timedelta() else count.beside(after)
    return count.at(Decimal(step["level"]) / 100)


def crossings() -> dict[Level, datetime]:
    return {(c.clock_id, c.level): c.at for c in Crossing.objects.all()}


# --- what is never so ----------------------------------------------------------------------------
def unfaithful_records() -> list[Any]:
    """Records that do not verify, that a case has lost the head of, or that tell other levels."""
    faults: list[Any] = list(verify(Event.objects.order_by("case", "seq")))
    last = {event.case: event for event in Event.objects.order_by("seq")}
    for number, version, seal in Case.objects.values_list("number", "version", "seal"):
        if (version, seal) != (last[number].seq, last[number].digest):
            faults.append((number, version))
    told = Counter(
        (e.case, e.data["promise"], _level_told(e.data), e.at)
        for e in Event.objects.filter(
            action__in=["clock_reminded", "clock_breached", "clock_escalated"]
        )
    )
    crossed = Counter(
        (c.clock.case.number, c.clock.code, c.level, c.at)
        for c in Crossing.objects.select_related("clock__case")
    )
    return faults + list((told - crossed) + (crossed - told))


def _level_told(data: dict[str, Any]) -> int:
    return ladders.level_of({key: data[key] for key in ("level", "minutes") if key in data})


def wrong_breaches() -> list[Any]:
    """Clocks whose breach is not their crossing of 100 %, and levels that fell in a pause."""
    crossed, pauses = crossings(), _pauses()
    breaches = [
        (clock.pk, clock.breached_at, clock.state)
        for clock in Clock.objects.all()
        if clock.breached_at != crossed.get((clock.pk, ladders.BREACH))
        or (clock.breached_at is None) == (clock.state == Clock.State.BREACHED)
    ]
    held = [
        (crossing.clock_id, crossing.level)
        for crossing in Crossing.objects.select_related("clock")
        for pause in pauses[crossing.clock.case_id]
        if pause.reason in crossing.clock.pause_reasons
        and pause.started_at < crossing.at
        and (pause.ended_at is None or crossing.at < pause.ended_at)
    ]
    return breaches + held


def wrong_messages() -> list[str]:
    """Levels from the limit on that nobody was told of, and messages of levels that never fell."""
    told = set(
        Message.objects.filter(occurrence__startswith="clock:").values_list("occurrence", flat=True)
    )
    fell = {f"clock:{clock}:{level}": level for clock, level in crossings()}
    return [each for each in fell if fell[each] >= ladders.BREACH and each not in told] + [
        each for each in told if each not in fell
    ]


def wrong_waits(now: datetime) -> list[Any]:
    """Open clocks that wait for anything but the first level to come, or the end of a pause."""
    first: dict[int, datetime | None] = defaultdict(lambda: None)
    for (clock, _), at in sorted(instants(now).items(), key=lambda each: each[1], reverse=True):
        first[clock] = at
    held = {pause.case_id: pause for pause in Pause.objects.filter(ended_at__isnull=True)}
    for clock in Clock.objects.filter(case__in=held, stopped_at__isnull=True):
        if held[clock.case_id].reason in clock.pause_reasons:
            first[clock.pk] = held[clock.case_id].lapses_at
    return [
        (clock.pk, clock.code, clock.state, clock.next_at, first[clock.pk])
        for clock in Clock.objects.filter(stopped_at__isnull=True)
        if clock.next_at != first[clock.pk]
    ]


def effects_out_of_order() -> list[Any]:
    """Effects of a level that the record tells after a level that fell later."""
    latest: dict[str, datetime] = {}
    late = []
    for event in Event.objects.order_by("case", "seq"):
        if event.action.startswith(("clock_re", "clock_b", "clock_e")):
            latest[event.case] = max(event.at, latest.get(event.case, event.at))
        if "rung" in event.data and event.at < latest[event.case]:
            late.append((event.case, event.seq, event.action))
    return late
