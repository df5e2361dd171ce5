"""What the desk itself does about ends: it reminds before them, and ends what is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone

from applications.models import Application, Standing
from applications.standing import days
from applications.standing.beginning import standing_of
from applications.standing.flow import closed
from applications.standing.words import ENDED, ENDING, REVIEW_AHEAD
from waterdesk.core import door
from waterdesk.core.door import Doing
from waterdesk.core.errors import Conflict, NotFound

log = logging.getLogger(__name__)

# When in its day somebody is told: nobody at night, and a late one may still be read. *chosen*
FROM, UNTIL = time(9, 30), time(20, 0)
BATCH = 200
What = Callable[[Application, date], Doing | None]


def tick(now: datetime) -> int:
    """Do what is due at `now` (aware); returns how many standings something was done about.

    The rows decide: it may run at any time, twice at once, or not at all. Each reminder is told
    once; of several that were missed only the last is, and none of an end that has passed.
    """
    if not FROM <= timezone.localtime(now).time() < UNTIL:
        return 0
    today = timezone.localdate(now)
    ends = _all(Q(next_on__lte=today), what_is_due, today, now)
    return ends + _all(Q(review_next_on__lte=today), which_review_is_due, today, now)


def _all(due: Q, what: What, today: date, now: datetime) -> int:
    done = last = 0
    while batch := _due(due, last):
        done += sum(_do(number, what, today, now) for _pk, number in batch)
        last = batch[-1][0]
    return done


def _due(due: Q, after: int) -> list[tuple[int, str]]:
    rows = Standing.objects.filter(due, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "case__number")[:BATCH])


def _do(number: str, what: What, today: date, now: datetime) -> bool:
    found: list[Doing | None] = []

    def choose(case: Application) -> Doing | None:
        found.append(what(case, today))
        return found[-1]

    try:
        door.by_desk(number, choose, at=now)
    except (Conflict, NotFound) as refusal:
        # It is done again, or gone: another tick looks.
        log.info("standing of %s waits: %s", number, refusal.code)
        return False
    return found[-1] is not None


def what_is_due(case: Application, today: date) -> Doing | None:
    """The move that is due, with the row as it is afterwards; None: nothing is. Case locked."""
    row = standing_of(case)
    if row is None or row.next_on is None or row.next_on > today:
        return None
    said = {"ends": row.ends_on.isoformat()}
    if row.ends_on < today:
        closed(row, Standing.Because.TIME, row.ends_on)
        return Doing(ENDED, said | {"because": row.ended_because}, (row,))
    ahead = days.due_reminder(row.remind_days, row.told, row.ends_on, today)
    if ahead is None:
        return None
    row.told = ahead
    row.next_on = days.next_day(row.remind_days, ahead, row.ends_on)
    return Doing(ENDING, said | {"days": ahead}, (row,))


def which_review_is_due(case: Application, today: date) -> Doing | None:
    """The reminder before a review that is due, as above; none of a review that has come."""
    row = standing_of(case)
    if row is None or row.review_next_on is None or row.review_next_on > today:
        return None
    ahead = days.due_reminder(row.remind_days, row.review_told, row.review_on, today)
    if ahead is None:
        Standing.objects.filter(pk=row.pk).update(review_next_on=None)
        return None
    row.review_told = ahead
    row.review_next_on = days.next_reminder(row.remind_days, ahead, row.review_on)
    said = {"review_on": row.review_on.isoformat(), "days": ahead}
    return Doing(REVIEW_AHEAD, said, (row,))
