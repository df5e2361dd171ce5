"""What tests stand on, made the way a desk makes it: cases through the door.

The areas, promises and reasons are those of `seeds/`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from applications import intake as applying
from applications.models import Application
from tickets import intake as calling
from tickets.models import Ticket
from waterdesk.core import door
from waterdesk.core.models import Area, User
from waterdesk.core.models.people import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A working Monday, 09:00 in Shanghai, with nothing special around it.
MONDAY_0900 = datetime(2026, 11, 16, 9, 0, tzinfo=SHANGHAI)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def staff(role: str, area: str = "company", name: str = "", **more: Any) -> User:
    """A member of staff; the same role, area and name again is the same person."""
    username = name or f"{role}-{area}"
    # Whoever is there already has an area.
    defaults = {"role": role, "area": partial(Area.objects.get, code=area), "name": username} | more
    return User.objects.get_or_create(username=username, defaults=defaults)[0]


def customer(phone: str = "13812345678") -> User:
    defaults = {"role": Role.CUSTOMER, "phone": phone, "phone_verified": True}
    return User.objects.get_or_create(username=f"c{phone}", defaults=defaults)[0]


def application_facts(**over: Any) -> dict[str, Any]:
    """What a household types in its application."""
    return {
        "applicant_kind": "person",
        "name": "张三",
        "phone": "13812345678",
        "address": "城东区朝阳路 8 号",
        "use": "residential",
        "calibre_mm": 20,
        "external_line": False,
    } | over


def open_application(
    *, at: datetime = MONDAY_0900, by: User | None = None, channel: str = "web", **over: Any
) -> Application:
    draft = applying.draft(application_facts(**over), by=by, channel=channel)
    return door.open_case(draft, actor=by, at=at)


def open_ticket(
    *, at: datetime = MONDAY_0900, by: User | None = None, channel: str = "hotline", **over: Any
) -> Ticket:
    """A leak in the eastern grid, unless told otherwise; nobody has been sent yet."""
    given = {
        "category": "repair",
        "subtype": "leak",
        "name": "李四",
        "phone": "13987654321",
        "address": "城东区朝阳路 9 号",
        "remark": "门口漏水",
    } | over
    draft = calling.draft(given, by=by, channel=channel)
    return door.open_case(draft, actor=by, at=at)
