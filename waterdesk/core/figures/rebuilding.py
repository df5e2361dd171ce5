"""Makes the facts anew from the clocks: for what was judged before there were facts.

Whose a clock was stays as it is written; times and counted time are replayed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from waterdesk.core import policy
from waterdesk.core.figures import folding, keeping
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock

BATCH = 1000


def rebuild() -> int:
    """Write every fact that is missing or says something else, then the sums; returns the facts.

    A batch a transaction, its cases locked as the door does: one that was killed goes on where it
    was. A repetition writes no fact.
    """
    written = sum(_batch(keys) for keys in _keys())
    folding.rebuild()
    return written


def _keys() -> Iterator[list[int]]:
    judged = Clock.objects.filter(Q(breached_at__isnull=False) | Q(state=Clock.State.MET))
    last = 0
    while keys := list(
        judged.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        last = keys[-1]
        yield keys


@transaction.atomic
def _batch(keys: list[int]) -> int:
    cases = Case.objects.filter(clocks__in=keys).order_by("pk").distinct()
    numbers = list(cases.values_list("pk", flat=True))
    list(Case.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in=numbers):
        pauses[pause.case_id].append(pause)
    clocks = Clock.objects.filter(pk__in=keys).select_related("case__handler")
    return keeping.keep(clocks, pauses, policy.current())
