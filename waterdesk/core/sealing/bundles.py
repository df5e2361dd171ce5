"""Bundles for an auditor: the events of a period or of one case, with what proves them, as a zip.

events.jsonl   an event a line: its id, what its digest is of, the digest; of one case its proof
seals.jsonl    every seal from the first on
heads.jsonl    what each case says of its record: number, events, last digest
outside.jsonl  the seals as they were written outside the database
manifest.json  what the bundle is of, who made it and why, and the SHA-256 of every file
manifest.sig   Ed25519 over the manifest; public_key.txt; verify_bundle.py, which checks it all

The events stand as they are, names and numbers within: a digest is of the whole.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import psycopg
from django.db import connection, transaction
from psycopg.pq import Format

from waterdesk.core import disclosed, policy
from waterdesk.core.bulk import read_rows
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.models.disclosures import Disclosure
from waterdesk.core.models.people import Role
from waterdesk.core.models.seals import Seal
from waterdesk.core.record import Line, instant, said
from waterdesk.core.sealing import outside, seals, signing, tree

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

SCRIPT = Path(__file__).with_name("verify_bundle.py")
EXPORTERS = frozenset({Role.ADMIN.value})
_COLUMNS = 'id, digest, "case", seq, at, recorded_at, actor, role, action, data, previous'
_IN_BUNDLE = (
    "(%(case)s = '' OR \"case\" = %(case)s) "
    "AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s) "
    "AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A period of days on which something was recorded, both whole; or one case, whole."""

    since: date | None = None
    until: date | None = None
    case: str = ""

    @property
    def values(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "since": seals.bounds(self.since)[0] if self.since else None,
            "until": seals.bounds(self.until)[1] if self.until else None,
        }


def export(out: BinaryIO, scope: Scope, reason: str, *, actor: User, now: datetime) -> int:
    """Write the bundle; returns how many events it holds. That it was read is recorded first.

    Raises NotAllowed for who is no administrator, NotFound for a case that is not there, Invalid
    without a reason, and signing.NoKeyError.
    """
    if actor.role not in EXPORTERS:
        raise NotAllowed
    if not signing.public_key():
        raise signing.NoKeyError
    if scope.case:
        of = Disclosure.What.RECORD
        disclosed.of_case(scope.case, of, {}, reason, actor=actor, at=now)
    else:
        disclosed.of_period(reason, actor=actor, at=now)
    inside = connection.in_atomic_block
    with transaction.atomic(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _write(bundle, scope, _about(scope, reason, actor, now))


def _about(scope: Scope, reason: str, actor: User, now: datetime) -> dict[str, Any]:
    return {
        "format": 1,
        "utility": policy.current().utility.name,
        "made_at": instant(now),
        "made_by": actor.username,
        "reason": reason.strip(),
        "since": scope.since.isoformat() if scope.since else None,
        "until": scope.until.isoformat() if scope.until else None,
        "case": scope.case,
        "key": signing.public_key(),
    }


def _write(bundle: zipfile.ZipFile, scope: Scope, about: dict[str, Any]) -> int:
    rows = list(Seal.objects.order_by("day"))
    proofs = _proofs(scope.case, rows) if scope.case else {}
    files = {
        "events.jsonl": _events(scope, proofs),
        "seals.jsonl": (_spelled(seals.as_line(seal)) for seal in rows),
        "heads.jsonl": (_spelled(head) for head in _heads(scope)),
        "outside.jsonl": (_spelled(line) for line in outside.read()),
    }
    counts, digests = {}, {}
    for name, lines in files.items():
        counts[name], digests[name] = _file(bundle, name, lines)
    manifest = json.dumps(
        about | {"counts": counts, "files": digests}, ensure_ascii=False, indent=1
    ).encode()
    bundle.writestr("manifest.json", manifest)
    bundle.writestr("manifest.sig", signing.sign(manifest))
    bundle.writestr("public_key.txt", about["key"] + "\n")
    bundle.writestr("verify_bundle.py", SCRIPT.read_bytes())
    return counts["events.jsonl"]


def _file(bundle: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> tuple[int, str]:
    """Write one file, line by line; how many they are, and their SHA-256."""
    count, hashed = 0, sha256()
    with bundle.open(name, "w", force_zip64=True) as file:
        for line in lines:
            file.write(line + b"\n")
            hashed.update(line + b"\n")
            count += 1
    return count, hashed.hexdigest()


def _events(scope: Scope, proofs: dict[int, tree.Proof]) -> Iterator[bytes]:
    with psycopg.ServerCursor(connection.connection, "bundle") as cursor:
        cursor.format, cursor.itersize = Format.BINARY, 2_000
        query = f"SELECT {_COLUMNS} FROM core_event WHERE {_IN_BUNDLE} ORDER BY id"  # noqa: S608
        cursor.execute(query, scope.values, binary=True)
        for key, digest, *rest in cursor:
            line = b'{"id":%d,"digest":"%s","said":%s' % (key, digest.encode(), said(Line(*rest)))
            if key in proofs:
                line += b',"proof":' + _spelled(proofs[key])
            yield line + b"}"


def _heads(scope: Scope) -> list[tuple[str, int, str]]:
    """What the cases say now of the end of their record; of a period that ended nothing follows."""
    if scope.until:
        return []
    wanted = f'number IN (SELECT "case" FROM core_event WHERE {_IN_BUNDLE})'  # noqa: S608
    if not scope.since:
        wanted = "number = %(case)s" if scope.case else "version > 0"
    query = f"SELECT number, version, seal FROM core_case WHERE {wanted} ORDER BY id"  # noqa: S608
    found = read_rows(connection.connection, query, scope.values)
    if scope.case and not found:
        raise NotFound
    return found


def _proofs(case: str, rows: Iterable[Seal]) -> dict[int, tree.Proof]:
    """By id the proof of each event of the case that is under a seal."""
    query = 'SELECT id, recorded_at FROM core_event WHERE "case" = %s'
    mine = dict(read_rows(connection.connection, query, [case]))
    found: dict[int, tree.Proof] = {}
    for seal in rows:
        here = {key for key, at in mine.items() if seal.begins_at <= at < seal.ends_at}
        if not here:
            continue
        day = list(seals.leaves_of(seal.begins_at, seal.ends_at))
        leaves = [leaf for _key, leaf in day]
        for place, (key, _leaf) in enumerate(day):
            if key in here:
                found[key] = tree.proof(leaves, place)
    return found


def _spelled(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
