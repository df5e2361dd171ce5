"""Where an outage is: the figure that was drawn, or the areas that were chosen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from shapely import Point as Spot
from shapely import get_num_coordinates, prepare, unary_union
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from tickets.models import Outage
from waterdesk.core import policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.people import Area
from waterdesk.core.places import ground
from waterdesk.core.places.points import Point
from waterdesk.core.places.shapes import ShapeError, figure_of

# A street has some dozens of corners; what has more was not drawn for this. *chosen*
MOST_CORNERS, MOST_CHARACTERS = 5000, 500_000


def given(raw: object) -> dict[str, Any] | None:
    """The (Multi)Polygon of a GeoJSON text, None of an empty one.

    A Feature, and a FeatureCollection of one, are read as well. Raises Invalid in words that say
    what is wrong with it.
    """
    text = str(raw or "").strip()
    if not text:
        return None
    if len(text) > MOST_CHARACTERS:
        raise Invalid(_("停水范围太大，请简化图形。"))
    try:
        found = _geometry(json.loads(text))
        figure = figure_of(found, _("停水范围"))
    except (ValueError, RecursionError):
        raise Invalid(_("停水范围应为 GeoJSON 的 Polygon 或 MultiPolygon。")) from None
    except ShapeError as fault:
        raise Invalid(str(fault)) from None
    if get_num_coordinates(figure) > MOST_CORNERS:
        raise Invalid(_("停水范围最多 %(most)d 个点，请简化图形。") % {"most": MOST_CORNERS})
    return {"type": found["type"], "coordinates": found["coordinates"]}


def _geometry(found: Any) -> Any:
    kind = found.get("type") if isinstance(found, dict) else None
    if kind == "FeatureCollection":
        features = found.get("features")
        if not (isinstance(features, list) and len(features) == 1):
            raise Invalid(_("文件中应只有一个图形。"))
        return _geometry(features[0])
    return found.get("geometry") if kind == "Feature" else found


def areas_of(geometry: dict[str, Any]) -> list[Area]:
    """The deepest areas that a figure lies in; the company where it lies in none that is drawn."""
    rules, here, figure = policy.current(), ground.current(), shape(geometry)
    met = {
        here.areas[place]
        for place in map(int, here.tree.query(figure))
        if here.areas[place] in rules.areas and here.figures[place].intersection(figure).area
    }
    above = {up for each in met for up in rules.above(each)[1:]}
    return [rules.areas[each] for each in sorted(met - above)] or [rules.root]


def under(areas: Iterable[Area]) -> frozenset[int] | None:
    """These areas and all below them; None is everything."""
    found: set[int] = set()
    for area in areas:
        below = policy.current().below(area.pk)
        if below is None:
            return None
        found |= below
    return frozenset(found)


def figure(outage: Outage) -> BaseGeometry | None:
    """What it looks like on a map; None where nobody has drawn its areas."""
    if outage.geometry:
        return _made(json.dumps(outage.geometry))
    here, inside = ground.current(), under(outage.areas.all())
    figures = [
        drawn
        for area, drawn in zip(here.areas, here.figures, strict=True)
        if inside is None or area in inside
    ]
    return unary_union(figures) if figures else None


def as_geojson(outage: Outage) -> dict[str, Any] | None:
    found = figure(outage)
    return None if found is None else mapping(found)


@lru_cache(maxsize=256)
def _made(text: str) -> BaseGeometry:
    made = shape(json.loads(text))
    prepare(made)
    return made


def holds(outage: Outage, lat: float, lon: float) -> bool:
    """Whether a point is inside the drawn figure or on its edge."""
    return _made(json.dumps(outage.geometry)).covers(Spot(lon, lat))


def rows_inside(outage: Outage) -> Q:
    """Narrows cases or addresses to those that may be inside.

    Of a drawn figure that is its box: `holds` says of each whether it is inside.
    """
    if outage.geometry:
        west, south, east, north = _made(json.dumps(outage.geometry)).bounds
        return Q(lat__isnull=False, lat__range=(south, north), lon__range=(west, east))
    inside = under(outage.areas.all())
    return Q() if inside is None else Q(area__in=inside)


def covers(outage: Outage, point: Point | None, area: Area | None) -> bool | None:
    """Whether a place is inside: None where that cannot be told for want of a point."""
    inside = under(outage.areas.all())
    is_there = area is not None and (inside is None or area.pk in inside)
    if not outage.geometry:
        return is_there
    if point is not None:
        return holds(outage, point.lat, point.lon)
    is_known = area is not None and area != policy.current().root
    return None if is_there and is_known else False


def overlap(one: Outage, other: Outage) -> bool:
    """Whether both share ground; where neither can be drawn, whether they share an area."""
    first, second = figure(one), figure(other)
    if first is not None and second is not None:
        return bool(first.intersection(second).area)
    here, there = under(one.areas.all()), under(other.areas.all())
    return here is None or there is None or bool(here & there)
