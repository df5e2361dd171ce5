"""Replays clocks after their calendar changed, and finds those whose stored figures are wrong.

A page of clocks is read and replayed without a lock; what differs is written in batches, one
statement each. Nothing is remembered in between: a run that was killed goes on where it was when
it is started again, and a second one at the same time does no harm.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from waterdesk.core import clocks as timing
from waterdesk.core import lapses, policy, record, rewriting
from waterdesk.core.aside import Aside, last_in_line
from waterdesk.core.bulk import insert_all, update_many
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.config import Utility
from waterdesk.core.models.record import Event
from waterdesk.core.readings import Difference, Scope
from waterdesk.core.record import Fact
from waterdesk.core.sheets import PAGE, Page, Sheet, pages, sheets
from waterdesk.sla.errors import SlaError

log = logging.getLogger(__name__)

EVERY = Scope()


@dataclass(slots=True)
class Outcome:
    """What a run did: clocks looked at, written, of those with another due time; and the faults."""

    looked: int = 0
    written: int = 0
    moved: int = 0
    faults: list[str] = field(default_factory=list)


def recompute(now: datetime, scope: Scope = EVERY, *, size: int = PAGE) -> Outcome:
    """Write what differs of every open clock in `scope`, pages of `size`; `now` is aware.

    Pauses that end by themselves end when they now should. A clock whose level has passed by the
    new figures is left for the next sweep, which records it once, at its true instant. What
    somebody else holds or changes meanwhile is skipped, and waited for at the end, one case at a
    time. Repeating it writes nothing more.
    """
    outcome = Outcome()
    policy.look_again()
    for case_id in _write_pages(scope, now, size, outcome):
        _write_case(case_id, now, outcome)
    lapses.recompute(now)
    return outcome


def catch_up(now: datetime) -> Outcome | None:
    """Replay the clocks if the configuration changed since they were last replayed, else nothing.

    However it changed: by a notice whose own replay was cut short, or by hand in the admin. A
    process may still go on with what it read before, so this waits until none does.
    """
    utility = Utility.objects.get_or_create(pk=1)[0]
    if utility.replayed == utility.revision:
        return None
    time.sleep(settings.POLICY_MAX_AGE)
    outcome = recompute(now)
    for fault in outcome.faults:
        log.error("a clock cannot be reckoned: %s", fault)
    Utility.objects.filter(pk=1).update(replayed=utility.revision)
    return outcome


def differences(rules: policy.Policy, scope: Scope = EVERY) -> Iterator[Difference]:
    """Every clock in `scope` that its replay by `rules` would change; nothing written or locked.

    The rules may be supposed ones. All as of one instant, so that a desk at work is not taken for
    one with wrong figures; only inside a transaction of the caller's as it holds there.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for page in pages(scope, rules):
            yield from page.differences


def _write_pages(scope: Scope, now: datetime, size: int, outcome: Outcome) -> list[int]:
    """Write what differs, page by page; returns the cases that somebody held or changed.

    PostgreSQL writes one page while the next one, read before, is replayed. People at work come
    first: there is no hurry, and the processor may have nothing better to do.
    """
    rules = policy.current()
    with Aside() as aside:
        read = sheets(aside, scope, rules, size)
        return last_in_line(lambda: _reckoned(aside, read, now, outcome))


def _reckoned(aside: Aside, read: Iterator[Sheet], now: datetime, outcome: Outcome) -> list[int]:
    missed: list[int] = []
    line = rewriting.Line(aside)
    for sheet in read:
        page = sheet.page(aside)
        missed += _arrived(line, outcome)
        outcome.looked += page.looked
        outcome.faults += [f"{d.clock.number}: {d.fault}" for d in page.differences if d.fault]
        _write(page, now, line)
    return missed + _arrived(line, outcome)


def _write(page: Page, now: datetime, line: rewriting.Line) -> None:
    # A clock that was stopped is looked at by --check; what is wrong with it is for a person.
    found = [d for d in page.differences if not d.fault and d.clock.stopped_at is None]
    line.send(rewriting.batches(found), now)


def _arrived(line: rewriting.Line, outcome: Outcome) -> list[int]:
    """Count what was written since last time; returns the cases that were not had."""
    missed: list[int] = []
    for part, had in line.arrived():
        written = [each for each in part if each.clock.case_id in had]
        outcome.written += len(written)
        outcome.moved += sum(each.moved for each in written)
        missed += sorted({each.clock.case_id for each in part} - had)
    return missed


def _write_case(case_id: int, now: datetime, outcome: Outcome) -> None:
    """Wait for one case, and replay its clocks as the door does: the case first."""
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
        pauses = list(Pause.objects.filter(case_id=case_id))
        changed: list[Clock] = []
        events: list[Event] = []
        for clock in case.clocks.filter(stopped_at__isnull=True).order_by("pk"):
            before = _figures(clock)
            fell = Crossing.objects.filter(
                clock=clock, level=timing.BREACH, withdrawn_at__isnull=True
            ).first()
            try:
                timing.rederive(clock, pauses, policy.current(), fell and fell.at)
            except (SlaError, LookupError) as fault:
                outcome.faults.append(f"{case.number}: {fault}")
                continue
            if _figures(clock) != before:
                changed.append(clock)
            if clock.due_at != before["due_at"]:
                said = rewriting.moved_data(clock.code, before["due_at"], clock.due_at)
                events += record.chain(case, [Fact("clock_moved", now, said)], None, now)
                timing.moved(clock, before["due_at"])
        update_many(changed, (*timing.FIGURES, "told_due_at"))
        update_many([case], ["version", "seal"])
        insert_all(events)
    outcome.written += len(changed)
    outcome.moved += len(events)


def _figures(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in timing.FIGURES}
