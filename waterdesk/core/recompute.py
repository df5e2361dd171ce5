"""Replays clocks after their calendar changed, and finds those whose stored figures are wrong.

A page of clocks is read and replayed without a lock; only what differs is locked, replayed anew
and written, one transaction a batch. Nothing is remembered in between: a run that was killed goes
on where it was when it is started again, and a second one at the same time does no harm.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from waterdesk.core import clocks as timing
from waterdesk.core import policy, record
from waterdesk.core.bulk import update_many
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.config import Utility
from waterdesk.core.models.record import Event
from waterdesk.core.record import Fact
from waterdesk.sla.errors import SlaError

log = logging.getLogger(__name__)

# No more rows than this are locked at a time.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One clock as it is stored and as its replay would have it, by the names of the figures."""

    clock: Clock
    stored: dict[str, Any]
    replayed: dict[str, Any]
    fault: str = ""

    @property
    def fields(self) -> list[str]:
        return [name for name in timing.FIGURES if self.stored[name] != self.replayed[name]]

    @property
    def moved(self) -> bool:
        """Whether the due time itself is another."""
        return self.stored["due_at"] != self.replayed["due_at"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which clocks to look at: all open ones unless told otherwise.

    Those of one calendar; of these, where only days from `first` on changed, those with something
    still to come there, or provisional; and, with `since`, those stopped from then on as well.
    """

    calendar_id: int | None = None
    first: datetime | None = None
    since: datetime | None = None

    def rows(self) -> QuerySet[Clock]:
        wanted = Q(stopped_at__isnull=True)
        if self.first is not None:
            # What was due and fell before the first changed day cannot have moved.
            wanted &= Q(due_at__gte=self.first) | Q(next_at__gte=self.first) | Q(provisional=True)
        if self.since is not None:
            wanted |= Q(stopped_at__gte=self.since)
        if self.calendar_id is not None:
            wanted &= Q(calendar=self.calendar_id)
        return Clock.objects.filter(wanted).select_related("case")


EVERY = Scope()


@dataclass(slots=True)
class Outcome:
    """What a run did: clocks looked at, written, of those with another due time; and the faults."""

    looked: int = 0
    written: int = 0
    moved: int = 0
    faults: list[str] = field(default_factory=list)


def recompute(now: datetime, scope: Scope = EVERY, *, size: int = BATCH) -> Outcome:
    """Write what differs of every open clock in `scope`; `now` is aware.

    A clock whose level has passed by the new figures is left for the next sweep, which records it
    once, at its true instant. What somebody else holds is skipped, and waited for at the end, one
    case at a time. Repeating it writes nothing more.
    """
    outcome = Outcome()
    policy.look_again()
    held: list[int] = []
    for page in _pages(scope.rows(), size):
        outcome.looked += len(page)
        found = _compare(page, policy.current())
        outcome.faults += [
            f"{each.clock.case.number}: {each.fault}" for each in found if each.fault
        ]
        held += _write([each.clock for each in found if not each.fault], now, outcome)
    for case_id in sorted(set(held)):
        _write_case(case_id, now, outcome)
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

    The rules may be supposed ones.
    """
    for page in _pages(scope.rows(), BATCH):
        yield from _compare(page, rules)


def _pages(rows: QuerySet[Clock], size: int) -> Iterator[list[Clock]]:
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        # Before the page is used: whoever replays it may move its rows on.
        last = page[-1].pk
        yield page


def _compare(page: Sequence[Clock], rules: policy.Policy) -> list[Difference]:
    """Replay these clocks in memory; returns those that were otherwise before. Two queries."""
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in={clock.case_id for clock in page}):
        pauses[pause.case_id].append(pause)
    breaches = Crossing.objects.filter(clock__in=[clock.pk for clock in page], level=timing.BREACH)
    fell = dict(breaches.values_list("clock_id", "at"))
    found = (_replayed(clock, pauses[clock.case_id], rules, fell.get(clock.pk)) for clock in page)
    return [each for each in found if each.fault or each.fields]


def _replayed(
    clock: Clock, pauses: Iterable[Pause], rules: policy.Policy, fell: datetime | None
) -> Difference:
    stored = _figures(clock)
    try:
        timing.rederive(clock, pauses, rules, fell)
    except (SlaError, LookupError) as fault:
        return Difference(clock, stored, stored, fault=str(fault))
    return Difference(clock, stored, _figures(clock))


def _figures(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in timing.FIGURES}


def _write(wrong: Sequence[Clock], now: datetime, outcome: Outcome) -> list[int]:
    """Lock what is free, replay it as it stands now, write it; returns the cases not had."""
    if not wrong:
        return []
    with transaction.atomic():
        rows = Clock.objects.select_related("case").filter(
            pk__in=[clock.pk for clock in wrong], stopped_at__isnull=True
        )
        free = rows.select_for_update(no_key=True, skip_locked=True, of=("self", "case"))
        clocks = list(free.order_by("pk"))
        _settle(clocks, now, outcome)
    had = {clock.pk for clock in clocks}
    return [clock.case_id for clock in wrong if clock.pk not in had]


def _write_case(case_id: int, now: datetime, outcome: Outcome) -> None:
    """Wait for one case, then do the same for its clocks: case first, as the door does."""
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
        rows = Clock.objects.select_for_update(no_key=True).filter(
            case=case, stopped_at__isnull=True
        )
        clocks = list(rows.order_by("pk"))
        for clock in clocks:
            clock.case = case
        _settle(clocks, now, outcome)


def _settle(clocks: Sequence[Clock], now: datetime, outcome: Outcome) -> None:
    """Write what differs of these locked clocks, and record each due time that moved."""
    cases: dict[int, Case] = {}
    for clock in clocks:
        # Two clocks of one case must move the same row's record on.
        clock.case = cases.setdefault(clock.case_id, clock.case)
    changed = [each for each in _compare(clocks, policy.current()) if not each.fault]
    moved = [each for each in changed if each.moved]
    events: list[Event] = []
    for each in moved:
        events += record.chain(each.clock.case, [_moved_fact(each, now)], None, now)
    update_many([each.clock for each in changed], timing.FIGURES)
    heads = {each.clock.case_id: each.clock.case for each in moved}
    update_many(list(heads.values()), ["version", "seal"])
    Event.objects.bulk_create(events)
    outcome.written += len(changed)
    outcome.moved += len(moved)


def _moved_fact(found: Difference, now: datetime) -> Fact:
    """How the record tells of it: which promise, due when before (`was`) and when now (`due`)."""
    was, due = (figures["due_at"] for figures in (found.stored, found.replayed))
    said = {"promise": found.clock.code, "was": _instant(was), "due": _instant(due)}
    return Fact("clock_moved", now, said)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
