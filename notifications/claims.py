"""Taking rows that wait to be sent, and writing down how it went: the one claim of all outboxes.

A row waits while `next_try_at` is set. Claiming makes its state `sending` for a lease, at whose end
it is due again: a worker that was killed meanwhile loses nothing. Nobody holds a lock while it is
being sent, and two claimers never hold the same row.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from notifications.rendering import cut, printable

log = logging.getLogger(__name__)

SENDING = "sending"
# A carrier may ask for more patience than our own longest wait, but not for ever.
LONGEST_ASKED = timedelta(hours=2)
# What was claimed but not tried, because the far end is down or the time was up.
PUT_BACK = timedelta(seconds=15)

Row = TypeVar("Row", bound=Model)

# The inner statement is materialised, or a plan could run it again and claim more than the limit.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM {table} AS waiting WHERE next_try_at <= %s AND {ready}
    ORDER BY {order} LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE {table} AS claimed
SET state = 'sending', attempts = attempts + 1, lease_until = %s, next_try_at = %s
FROM due WHERE claimed.id = due.id
RETURNING claimed.*
"""


@dataclass(frozen=True, slots=True)
class Outbox(Generic[Row]):
    """A table of rows that wait to be sent.

    `order` names the columns by which the first are found; `ready` is what SQL must hold of a row
    `waiting` beside its being due. `lease` must be longer than a batch can last, or a second
    worker would send what the first still holds. Waits after a failure begin at `first_wait`, are
    trebled each time, and never exceed `longest_wait`.
    """

    model: type[Row]
    order: tuple[str, ...]
    lease: timedelta
    first_wait: timedelta
    longest_wait: timedelta
    ready: str = "TRUE"

    def claim(self, now: datetime, limit: int) -> list[Row]:
        """Take due rows, and those whose lease ran out; committed when this returns.

        Must not be called inside a transaction; raises RuntimeError if it is.
        """
        sql = _CLAIM.format(
            table=connection.ops.quote_name(self.model._meta.db_table),
            ready=self.ready,
            order=", ".join(self.order),
        )
        until = now + self.lease
        with transaction.atomic(durable=True):
            claimed = list(self.model._default_manager.raw(sql, [now, limit, until, until]))
        # RETURNING knows no order.
        return sorted(claimed, key=lambda row: tuple(getattr(row, name) for name in self.order))

    def settle(self, rows: Collection[Row], columns: dict[str, Any]) -> None:
        """Write the end of a claim, unless a row was claimed again or settled meanwhile."""
        if not rows:
            return
        lease = next(iter(rows)).lease_until  # type: ignore[attr-defined]
        held = self.model._default_manager.filter(
            pk__in=[row.pk for row in rows], state=SENDING, lease_until=lease
        )
        if held.update(lease_until=None, **columns) < len(rows):
            log.info("a row was settled by somebody else meanwhile")

    def backoff(self, attempts: int) -> timedelta:
        """How long to wait after the `attempts`-th failure (from 1): trebled each time, capped."""
        return min(self.first_wait * 3 ** min(attempts - 1, 12), self.longest_wait)

    def again_at(
        self, attempts: int, asked: datetime | timedelta | None, now: datetime
    ) -> datetime:
        """When to try again after a failure; the far end may have asked for longer."""
        again = now + self.backoff(attempts)
        if asked is None:
            return again
        named = asked if isinstance(asked, datetime) else now + asked
        return max(again, min(named, now + LONGEST_ASKED))


def short(reason: str) -> str:
    """What is kept of a reason."""
    return cut(printable(reason), 300)
