"""A week of shifts for the demo: the lead and a crew by day, others by turns through the night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from waterdesk.core.duty import patterns
from waterdesk.core.models import Pattern, User, Utility
from waterdesk.core.policy import Policy

DAYS = 7
DAY_FROM, DAY_TO = time(8, 30), time(18, 0)
NIGHTS = ("field-east-1", "field-east-2")


def send_by_rule() -> None:
    """From now on whoever is on duty gets what is accepted; the cases so far were sent by hand."""
    Utility.objects.filter(pk=1).update(assign_by_rule=True, dispatch_by_rule=True)
    Utility.touch()


def rota(cast: dict[str, User], rules: Policy, now: datetime) -> int:
    """Put people on duty for the east from now on (aware); returns the shifts made.

    On the same day again it makes none.
    """
    area = next(area for area in rules.areas.values() if area.code == "east")
    today = timezone.localtime(now).date()
    turns = (
        ([cast["lead"].pk], DAY_FROM, DAY_TO, "白班"),
        ([cast["field"].pk], DAY_FROM, DAY_TO, "水管家"),
        ([cast[each].pk for each in NIGHTS], DAY_TO, DAY_FROM, "夜班抢修"),
    )
    made = 0
    for people, starts, ends, note in turns:
        pattern = Pattern(
            area=area, people=people, starts=starts, ends=ends, note=note,
            # Before the morning it is the night of yesterday.
            first=today - timedelta(days=1), last=today + timedelta(days=DAYS - 1),
        )  # fmt: skip
        _row, new = patterns.lay_out(pattern, actor=cast["admin"], at=now, policy=rules)
        made += new
    return made
