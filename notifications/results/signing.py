"""The signature of a delivery: HMAC-SHA256 over the timestamp, a point, and the body as sent."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from django.conf import settings

# A receiver refuses what is older: whoever overheard a delivery cannot send it again tomorrow.
# Every try is signed anew. *chosen*: more than clocks differ, and than a batch lasts.
WINDOW_SECONDS = 300


class NoSecret(Exception):
    """The environment has no secret of that name."""


def secrets_of(name: str) -> list[str]:
    """The secrets called `name`, the newest first. Raises NoSecret when there is none."""
    found = settings.RESULTS_SECRETS.get(name)
    if not found:
        raise NoSecret(f"RESULTS_SECRET_{name} is not set")
    return found


def headers(key: str, topic: str, body: bytes, secrets: list[str], at: datetime) -> dict[str, str]:
    """What goes with a body sent at the aware instant `at`; one signature for each secret."""
    timestamp = str(int(at.timestamp()))
    signatures = ",".join(f"v1={signature(secret, timestamp, body)}" for secret in secrets)
    return {
        "Waterdesk-Id": key,
        "Waterdesk-Topic": topic,
        "Waterdesk-Timestamp": timestamp,
        "Waterdesk-Signature": signatures,
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """In hexadecimal digits."""
    said = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
