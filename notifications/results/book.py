"""Who subscribes to what, kept in the process for a few seconds.

So that a move which nobody subscribes to asks nothing of the database. Somebody new is told of
what happens after KEPT_SECONDS at the latest. Whether he is switched on is looked at once more
when a delivery is claimed: what stands here may be a little old.
"""

from __future__ import annotations

import time

from notifications.results.models import Subscriber

KEPT_SECONDS = 5.0

_kept: tuple[float, list[Subscriber]] | None = None


def subscribers() -> list[Subscriber]:
    """All of them, in one order. One query when cold, none while kept."""
    global _kept
    now = time.monotonic()
    # A clock that went backwards, as a test's may, counts as cold.
    if _kept is None or not 0 <= now - _kept[0] < KEPT_SECONDS:
        _kept = (now, list(Subscriber.objects.order_by("pk")))
    return _kept[1]


def forget() -> None:
    """Read them anew the next time they are needed in this process."""
    global _kept
    _kept = None
