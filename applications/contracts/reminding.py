"""催签: an unsigned contract is reminded on the days its template names; the water stays on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from applications.contracts import telling
from applications.models import Contract
from notifications import outbox

# When on its day a reminder goes out, and until when one that comes late still may. *chosen*
FROM, UNTIL = time(9, 30), time(20, 0)
BATCH = 200


def first(days: Iterable[int], made_at: datetime) -> datetime | None:
    """When a contract made at `made_at` is reminded for the first time; None: never."""
    return following(days, made_at, made_at)


def following(days: Iterable[int], made_at: datetime, after: datetime) -> datetime | None:
    """The first reminder later than `after`; days are those of the desk's own zone."""
    made_on = timezone.localdate(made_at)
    instants = (
        timezone.make_aware(datetime.combine(made_on + timedelta(days=day), FROM)) for day in days
    )
    return next((instant for instant in instants if instant > after), None)


def remind(now: datetime) -> int:
    """Tell the customers whose unsigned contracts are due; returns how many messages were made.

    Never at night. A day that was slept through is told once, with the next; twice at once tells
    once. The rows decide: it may run at any time, or not at all.
    """
    if not FROM <= timezone.localtime(now).time() < UNTIL:
        return 0
    told = 0
    while batch := _remind_some(now):
        told += batch
    return told


@transaction.atomic
def _remind_some(now: datetime) -> int:
    due = Contract.objects.filter(remind_at__lte=now).order_by("remind_at")
    rows = list(
        due.select_related("case", "template").select_for_update(skip_locked=True, of=("self",))[
            :BATCH
        ]
    )
    notices = [telling.notice(each, telling.REMINDER, f"{each.reminded + 1}") for each in rows]
    outbox.queue(notices, now)
    for each in rows:
        each.remind_at = following(each.template.remind_days, each.made_at, now)
        each.reminded += 1
    Contract.objects.bulk_update(rows, ["remind_at", "reminded"])
    return len(rows)
