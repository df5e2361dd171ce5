"""The calendar address of one person's shifts: unguessable, revocable, kept as a digest only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from waterdesk.core.models.duty import Shift
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Feed

BYTES = 32
# A calendar shows what was, too, but not for ever.
BACK, AHEAD = timedelta(days=31), timedelta(days=366)


def make(user: User, at: datetime) -> str:
    """A new token for this person's feed; it is told once, and any older one is void."""
    token = secrets.token_urlsafe(BYTES)
    Feed.objects.update_or_create(user=user, defaults={"digest": _digest(token), "made_at": at})
    return token


def revoke(user: User) -> None:
    """Nobody reads this person's feed any more. A repetition does nothing."""
    Feed.objects.filter(user=user).delete()


def owner(token: str) -> User | None:
    """Whose feed this token opens; nobody's when it is void or the person has left."""
    row = Feed.objects.select_related("user").filter(digest=_digest(token)).first()
    return row.user if row is not None and row.user.is_active and row.user.is_desk else None


def shifts_of(user: User, at: datetime) -> list[Shift]:
    """The shifts of a feed: a month back and a year ahead, without those somebody is away from."""
    rows = Shift.objects.filter(user=user).touching(at - BACK, at + AHEAD)
    away = rows.vacant().values("pk")
    return list(rows.exclude(pk__in=away).select_related("area"))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
