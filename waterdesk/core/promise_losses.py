"""The cases that would have no promise any more after an edit of a desk at work. Pure.

What loading refuses is promise_check's to say. A promise may come to an end, which is no gap
there; but who ends one, or takes its row away, is told which cases are left without any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from waterdesk.core.policy import holds
from waterdesk.core.promise_check import Fault, Group, Known, Row, faults_of


def losses(
    before: Sequence[Row], after: Sequence[Row], known: Known, since: datetime
) -> list[Fault]:
    """One example for each promise that some case would lose at or after `since`.

    Rows that stay as they are are the same objects in both.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in [*before, *(row for row in after if row not in before)]:
        if not any(faults_of(row, known)):
            groups.setdefault((row.kind, row.code), []).append(row)
    touched = [rows for rows in groups.values() if any(row not in after for row in rows)]
    return [fault for rows in touched for fault in _lost(rows, before, after, known, since)]


def _lost(
    rows: Sequence[Row],
    before: Sequence[Row],
    after: Sequence[Row],
    known: Known,
    since: datetime,
) -> Iterator[Fault]:
    """The first case of one kind and code that has a promise now and would have none."""
    group = Group(rows, known)
    times = [since, *(at for at in group.edges if at > since)]
    for case in group.cases(rows):
        fitting = [row for row in rows if holds(row.conditions, case)]
        for at in times:
            there = [row for row in fitting if row.holds_at(at)]
            gone = next((row for row in there if row in before), None)
            if gone and not any(row in after for row in there):
                message = _("%(at)s 起 %(case)s 时不再有任何承诺。") % group.words(case, at)
                yield Fault(gone, "effective_until", message)
                return
