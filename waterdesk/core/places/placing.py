"""Where something is, from an address, a point, or both: its area, its point, and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    UNKNOWN = "unknown", _("未识别，归公司")


class Placed(NamedTuple):
    area: Area
    point: Point | None
    sure: Sure


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


def settle(draft: Case) -> None:
    """Say of an unsaved case where it is and what finds it. The door does so as it opens.

    A point that was picked stays.
    """
    draft.sought = sought(draft.name, draft.address, draft.reference)
    if draft.lat is None and (row := known(draft.address)):
        draft.lat, draft.lon = row.lat, row.lon
