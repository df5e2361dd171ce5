"""Points and polygons of the invented city of seeds/shapes.geojson."""

from __future__ import annotations

from typing import Any

from waterdesk.core.models import Address, Area
from waterdesk.core.places.points import Point
from waterdesk.core.places.words import folded, sought

IN_EAST_1, IN_WEST_2, AT_SEA = Point(28.01, 124.02), Point(27.975, 123.97), Point(27.0, 125.0)


def square(area: str, west: float, south: float, side: float = 0.01, **more: Any) -> dict[str, Any]:
    """One feature of a file: a square."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return feature(area, [ring], **more)


def feature(
    area: str, coordinates: Any, kind: str = "Polygon", source: str = "测试"
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"area": area, "source": source},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)} | more


def address(text: str, area: str = "east-1", at: Point | None = None, **more: Any) -> Address:
    """An address of the book."""
    lat, lon = at or (None, None)
    return Address.objects.create(
        text=text, place=folded(text), sought=sought(text), lat=lat, lon=lon,
        area=Area.objects.get(code=area), **more,
    )  # fmt: skip
