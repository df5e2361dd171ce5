"""Which outages a place lies in: for the pop, the hotline, and customers who look at their case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from tickets.models import Outage
from tickets.outages import extents
from waterdesk.core import wording
from waterdesk.core.models.people import Area
from waterdesk.core.places import ground
from waterdesk.core.places.points import Point

# Somebody who asks why there is no water does not mean next week's. *chosen*
AHEAD = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Covered:
    """An outage of a place: `now` or to come; not `sure` where only the area is known."""

    outage: Outage
    now: bool
    sure: bool
    at: datetime

    @property
    def tell(self) -> str:
        """What may be read out to a caller, or shown to a customer."""
        outage = self.outage
        said = {
            "since": wording.when(outage.begun_at or outage.starts_at, self.at),
            "until": wording.when(outage.ends_at, self.at),
            "reason": outage.reason,
        }
        if not self.now:
            return _("%(since)s 起停水，预计 %(until)s 恢复。原因：%(reason)s。") % said
        if outage.ends_at <= self.at:
            return _("正在停水，原定 %(until)s 恢复，现已延迟。原因：%(reason)s。") % said
        return _("正在停水，预计 %(until)s 恢复。原因：%(reason)s。") % said

    @property
    def answer(self) -> str:
        """The same with the emergency water points: what a call is settled with."""
        points = _("、").join(self.outage.points)
        if not points:
            return self.tell
        told = _("%(what)s应急供水点：%(points)s。")
        return told % {"what": self.tell, "points": points}


def covering(point: Point | None, area: Area | None, at: datetime) -> list[Covered]:
    """The outages that a place lies in at `at` or within AHEAD, those under way first.

    Where no area is given the point tells it. Two queries, one where the water is on everywhere.
    """
    return among(standing(at), point, area, at)


def among(
    outages: Iterable[Outage], point: Point | None, area: Area | None, at: datetime
) -> list[Covered]:
    """The same of those that are at hand."""
    if area is None and point is not None:
        area = ground.current().area_at(point)
    found = []
    for outage in outages:
        inside = extents.covers(outage, point, area)
        if inside is not False:
            found.append(Covered(outage, is_now(outage, at), inside is True, at))
    return sorted(found, key=lambda each: (not each.now, not each.sure, each.outage.starts_at))


def standing(at: datetime) -> list[Outage]:
    """What is under way or begins within AHEAD."""
    rows = Outage.objects.public(at).filter(starts_at__lte=at + AHEAD)
    return list(rows.prefetch_related("areas").order_by("starts_at", "pk"))


def is_now(outage: Outage, at: datetime) -> bool:
    """One that was announced counts from its hour on, whether or not somebody said it began."""
    return outage.state == Outage.State.BEGUN or outage.starts_at <= at
