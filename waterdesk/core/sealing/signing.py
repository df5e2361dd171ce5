"""Signing with the desk's key: Ed25519 (RFC 8032) on plain integers, by the maths of the script
that checks it outside.

The time it takes tells something of the key, so it is for what the desk signs by itself once a day
or on an administrator's command, never for what a stranger sends.
"""

from __future__ import annotations

import secrets
from hashlib import sha512

from django.conf import settings

from waterdesk.core.sealing.verify_bundle import BASE, Q, pack, times


class NoKeyError(Exception):
    """RECORD_KEY is not set."""


def new_key() -> str:
    """A key nobody had before, in hex, for RECORD_KEY."""
    return secrets.token_hex(32)


def public_key(secret: str = "") -> str:
    """What others check signatures with, in hex; "" where the desk has no key."""
    secret = secret or settings.RECORD_KEY
    return pack(times(_parts(secret)[0], BASE)).hex() if secret else ""


def sign(said: bytes) -> str:
    """In hex. Raises NoKeyError."""
    if not settings.RECORD_KEY:
        raise NoKeyError
    scalar, prefix = _parts(settings.RECORD_KEY)
    public = pack(times(scalar, BASE))
    r = _number(prefix + said)
    point = pack(times(r, BASE))
    s = (r + _number(point + public + said) * scalar) % Q
    return (point + s.to_bytes(32, "little")).hex()


def _parts(secret: str) -> tuple[int, bytes]:
    hashed = sha512(bytes.fromhex(secret)).digest()
    scalar = int.from_bytes(hashed[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return scalar, hashed[32:]


def _number(said: bytes) -> int:
    return int.from_bytes(sha512(said).digest(), "little") % Q
