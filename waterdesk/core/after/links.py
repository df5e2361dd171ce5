"""评价链接: a short address that opens one case's page of satisfaction, and nothing else.

The token says which case and which of its links, signed: it cannot be guessed, nothing in the
database opens it, and a new serial makes every older one void.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings

from waterdesk.core import policy
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case

SALT = b"waterdesk.after.links"
CASE_BYTES, SERIAL_BYTES = 6, 2
# 80 bits: at a thousand tries a second, none of a million links is found in ten million years.
MAC_BYTES = 10
LENGTH = (CASE_BYTES + SERIAL_BYTES + MAC_BYTES) * 4 // 3


def address(case: Case, serial: int) -> str:
    """The address as it stands in a short message."""
    return f"{settings.SITE_URL}/s/{token(case.pk, serial)}/"


def token(case_id: int, serial: int) -> str:
    """24 characters for the link of this serial of a case."""
    said = case_id.to_bytes(CASE_BYTES) + serial.to_bytes(SERIAL_BYTES)
    return base64.urlsafe_b64encode(said + _mac(said, settings.SECRET_KEY)).decode()


def opened_by(given: str, at: datetime) -> Aftercare | None:
    """What this token opens at `at`: None for one that is forged, old, revoked or withdrawn."""
    read = _read(given)
    if read is None:
        return None
    case_id, serial = read
    rows = Aftercare.objects.filter(
        case_id=case_id, link_serial=serial, link_until__gt=at, done_at__isnull=False
    )
    return rows.select_related("case", "complaint").first()


def ends(at: datetime) -> datetime:
    """Until when a link that is sent at `at` opens."""
    return at + timedelta(days=policy.current().utility.days_to_rate)


def _read(given: str) -> tuple[int, int] | None:
    try:
        raw = base64.urlsafe_b64decode(given.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    said, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if len(said) != CASE_BYTES + SERIAL_BYTES:
        return None
    if not any(hmac.compare_digest(mac, _mac(said, key)) for key in _keys()):
        return None
    return int.from_bytes(said[:CASE_BYTES]), int.from_bytes(said[CASE_BYTES:])


def _keys() -> Iterator[str]:
    """The key, and those that were in use before it."""
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _mac(said: bytes, key: str) -> bytes:
    return hmac.new(SALT + key.encode(), said, sha256).digest()[:MAC_BYTES]
