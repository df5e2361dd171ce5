"""What carries a message. One file for each kind; the settings choose.

To add a channel: a member of models.Channel, a file here, an entry in `opened`, and texts for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Letter:
    """What a transport may know of a message. `id` is its idempotency key, the same at each try."""

    id: str
    address: str
    text: str


class TemporaryFailure(Exception):
    """Not sent, or not known to be: try again, not before `retry_at` when the carrier named one."""

    def __init__(self, reason: str, retry_at: datetime | timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_at = retry_at


class PermanentFailure(Exception):
    """The carrier will never take this message."""


class Transport(Protocol):
    """Used by several threads at once; touches no database."""

    def send(self, letter: Letter) -> str:
        """Send it and return the carrier's own id, or "". Raises one of the two failures."""
        ...

    def close(self) -> None: ...


@contextmanager
def opened(channel: str) -> Iterator[Transport]:
    """The transport of a channel, for one batch: nothing survives a fork or a new setting."""
    from notifications.transports.console import Console
    from notifications.transports.http_sms import HttpSms

    kinds = {("sms", "console"): Console, ("sms", "http"): HttpSms}
    transport: Transport = kinds[channel, settings.SMS_TRANSPORT].from_settings()
    try:
        yield transport
    finally:
        transport.close()
