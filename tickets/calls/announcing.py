"""Who is to look anew at what rings: told with the commit, heard by every process with streams.

PostgreSQL carries it: what is announced is told when, and only when, the transaction commits, and
no other server can be away. Whoever missed it lost nothing: a stream begins with all that rings.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

CHANNEL = "tickets_calls"
# PostgreSQL refuses 8,000 bytes and more.
AT_ONCE = 400


def announce(users: Iterable[int | None]) -> None:
    """Tell that what rings at these users may have changed; None is nobody. In the transaction."""
    told = sorted({user for user in users if user is not None})
    for first in range(0, len(told), AT_ONCE):
        payload = ",".join(str(user) for user in told[first : first + AT_ONCE])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def users_in(payload: str) -> set[int]:
    return {int(part) for part in payload.split(",") if part.isdigit()}
