"""The demo accounts: one for every staff role, the user name is the role's name."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password

from waterdesk.core.models import Area, User
from waterdesk.core.models.people import Role

PASSWORD = "waterdesk-demo"  # noqa: S105 — public on purpose; refused when DEBUG is off
ACCOUNTS = ("agent", "clerk", "field", "lead", "supervisor", "admin")


def make(rows: list[dict[str, Any]]) -> dict[str, User]:
    """The staff by user name; people who stand already are left as they are."""
    areas = {area.code: area for area in Area.objects.all()}
    names = [row["username"] for row in rows]
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = [row for row in rows if row["username"] not in found]
    # Hashed once for all of them: it is slow on purpose, and this one is no secret.
    hashed = make_password(PASSWORD) if missing else ""
    for row in missing:
        user = User(**row | {"area": areas[row["area"]]}, password=hashed)
        # The admin role works in Django's admin, where configuration lives.
        user.is_staff = user.is_superuser = user.role == Role.ADMIN
        user.save()
        found[user.username] = user
    return {name: found[name] for name in names}
