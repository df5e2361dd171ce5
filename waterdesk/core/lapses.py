"""When pauses end by themselves, reckoned anew after their calendar changed.

The longest that a promise allows is counted in working days, so a notice may move that end too.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from waterdesk.core import clocks as timing
from waterdesk.core import corrections, policy, record
from waterdesk.core.bulk import insert_all, update_many
from waterdesk.core.flow import flow_of
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.record import Fact

MOVED = "lapse_moved"


def recompute(now: datetime) -> int:
    """Write the end of every open pause whose end is now another; returns how many.

    One case at a time, locked as the door does. An end that has passed by the new calendar is left
    for the next sweep, which ends the pause at that instant. Repeating it writes nothing more.
    """
    standing = Pause.objects.filter(ended_at__isnull=True, lapses_at__isnull=False)
    return sum(_anew(case_id, now) for case_id in list(standing.values_list("case_id", flat=True)))


@transaction.atomic
def _anew(case_id: int, now: datetime) -> bool:
    case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    pauses = list(Pause.objects.filter(case_id=case_id))
    pause = next((p for p in pauses if p.ended_at is None and p.lapses_at is not None), None)
    if pause is None:
        return False  # somebody ended it meanwhile
    rules = policy.current()
    clocks = list(case.clocks.filter(stopped_at__isnull=True))
    number = corrections.number_of(pause, pauses)
    until = corrections.first_said(flow_of(case), case, number).until
    bound = timing.lapse_of(clocks, pause.reason, pause.started_at, rules)
    was = pause.lapses_at
    pause.lapses_at = min((each for each in (until, bound) if each is not None), default=None)
    if pause.lapses_at == was or pause.lapses_at is None:
        return False
    pause.save(update_fields=["lapses_at"])
    for clock in clocks:
        timing.replay(clock, pauses, rules)
    update_many(clocks, timing.WRITTEN)
    said = {"was": was.isoformat(), "due": pause.lapses_at.isoformat(), "reason": pause.reason}
    insert_all(record.chain(case, [Fact(MOVED, now, said)], None, now))
    update_many([case], ["version", "seal"])
    return True
