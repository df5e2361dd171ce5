"""Where something is, from an address, a point, or both: its area, its point, and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from waterdesk.core import policy
from waterdesk.core.models.people import Area
from waterdesk.core.models.places import Address
from waterdesk.core.places import ground, points
from waterdesk.core.places.points import Point
from waterdesk.core.places.words import folded, sought

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case


class Sure(models.TextChoices):
    """How an area was found, the surest first."""

    EXACT = "exact", _("地址库")
    INSIDE = "inside", _("地图位置")
    NAMED = "named", _("地名")
    CHOSEN = "chosen", _("人工选择")
    UNKNOWN = "unknown", _("未识别，归公司")


class Placed(NamedTuple):
    area: Area
    point: Point | None
    sure: Sure


class Judged(NamedTuple):
    """Where a case is, somebody having perhaps chosen its area.

    `other` is the area that the point or the address tells, where it is not of the chosen one's
    branch: somebody should look again.
    """

    area: Area
    point: Point | None
    sure: Sure
    other: Area | None = None


def place(address: str = "", point: Point | None = None) -> Placed:
    """The area of an address or a point: at most one query.

    A point that somebody picked says more than a text. Without one, the exact address of the book
    has its own; else the names of places in the text decide; else it is the company: unknown grid.
    """
    if point is not None and (area := ground.current().area_at(point)):
        return Placed(area, point, Sure.INSIDE)
    rules = policy.current()
    if row := known(address):
        return Placed(rules.areas[row.area_id], point or points.of_row(row), Sure.EXACT)
    if area := rules.locate(address):
        return Placed(area, point, Sure.NAMED)
    return Placed(rules.root, point, Sure.UNKNOWN)


def known(address: str) -> Address | None:
    """The address of the book that reads the same."""
    text = folded(address)
    return Address.objects.filter(place=text).first() if text else None


def judged(chosen: Area, address: str = "", point: Point | None = None) -> Judged:
    """How sure the area of a case is that is `chosen`, by whoever did. One query at most.

    A chosen area always stays; what is above or below the found one does not contradict it.
    """
    found = place(address, point)
    if found.area.pk == chosen.pk:
        return Judged(*found)
    rules = policy.current()
    same = chosen.pk in rules.above(found.area.pk) or found.area.pk in rules.above(chosen.pk)
    return Judged(chosen, found.point, Sure.CHOSEN, None if same else found.area)


def settle(draft: Case) -> dict[str, Any]:
    """Say of an unsaved case where it is and what finds it. The door does so as it opens.

    A point that was picked stays. Returns what the record says of it: the point in degrees, how
    sure the area is, and the area that the place tells where another was chosen; nothing of a case
    that is nowhere.
    """
    draft.sought = sought(draft.name, draft.address, draft.reference)
    if not draft.address and draft.lat is None:
        return {}
    where = judged(draft.area, draft.address, points.of_row(draft))
    if draft.lat is None and where.point is not None:
        draft.lat, draft.lon = where.point
    told: dict[str, Any] = {"sure": where.sure.value}
    if draft.lat is not None:
        told |= {"lat": draft.lat, "lon": draft.lon}
    if where.other is not None:
        told["area_found"] = where.other.code
    return told
