"""The demo accounts: one for every staff role, the user name is the role's name."""

from __future__ import annotations

from typing import Any

from waterdesk.core.models import Area, User
from waterdesk.core.models.people import Role

PASSWORD = "waterdesk-demo"  # noqa: S105 — public on purpose; refused when DEBUG is off
ACCOUNTS = ("agent", "clerk", "field", "lead", "supervisor", "admin")


def make(rows: list[dict[str, Any]]) -> dict[str, User]:
    """The staff by user name; people who stand already are left as they are."""
    areas = {area.code: area for area in Area.objects.all()}
    found = {}
    for row in rows:
        user = User.objects.filter(username=row["username"]).first()
        if user is None:
            user = User(**row | {"area": areas[row["area"]]})
            # The admin role works in Django's admin, where configuration lives.
            user.is_staff = user.is_superuser = user.role == Role.ADMIN
            user.set_password(PASSWORD)
            user.save()
        found[user.username] = user
    return found
