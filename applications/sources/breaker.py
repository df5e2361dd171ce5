"""A source that does not answer is left alone for a while, by every process of the desk.

Closed: it is asked. After MOST failures in a row it is open: nobody asks for REST. Then one caller
at a time tries; an answer closes it, a failure opens it for another REST. The state is in the
cache that all processes share. Two failures counted at once may count as one: it then opens a
question later, which does no harm.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.cache import cache

# *chosen*: five applications wait in vain, not five hundred; a restart of the source is soon seen.
MOST = 5
REST = timedelta(seconds=60)
# Failures that lie farther apart than this are not in a row.
FORGOTTEN = timedelta(minutes=10)
# Longer than the one who tries can take.
TRYING = timedelta(seconds=15)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def lets_through(code: str, now: datetime) -> bool:
    """Whether the source may be asked at `now` (aware). Who may must tell how it went."""
    failures, until = _state(code)
    if failures < MOST:
        return True
    if now < until:
        return False
    return cache.add(_trying(code), 1, TRYING.total_seconds())


def answered(code: str) -> None:
    """It lives: whatever it said."""
    if _state(code)[0]:
        cache.delete_many([_key(code), _trying(code)])


def failed(code: str, now: datetime) -> None:
    failures = min(_state(code)[0] + 1, MOST)
    cache.set(_key(code), (failures, now + REST), FORGOTTEN.total_seconds())
    cache.delete(_trying(code))


def _state(code: str) -> tuple[int, datetime]:
    return cache.get(_key(code)) or (0, LONG_AGO)


def _key(code: str) -> str:
    return f"source:{code}"


def _trying(code: str) -> str:
    return f"source:{code}:trying"
