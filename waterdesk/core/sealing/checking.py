"""Checking the seals: against their events, each other, the desk's key and the file outside.

And that PostgreSQL still refuses to change what is append-only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from waterdesk.core.models.seals import Seal
from waterdesk.core.sealing import chains, outside, seals, signing, tree
from waterdesk.core.sealing.chains import Wanted
from waterdesk.core.sealing.findings import Fault, Finding
from waterdesk.core.sealing.verify_bundle import genuine

# Every table of which PostgreSQL refuses to change or remove a row.
APPEND_ONLY = ("core_event", "core_seal", "core_disclosure")
# A beat that stands still for so long is no fault of the record yet.
PATIENCE = timedelta(days=2)


def everything(wanted: Wanted, now: datetime) -> Iterator[Finding]:
    """All that is wrong with the record as far as it is wanted; nothing when it is sound."""
    for done in slices(wanted):
        yield from done.findings
    if not wanted.case:
        yield from of_seals(wanted.since, now)


def slices(wanted: Wanted, after: str = "") -> Iterator[chains.Slice]:
    """The chains, slice by slice."""
    while True:
        done = chains.check(wanted, after)
        yield done
        if not (after := done.reached):
            return


def of_seals(since: datetime | None, now: datetime) -> Iterator[Finding]:
    """The chain of all seals, and the events of those that end after `since`."""
    with transaction.atomic():
        rows = list(Seal.objects.order_by("day"))
        yield from _chained(rows)
        yield from _signed(rows)
        yield from _as_outside(rows)
        for seal in rows:
            if since is None or seal.ends_at > since:
                yield from _fits(seal)
        yield from _left_out(rows, now)
    yield from unguarded()


def unguarded() -> Iterator[Finding]:
    """The tables whose rows PostgreSQL would let be changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE c.relname = ANY(%s) AND t.tgname IN (c.relname || '_no_change', "
            "c.relname || '_no_truncate') AND t.tgenabled IN ('O', 'A') "
            "AND c.relnamespace = 'public'::regnamespace GROUP BY 1",
            [list(APPEND_ONLY)],
        )
        guarded = {name for name, count in cursor.fetchall() if count == 2}
    yield from (Finding(Fault.UNGUARDED, name) for name in APPEND_ONLY if name not in guarded)


def _chained(rows: list[Seal]) -> Iterator[Finding]:
    before: Seal | None = None
    for seal in rows:
        if seals.digest(seal) != seal.digest:
            yield Finding(Fault.SEAL_CHANGED, str(seal.day))
        follows = seal.previous == (before.digest if before else "")
        if not follows or (before and seal.begins_at != before.ends_at):
            yield Finding(Fault.SEAL_UNLINKED, str(seal.day))
        before = seal


def _signed(rows: list[Seal]) -> Iterator[Finding]:
    """The newest one's signature covers every seal before it, for they are chained."""
    if not (rows and settings.RECORD_KEY):
        return
    newest = rows[-1]
    # One that was made before the desk had a key is not signed, and the next one will be.
    if newest.signature or any(row.signature for row in rows):
        said = bytes.fromhex(newest.digest)
        if not genuine(signing.public_key(), newest.signature, said):
            yield Finding(Fault.SEAL_SIGNATURE, str(newest.day))


def _as_outside(rows: list[Seal]) -> Iterator[Finding]:
    """Every line has its row and every row its line; a desk without a file is not asked for it."""
    lines = outside.read()
    if not lines and not outside.path().exists():
        return
    ours = {str(seal.day): seals.as_line(seal) for seal in rows}
    days = [line["day"] for line in lines]
    kept = dict(zip(days, lines, strict=True))
    wrong = {day for day in {*ours, *kept} if ours.get(day) != kept.get(day)}
    # A day twice, or out of its place, was not written by us.
    wrong |= {day for at, day in enumerate(days) if at and day <= days[at - 1]}
    yield from (Finding(Fault.SEAL_FILE, day) for day in sorted(wrong))


def _fits(seal: Seal) -> Iterator[Finding]:
    found = list(seals.leaves_of(seal.begins_at, seal.ends_at))
    ends = (found[0][0], found[-1][0]) if found else (None, None)
    root = tree.root([leaf for _key, leaf in found])
    if (len(found), *ends, root) != (seal.count, seal.first_id, seal.last_id, seal.root):
        yield Finding(Fault.SEAL_EVENTS, str(seal.day))


def _left_out(rows: list[Seal], now: datetime) -> Iterator[Finding]:
    """Days that should have a seal: before the first one, or long over."""
    with connection.cursor() as cursor:
        if rows:
            cursor.execute(
                "SELECT count(*) FROM core_event WHERE recorded_at < %s", [rows[0].begins_at]
            )
            if cursor.fetchone()[0]:
                yield Finding(Fault.UNSEALED, str(rows[0].day - seals.DAY))
        first = rows[-1].ends_at if rows else None
        cursor.execute(
            "SELECT min(recorded_at) FROM core_event WHERE %s::timestamptz IS NULL "
            "OR recorded_at >= %s",
            [first, first],
        )
        (oldest,) = cursor.fetchone()
    if oldest is not None and oldest + PATIENCE < now:
        yield Finding(Fault.UNSEALED, str(seals.day_of(oldest)))
