"""The texts by key, ready to be filled in; kept in the process for a few seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from notifications.models import DEFAULT_TTL, Channel, Text
from notifications.rendering import Parts, compiled

# An edited text is in use everywhere after this long at the latest, and in the process that
# saved it at once. So that opening a case does not read all texts each time.
KEPT_SECONDS = 5.0

Book = dict[str, list["Wording"]]


@dataclass(frozen=True, slots=True)
class Wording:
    """One active text, cut at its placeholders."""

    key: str
    channel: str
    subject: Parts
    body: Parts
    ttl: timedelta
    secret: bool


_kept: tuple[float, Book] | None = None


def book() -> Book:
    """Every active text by key. One query when cold, none while kept."""
    global _kept
    now = time.monotonic()
    # A clock that went backwards, as a test's may, counts as cold.
    if _kept is None or not 0 <= now - _kept[0] < KEPT_SECONDS:
        _kept = (now, _read())
    return _kept[1]


def forget() -> None:
    """Read the texts anew the next time they are needed in this process."""
    global _kept
    _kept = None


def _read() -> Book:
    found: Book = {}
    rows = Text.objects.filter(active=True, channel__in=Channel.values)
    for text in rows.only("key", "channel", "subject", "body", "ttl", "secret").order_by("pk"):
        wording = Wording(
            key=text.key,
            channel=text.channel,
            subject=compiled(text.subject),
            body=compiled(text.body),
            ttl=text.ttl or DEFAULT_TTL,
            secret=text.secret,
        )
        found.setdefault(text.key, []).append(wording)
    return found
