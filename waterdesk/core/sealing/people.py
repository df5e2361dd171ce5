"""Who is told of seals, and of what a check found."""

from __future__ import annotations

from datetime import datetime

from notifications import outbox
from waterdesk.core import policy
from waterdesk.core.models.people import Role, User


def tell(key: str, occurrence: str, context: dict[str, str], at: datetime) -> int:
    """One text to every supervisor, or to the administrators where there is none; once."""
    said = context | {"utility": policy.current().utility.name}
    notices = [
        outbox.Notice(key, f"{key}:{occurrence}", user.pk, user.phone, said)
        for user in _supervisors()
    ]
    return outbox.queue(notices, at)


def _supervisors() -> list[User]:
    active = User.objects.filter(is_active=True).order_by("pk")
    found = list(active.filter(role=Role.SUPERVISOR))
    return found or list(active.filter(role=Role.ADMIN))
