"""Who may read which changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q, QuerySet

from waterdesk.core import policy
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

Rows = TypeVar("Rows", bound=QuerySet)
READERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})


def visible(rows: Rows, user: User) -> Rows:
    """Changes of the own areas, as they were or as they became, and of what holds everywhere."""
    if not user.is_authenticated or user.role not in READERS:
        return rows.none()
    if user.area_id is None:
        return rows if user.is_superuser else rows.none()
    below = policy.current().below(user.area_id)
    if below is None:
        return rows
    return rows.filter(
        Q(area__isnull=True, area_was__isnull=True) | Q(area__in=below) | Q(area_was__in=below)
    )
