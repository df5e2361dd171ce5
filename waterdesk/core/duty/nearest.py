"""Who of the nearest area is on duty: the order in which people are looked for to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from waterdesk.core.models.duty import Shift
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy


def rings(area_id: int, rules: Policy) -> list[set[int]]:
    """Areas by nearness: the area itself, the grids below where the grid is not known, the way up.

    The first says where a case lies, so it is never empty.
    """
    own, *way_up = rules.above(area_id)
    below = (rules.below(area_id) or frozenset(rules.areas)) - {own}
    return [{own}, set(below), *({each} for each in way_up)]


def crews(area_id: int, rules: Policy, at: datetime) -> list[list[User]]:
    """The field workers on duty at `at`, those of each ring together, the nearest first.

    Rings without anybody are left out. Never somebody who is off, away, or has left. One query.
    """
    found = rings(area_id, rules)
    reach = set().union(*found)
    shifts = Shift.objects.on_duty(at).filter(
        area__in=reach, user__role=Role.FIELD.value, user__area__in=reach
    )
    on_duty = list(shifts.select_related("user"))
    people = [list({s.user_id: s.user for s in on_duty if s.area_id in r}.values()) for r in found]
    return [each for each in people if each]
