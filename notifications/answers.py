"""What the answers of carriers and receivers over HTTP mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Too slow, still in hand, too early, too many: refusals that pass.
LATER = {408, 409, 425, 429}
# An answer is an id or a reason; whatever is longer is not read.
ANSWER_BYTES = 16_384


def retry_after(value: str) -> datetime | timedelta | None:
    """Seconds or an HTTP date (RFC 9110 §10.2.3); None for what is neither."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:9]))
    try:
        named = parsedate_to_datetime(value)
    except ValueError:
        return None
    return named if named.tzinfo else named.replace(tzinfo=UTC)
