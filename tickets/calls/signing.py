"""How an exchange proves that it is the one.

Headers of every event:
  X-Provider    the name the utility gave the exchange: CALLS_SECRET_MAIN is the key of "main"
  X-Timestamp   seconds since 1970; more than TOLERANCE from now is refused
  X-Signature   v1=<hex>: HMAC-SHA256 under the key over "<timestamp>.<body>", the body as sent
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from notifications.results.signing import signature

TOLERANCE = 300  # seconds that the two clocks may differ, and the way may take. *chosen*
_NAME = re.compile(r"[A-Za-z0-9_]{1,20}")
_SIGNED = re.compile(r"v1=([0-9a-f]{64})")


def provider_of(headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """The exchange that signed this body, in small letters; None when nobody known did.

    A request sent again within the tolerance passes: an event that is known changes nothing.
    """
    name = headers.get("X-Provider", "")
    timestamp = headers.get("X-Timestamp", "")
    signed = _SIGNED.fullmatch(headers.get("X-Signature", ""))
    if not (signed and _NAME.fullmatch(name) and re.fullmatch(r"[0-9]{1,12}", timestamp)):
        return None
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE:
        return None
    keys = settings.CALLS_SECRETS.get(name.upper(), [])
    right = [hmac.compare_digest(signature(key, timestamp, body), signed[1]) for key in keys]
    return name.lower() if any(right) else None
