"""Tells customers of due times that a change of the calendar has moved: once, what holds now.

The replay marks each public clock with the due time that its customer knows. A tick works the
marks off when the replay is through: moved twice is told once, moved back is not told at all.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notifications import outbox
from waterdesk.core import policy, telling
from waterdesk.core.audiences import Directory
from waterdesk.core.bulk import update_many
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.config import Utility

BATCH = 200
# A tick works off no more batches than this, so that it ends well within a task's time.
MOST = 100


def tell(now: datetime, size: int = BATCH) -> int:
    """Queue what is to be told, one transaction a batch; returns the clocks worked off.

    Nothing while a replay is not through. `now` is aware. Two at once share the work; a repetition
    finds nothing.
    """
    utility = Utility.objects.get_or_create(pk=1)[0]
    if utility.replayed != utility.revision:
        return 0
    done = 0
    for _ in range(MOST):
        worked = _batch(now, size)
        done += worked
        if worked < size:
            break
    return done


@transaction.atomic
def _batch(now: datetime, size: int) -> int:
    clocks = list(
        Clock.objects.select_related("case__handler")
        .select_for_update(no_key=True, skip_locked=True, of=("self", "case"))
        .filter(told_due_at__isnull=False)
        .order_by("id")[:size]
    )
    directory = Directory(policy.current())
    notices: list[outbox.Notice] = []
    for clock in clocks:
        was, clock.told_due_at = clock.told_due_at, None
        # Whom a late promise or a finished one is owed has heard of that.
        if clock.stopped_at is None and clock.breached_at is None:
            notices += telling.of_moved(clock, was, directory, now)
    update_many(clocks, ["told_due_at"])
    outbox.queue(notices, now)
    return len(clocks)
