"""The polygons of all areas, held in memory: in which one a point lies.

`current()` reads the rows again when the utility's revision has moved on, as core.policy does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shapely import Point as Spot
from shapely import STRtree
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from waterdesk.core import policy
from waterdesk.core.models.people import Area
from waterdesk.core.models.places import AreaShape
from waterdesk.core.places.points import Box, Point


@dataclass(frozen=True)
class Ground:
    """All shapes at one revision, in the order of their areas' codes."""

    revision: int
    areas: tuple[int, ...]
    figures: tuple[BaseGeometry, ...]
    tree: STRtree

    def area_at(self, at: Point) -> Area | None:
        """The deepest area whose polygon has `at` in it or on its edge, None where nobody's is.

        On a border it is the one whose code comes first.
        """
        rules = policy.current()
        spot = Spot(at.lon, at.lat)
        inside = sorted(
            int(place)
            for place in self.tree.query(spot)
            if self.figures[place].covers(spot) and self.areas[place] in rules.areas
        )
        deepest = max(inside, key=lambda p: len(rules.above(self.areas[p])), default=None)
        return None if deepest is None else rules.areas[self.areas[deepest]]

    def figure(self, area_id: int) -> BaseGeometry | None:
        """The figure of one area in degrees, longitude first; None when nobody drew it."""
        return next(
            (f for a, f in zip(self.areas, self.figures, strict=True) if a == area_id), None
        )

    def box(self) -> Box | None:
        """Everything there is; None where nothing is drawn."""
        if not self.figures:
            return None
        bounds = [figure.bounds for figure in self.figures]
        west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
        return Box(south, west, max(b[3] for b in bounds), max(b[2] for b in bounds))

    def as_geojson(self, areas: frozenset[int] | None = None) -> dict[str, Any]:
        """A FeatureCollection of these areas, of all for None, each with its code and name."""
        rules = policy.current()
        features = [
            {
                "type": "Feature",
                "properties": {"code": rules.areas[area].code, "name": rules.areas[area].name,
                               "level": rules.areas[area].level},
                "geometry": mapping(figure),
            }
            for area, figure in zip(self.areas, self.figures, strict=True)
            if area in rules.areas and (areas is None or area in areas)
        ]  # fmt: skip
        return {"type": "FeatureCollection", "features": features}


_held: Ground | None = None


def current() -> Ground:
    """The ground of the configuration in force."""
    global _held
    revision = policy.current().revision
    if _held is None or _held.revision != revision:
        rows = list(AreaShape.objects.order_by("area__code"))
        figures = tuple(shape(row.geometry) for row in rows)
        _held = Ground(revision, tuple(row.pk for row in rows), figures, STRtree(figures))
    return _held


def forget() -> None:
    """Drop what is held; the next `current()` reads the rows."""
    global _held
    _held = None
