"""逾时未接单: what nobody accepted in time goes to the next by rule, or its lead is told."""

from __future__ import annotations

import logging
from datetime import datetime

from tickets.dispatch.following import next_for
from tickets.dispatch.moves import LAPSE, UNACCEPTED
from tickets.models import Incident, Sending, Ticket
from waterdesk.core import door, policy
from waterdesk.core.door import Doing
from waterdesk.core.errors import DeskError

log = logging.getLogger(__name__)

BATCH = 200


def late(now: datetime) -> list[str]:
    """The numbers of what nobody accepted by now, the longest waiting first."""
    waiting = Sending.objects.filter(state=Sending.State.WAITING, told_at__isnull=True)
    rows = waiting.filter(accept_by__lte=now).order_by("accept_by")
    return list(rows.values_list("case__number", flat=True)[:BATCH])


def lapse(now: datetime) -> int:
    """Send the next one to what nobody accepted in time; returns how many tickets were looked to.

    The rows decide: it may run at any time, and twice at once does it once.
    """
    return sum(_one(number, now) for number in late(now))


def _one(number: str, now: datetime) -> bool:
    done = []

    def choose(case: Ticket | Incident) -> Doing | None:
        if case.accept_by is None or case.accept_by > now:
            return None
        if case.sendings.filter(state=Sending.State.WAITING, told_at__isnull=False).exists():
            return None
        done.append(True)
        rules = policy.current()
        by_rule = rules.utility.dispatch_by_rule and case.status == "dispatched"
        return Doing(LAPSE if by_rule and next_for(case, rules, now) else UNACCEPTED)

    try:
        door.by_desk(number, choose, at=now)
    except DeskError as refusal:
        log.info("what nobody accepted of %s waits: %s", number, refusal.code)
        return False
    return bool(done)
