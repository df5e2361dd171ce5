"""Time-ordered message ids (RFC 9562, version 7)."""

from __future__ import annotations

import itertools
import os
import uuid
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_turn = itertools.count()


def uuid7(at: datetime) -> uuid.UUID:
    """A new id that sorts by `at` (aware), and by order of asking within one process.

    Ordered ids keep bulk inserts at the right edge of the primary key, and let an inbox be read
    newest first and paged by id alone. The order within one instant matters: a case that is opened
    and accepted in the same breath must not tell it backwards. Layout: 48 bits of milliseconds,
    12 of their fraction, 24 of the process's own count, 38 random.
    """
    micros = (at - _EPOCH) // _MICROSECOND
    millis, rest = divmod(micros, 1000)
    number = (millis & 0xFFFFFFFFFFFF) << 80
    number |= 0x7 << 76 | (rest * 4096 // 1000) << 64
    number |= 0x2 << 62 | (next(_turn) & 0xFFFFFF) << 38
    number |= int.from_bytes(os.urandom(5), "big") >> 2
    return uuid.UUID(int=number)
