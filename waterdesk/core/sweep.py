"""The sweep: records every level that has been passed, at its true instant, and tells people.

Its cost follows what is due, never what is open. Any number of sweeps may run at once: each
claims clocks together with their cases and skips what another holds.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q, QuerySet

from notifications import outbox
from waterdesk.core import clocks as timing
from waterdesk.core import door, ladders, policy, record, telling
from waterdesk.core.audiences import Directory
from waterdesk.core.bulk import insert_all, update_many
from waterdesk.core.figures import judging, keeping
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.record import Event
from waterdesk.core.turn import facts_of, note_breach, write_crossings
from waterdesk.sla.errors import SlaError

log = logging.getLogger(__name__)

BATCH = 500
CASE_WRITTEN = ("version", "seal", "explanation")
# A clock that cannot be reckoned is tried again after this, so that it does not block the others.
SET_ASIDE = timedelta(minutes=10)


def sweep(now: datetime, batch: int = BATCH) -> int:
    """Record what fell before `now` (aware); returns the number of levels crossed.

    One transaction a batch, so a killed sweep loses only the batch it was in, and that one is
    found again. Repeating it, late or twice at once, crosses nothing twice. A case that one of
    its levels changes goes through the door by itself, a transaction each.
    """
    crossed = 0
    while True:
        claimed, rungs, acting = _sweep_batch(now, batch)
        crossed += rungs + sum(_act(number, now) for number in acting)
        if claimed < batch:
            return crossed


@transaction.atomic
def _sweep_batch(now: datetime, size: int) -> tuple[int, int, list[str]]:
    claimed = _claim(now, size)
    if not claimed:
        return 0, 0, []
    rules = policy.current()
    pauses = _pauses_of(claimed)
    # A paused case rings when its pause lapses, which changes the case as well.
    acting = {clock.case_id for clock in claimed if clock.case.paused_reason}
    acting |= {
        clock.case_id
        for clock in (*claimed, *_left_behind(claimed, now))
        if _acts(clock, pauses[clock.case_id], rules, now)
    }
    clocks = [clock for clock in claimed if clock.case_id not in acting]
    directory = Directory(rules, (clock.case for clock in clocks))
    rungs = sorted(
        (rung for clock in clocks for rung in _cross(clock, pauses[clock.case_id], rules, now)),
        key=lambda rung: rung.at,
    )
    events: list[Event] = []
    notices: list[outbox.Notice] = []
    for rung in rungs:
        case = rung.clock.case
        if rung.level == timing.BREACH:
            judging.judge(rung.clock, case, case.handler)
        events += record.chain(case, facts_of(rung, case, directory, now), None, now)
        notices += telling.of_rung(case, rung, directory, now)
        note_breach(case, rung)
    write_crossings(rungs, now)
    update_many(clocks, timing.CROSSED)
    keeping.keep([r.clock for r in rungs if r.level == timing.BREACH], pauses, rules)
    update_many(list({clock.case_id: clock.case for clock in clocks}.values()), CASE_WRITTEN)
    insert_all(events)
    outbox.queue(notices, now)
    numbers = sorted({clock.case.number for clock in claimed if clock.case_id in acting})
    return len(claimed), len(rungs), numbers


def _claim(now: datetime, size: int) -> list[Clock]:
    """Due clocks and their cases, locked in one statement; what others hold is skipped."""
    clocks = list(
        Clock.objects.select_related("case__handler")
        .select_for_update(no_key=True, skip_locked=True, of=("self", "case"))
        .filter(next_at__lt=now)
        .order_by("next_at")[:size]
    )
    # Two clocks of one case must move the same row's record on.
    cases: dict[int, Case] = {}
    for clock in clocks:
        clock.case = cases.setdefault(clock.case_id, clock.case)
    return clocks


def _left_behind(claimed: list[Clock], now: datetime) -> QuerySet[Clock]:
    """Due clocks of the same cases that may change them and are not claimed.

    They are in another batch, or another sweep had its hand on them. What they do may have fallen
    before a later level of a clock that is claimed, and then comes first. Nobody writes them
    meanwhile: their cases are locked.
    """
    effects = (Q(ladder__contains=[{"effect": effect}]) for effect in ladders.MOVES)
    due = Clock.objects.filter(case__in={clock.case_id for clock in claimed}, next_at__lt=now)
    return due.filter(reduce(or_, effects)).exclude(pk__in=[clock.pk for clock in claimed])


def _pauses_of(clocks: list[Clock]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in={clock.case_id for clock in clocks}):
        found[pause.case_id].append(pause)
    return found


def _acts(clock: Clock, pauses: list[Pause], rules: policy.Policy, now: datetime) -> bool:
    try:
        return timing.acts(clock, pauses, rules, now)
    except SlaError:
        return False  # `_cross` sets it aside


def _act(number: str, now: datetime) -> int:
    """One case through the door, in a transaction of its own, so that its effects are its own."""
    try:
        return door.catch_up(number, now)
    except Exception:
        log.exception("levels of %s cannot be recorded; set aside", number)
        due = Clock.objects.filter(case__number=number, next_at__lt=now)
        due.update(next_at=now + SET_ASIDE)
        return 0


def _cross(
    clock: Clock, pauses: list[Pause], rules: policy.Policy, now: datetime
) -> list[timing.Rung]:
    try:
        return timing.cross(clock, pauses, rules, now)
    except Exception:
        log.exception("clock %s cannot be reckoned; set aside", clock.pk)
        clock.next_at = now + SET_ASIDE
        return []
