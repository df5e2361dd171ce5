"""Making the seals: one row a day, the root over its events, chained to the seal before it.

A day is sealed once it has been over for MARGIN, which no transaction of the desk outlives: nothing
can be written down on it any more. A day without events has a seal as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.pq import Format

from waterdesk.core.models.seals import Seal
from waterdesk.core.record import instant
from waterdesk.core.sealing import signing, tree

MARGIN = timedelta(hours=1)
DAY = timedelta(days=1)
# Any number, as long as nobody else locks by it: seals are made one after the other.
LOCK = 4_424_001
_OF_DAY = (
    "SELECT id, digest FROM core_event WHERE recorded_at >= %s AND recorded_at < %s ORDER BY id"
)


def make(now: datetime) -> list[Seal]:
    """Seal every day that is over and has no seal yet, the oldest first; returns the new ones.

    Each in a transaction of its own. Repeated, or run by two at once, it makes nothing twice.
    """
    made = []
    while seal := _next(now):
        made.append(seal)
    return made


def bounds(day: date) -> tuple[datetime, datetime]:
    """From its first instant to the first of the next day, by the desk's own clock."""
    begins, ends = (
        timezone.make_aware(datetime.combine(each, time.min), timezone.get_default_timezone())
        for each in (day, day + DAY)
    )
    return begins, ends


def day_of(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


def leaves_of(begins: datetime, ends: datetime) -> Iterator[tuple[int, bytes]]:
    """The id and the leaf of every event recorded from `begins` to before `ends`, in order of id.

    Inside a transaction; memory does not follow the number.
    """
    with psycopg.ServerCursor(connection.connection, "sealed") as cursor:
        cursor.format = Format.BINARY
        cursor.itersize = 5_000
        cursor.execute(_OF_DAY, [begins, ends], binary=True)
        for key, digest in cursor:
            yield key, tree.leaf(digest)


def as_line(seal: Seal) -> dict[str, Any]:
    """A seal as it is written outside the database, and in a bundle."""
    return {
        "day": seal.day.isoformat(),
        "begins": instant(seal.begins_at),
        "ends": instant(seal.ends_at),
        "count": seal.count,
        "first": seal.first_id,
        "last": seal.last_id,
        "root": seal.root,
        "previous": seal.previous,
        "digest": seal.digest,
        "signature": seal.signature,
    }


def digest(seal: Seal) -> str:
    """SHA-256, in hex, over everything the seal says and the seal before it."""
    line = as_line(seal)
    said = [line[name] for name in line if name not in ("digest", "signature")]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


@transaction.atomic
def _next(now: datetime) -> Seal | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    before = Seal.objects.order_by("-day").first()
    day = before.day + DAY if before else _first_day()
    if day is None:
        return None
    begins, ends = bounds(day)
    if ends + MARGIN > now:
        return None
    keys, leaves = [], []
    for key, leaf in leaves_of(begins, ends):
        keys.append(key)
        leaves.append(leaf)
    seal = Seal(
        day=day,
        begins_at=begins,
        ends_at=ends,
        count=len(keys),
        first_id=keys[0] if keys else None,
        last_id=keys[-1] if keys else None,
        root=tree.root(leaves),
        previous=before.digest if before else "",
        made_at=now,
    )
    seal.digest = digest(seal)
    seal.signature = signing.sign(bytes.fromhex(seal.digest)) if settings.RECORD_KEY else ""
    seal.save(force_insert=True)
    return seal


def _first_day() -> date | None:
    """The day of the first thing that was recorded; asked only until there is a seal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(recorded_at) FROM core_event")
        (first,) = cursor.fetchone()
    return first and day_of(first)
