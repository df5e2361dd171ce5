"""People on duty in the grids, for the tests of who is sent."""

from __future__ import annotations

from datetime import datetime

from tests.factories import HOUR, MONDAY_0900, staff
from tickets.models import Skill
from waterdesk.core import duty, policy
from waterdesk.core.models import Area, User

HOURS = 12


def on_duty(
    name: str,
    area: str = "east-1",
    *,
    skills: tuple[str, ...] = (),
    at: datetime = MONDAY_0900,
    hours: int = HOURS,
) -> User:
    """A field worker of this area, on duty there from an hour before `at` on."""
    user = staff("field", area, name=name, phone="13700000001")
    duty.add(
        area_id=Area.objects.get(code=area).pk,
        user=user,
        starts_at=at - HOUR,
        ends_at=at + hours * HOUR,
        note="",
        actor=staff("admin"),
        at=at - 2 * HOUR,
        policy=policy.current(),
    )
    Skill.objects.bulk_create([Skill(user=user, code=code) for code in skills])
    return user
