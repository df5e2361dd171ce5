"""What is near a point: cases and addresses, the nearest first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, QuerySet

from waterdesk.core.models.cases import Case, CaseQuerySet
from waterdesk.core.models.places import Address
from waterdesk.core.places import points
from waterdesk.core.places.points import Point

Row = TypeVar("Row", bound=Model)
# A box of 100 m has never so many; a question for a whole city is answered in part.
MOST = 2000


class Near(NamedTuple):
    """A row and how far it is."""

    row: Any
    metres: float


def near(
    point: Point,
    metres: float,
    since: datetime,
    subjects: Collection[str] = (),
    among: QuerySet[Case] | CaseQuerySet | None = None,
) -> list[Near]:
    """Cases opened at `since` or later, at most so far from `point`, the nearest first.

    `subjects` are codes, none of them: any. `among` narrows further (open ones, those that a
    person may see). One query on `case_near`; at most MOST rows are looked at.
    """
    rows = (Case.objects.all() if among is None else among).filter(opened_at__gte=since)
    if subjects:
        rows = rows.filter(subject__in=subjects)
    return _within(rows, point, metres)


def addresses(point: Point, metres: float, kinds: Collection[str] = ()) -> list[Near]:
    """Addresses of the book at most so far from `point`, the nearest first. One query."""
    rows = Address.objects.filter(kind__in=kinds) if kinds else Address.objects.all()
    return _within(rows, point, metres)


def _within(rows: QuerySet[Any], point: Point, metres: float) -> list[Near]:
    box = points.around(point, metres)
    inside = rows.filter(
        lat__isnull=False, lat__range=(box.south, box.north), lon__range=(box.west, box.east)
    )[:MOST]
    found = (Near(row, points.metres(point, Point(row.lat, row.lon))) for row in inside)
    return sorted((each for each in found if each.metres <= metres), key=lambda each: each.metres)
