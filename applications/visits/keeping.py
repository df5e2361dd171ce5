"""谁来赴约: appointments whose handler will not be there, and what the desk does about them.

The roster changes after the customer chose: leave, a shift given away, somebody who has left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from applications.models import KIND, Application, Job
from applications.visits.assigning import on_duty_for
from applications.visits.rows import spoken
from applications.visits.windows import WAITS
from waterdesk.core import door, policy
from waterdesk.core.errors import DeskError
from waterdesk.core.models import Case, Leave, Shift, User

log = logging.getLogger(__name__)

BATCH = 200


@dataclass(frozen=True, slots=True)
class Unkept:
    """One appointment for which nobody will be there; `handler` is who was sent, if anybody."""

    job: Job
    case: Case
    handler: User | None

    @property
    def window(self) -> str:
        return spoken(self.job.window_from, self.job.window_to)


def unkept(now: datetime, within: Iterable[int] | None = None) -> list[Unkept]:
    """Appointments not over yet whose handler is nobody, has left, is away, or is off then.

    Somebody is off where the roster of the case's areas has others then: a day that is not laid
    out yet says nothing. `within` are the areas to look at, None is all. At most BATCH, the
    earliest first; three queries.
    """
    booked = Job.objects.filter(state__in=WAITS, window_to__gt=now, case__kind=KIND)
    if within is not None:
        booked = booked.filter(case__area__in=within)
    rows = list(booked.select_related("case__handler").order_by("window_from", "pk")[:BATCH])
    if not rows:
        return []
    last = max(row.window_to for row in rows)
    people = {row.case.handler_id for row in rows if row.case.handler_id is not None}
    away = list(Leave.objects.filter(user__in=people, starts_at__lt=last, ends_at__gt=now))
    laid_out = list(Shift.objects.filter(starts_at__lt=last, ends_at__gt=rows[0].window_from))
    return [
        Unkept(row, row.case, row.case.handler)
        for row in rows
        if not _is_there(row, row.case.handler, away, laid_out)
    ]


def keep(now: datetime) -> int:
    """Send somebody else to what nobody will keep, where the utility sends by rule.

    Returns how many were sent. Where nobody is on duty then it stays on the lead's list. The rows
    decide: it may run at any time, and twice at once.
    """
    rules = policy.current()
    if not rules.utility.assign_by_rule:
        return 0
    return sum(_send(each, now) for each in unkept(now))


def _send(each: Unkept, now: datetime) -> bool:
    case = Application.objects.get(pk=each.case.pk)
    if case.handler_id != (each.handler.pk if each.handler else None):
        return False  # somebody has looked after it meanwhile
    person = on_duty_for(case.area_id, policy.current(), each.job.window_from)
    if person is None or person.pk == case.handler_id:
        return False
    action = "reassign" if case.handler_id else "assign"
    changes = {"handler": person.username}
    try:
        door.move(case.number, action, actor=None, at=now, changes=changes, seen=case.version)
    except DeskError as refusal:
        log.info("appointment of %s waits: %s", case.number, refusal.code)
        return False
    return True


def _is_there(job: Job, handler: User | None, away: list[Leave], laid_out: list[Shift]) -> bool:
    if handler is None or not handler.is_active:
        return False

    def meets(each: Leave | Shift) -> bool:
        return each.starts_at < job.window_to and each.ends_at > job.window_from

    if any(each.user_id == handler.pk and meets(each) for each in away):
        return False
    way_up = policy.current().above(job.case.area_id)
    then = [each for each in laid_out if meets(each)]
    if any(each.user_id == handler.pk for each in then):
        return True
    return not any(each.area_id in way_up for each in then)
