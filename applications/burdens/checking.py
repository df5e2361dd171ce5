"""Whether the stored counters are those that the record gives; changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from applications.burdens.figures import Tally, counted_anew
from applications.burdens.moves import end_of
from applications.burdens.rules import ACTIONS, burdens, card
from applications.models import Application, EndedDay
from waterdesk.core.models.record import Event

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one application: what is stored, and what its record or its case gives."""

    pk: int
    number: str
    column: str
    stored: Any
    derived: Any


def differences() -> Iterator[Difference]:
    """Every stored value that is not what the record gives, in the order of the cases.

    Two queries a batch. A case that moved between the two is looked at once more, held still.
    """
    rows, last = Application.objects.order_by("pk"), 0
    while some := list(rows.filter(pk__gt=last)[:BATCH]):
        last = some[-1].pk
        for pk in dict.fromkeys(found.pk for found in _compared(some)):
            yield from _held(pk)


def wrong_days() -> list[tuple[date, int, str]]:
    """Day, area id and service of every kept day that is not the sum of its applications.

    What differs is looked at once more under a lock: both are read one after the other, while
    others go on closing cases.
    """
    suspects = _unlike(EndedDay.objects.all(), Application.objects.all())
    if not suspects:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        # Readers go on; who would close a case waits.
        cursor.execute("LOCK TABLE applications_endedday IN SHARE MODE")
        return _unlike(EndedDay.objects.all(), Application.objects.all())


def _unlike(days: QuerySet[EndedDay], rows: QuerySet[Application]) -> list[tuple[date, int, str]]:
    names = [each.name for each in fields(Tally)]
    kept = {
        (row.day, row.area_id, row.service): Tally(*(getattr(row, name) for name in names))
        for row in days
    }
    there, none = counted_anew(rows), Tally()
    return sorted(
        key for key in kept.keys() | there.keys() if kept.get(key, none) != there.get(key, none)
    )


def _held(pk: int) -> list[Difference]:
    with transaction.atomic():
        rows = Application.objects.select_for_update(no_key=True, of=("self", "case_ptr"))
        return _compared(rows.filter(pk=pk))


def _compared(rows: Iterable[Application]) -> list[Difference]:
    cases = list(rows)
    events: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(case__in=[c.number for c in cases], action__in=ACTIONS):
        events[event.case].append(event)
    found = []
    for case in cases:
        for column, derived in _derived(case, events[case.number]).items():
            stored = getattr(case, column)
            if stored != derived:
                found.append(Difference(case.pk, case.number, column, stored, derived))
    return found


def _derived(case: Application, events: Iterable[Event]) -> dict[str, Any]:
    counted = card(burdens(events))
    return {
        "burden_trips": counted.trips,
        "burden_documents": counted.documents,
        "burden_approvals": counted.approvals,
        "burden_fees": counted.fees,
        **end_of(case),
    }
