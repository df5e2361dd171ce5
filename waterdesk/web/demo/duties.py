"""A week of shifts for the demo: the branch's lead by day, its crews by turns through the night."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from waterdesk.core import duty
from waterdesk.core.models import User
from waterdesk.core.policy import Policy

DAYS = 7
DAY_FROM, DAY_TO = time(8, 30), time(18, 0)
NIGHTS = ("field-east-1", "field-east-2")


def rota(cast: dict[str, User], rules: Policy, now: datetime) -> int:
    """Put people on duty for the east from today on (`now` is aware); returns the shifts made.

    Not repeatable: a second time the shifts overlap and are refused.
    """
    area = next(area.pk for area in rules.areas.values() if area.code == "east")
    today = timezone.localtime(now).date()
    made = 0
    for day in (today + timedelta(days=n) for n in range(DAYS)):
        crew = cast[NIGHTS[day.toordinal() % len(NIGHTS)]]
        shifts = (
            (cast["lead"], _at(day, DAY_FROM), _at(day, DAY_TO), "白班"),
            (crew, _at(day, DAY_TO), _at(day + timedelta(days=1), DAY_FROM), "夜班抢修"),
        )
        for user, starts_at, ends_at, note in shifts:
            if ends_at <= now:
                continue
            duty.add(
                area_id=area, user=user, starts_at=starts_at, ends_at=ends_at, note=note,
                actor=cast["admin"], at=now, policy=rules,
            )  # fmt: skip
            made += 1
    return made


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
