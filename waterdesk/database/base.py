"""Whether a kept connection still lives, without asking the server before every request.

It also tells the server who is at work where that is noted: see acting.

A server that ends a connection says so on its socket: one that answered a moment ago and has
nothing to read is well. Only after TRUSTED_SECONDS, when a firewall may have forgotten it without
a word, it is tried with a statement as Django does each time: one round trip of fourteen saved.
"""

from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base

from waterdesk.database.acting import say_who

# Well below what any firewall or pooler grants an idle connection. *chosen*
TRUSTED_SECONDS = 10


class DatabaseWrapper(base.DatabaseWrapper):
    """For ENGINE; used with CONN_HEALTH_CHECKS and CONN_MAX_AGE."""

    proved_at = float("-inf")  # of time.monotonic()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(say_who)

    def connect(self) -> None:
        super().connect()
        self.proved_at = time.monotonic()

    def is_usable(self) -> bool:
        """Whether the connection answers; asked once before the first statement of a request."""
        now = time.monotonic()
        if now - self.proved_at < TRUSTED_SECONDS:
            return not _has_something_to_say(self.connection)
        usable = super().is_usable()
        self.proved_at = now if usable else float("-inf")
        return usable


def _has_something_to_say(connection: Any) -> bool:
    """Whether an idle connection can be read from: its end, or a notice that it comes to one."""
    if connection.closed:
        return True
    readable = select.poll()
    readable.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(readable.poll(0))
