"""Polygons of areas: read from GeoJSON, refused by name where they cannot be, written.

A file is a FeatureCollection; each feature names its area by `properties.area` and says where it is
from by `properties.source`. Coordinates are longitude and latitude (WGS84), or metres of the
utility's own grid where the file has a `grid`: see core.places.grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from shapely import STRtree
from shapely.errors import ShapelyError
from shapely.geometry import shape as made
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from waterdesk.core.errors import Invalid
from waterdesk.core.models.people import Area
from waterdesk.core.models.places import AreaShape
from waterdesk.core.places import grid as grids
from waterdesk.core.places.points import plane

KINDS = ("Polygon", "MultiPolygon")
# What two neighbours may share of the smaller one: borders are drawn by hand. *chosen*
OVERLAP = 0.01
SOURCE_LENGTH = 200


class ShapeError(Exception):
    """A polygon that cannot be, in words that name its area."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One polygon as it was found right; `square_km` is what it covers."""

    area: Area
    geometry: dict[str, Any]
    figure: BaseGeometry
    source: str

    @property
    def square_km(self) -> float:
        up, aside = plane(self.figure.centroid.y)
        return self.figure.area * up * aside / 1e6


def read(file: Any, areas: Mapping[str, Area]) -> tuple[list[Drawn], list[str]]:
    """The polygons of a file by the areas there are, and in words what is wrong with the others.

    What overlaps a sister of the same file is told once for both, and both are left out.
    """
    if not isinstance(file, Mapping) or not isinstance(file.get("features"), list):
        return [], [_("文件应为 GeoJSON 的 FeatureCollection。")]
    faults: list[str] = []
    found: dict[str, Drawn] = {}
    for place, feature in enumerate(file["features"], 1):
        try:
            drawn = _feature(feature, place, areas, file.get("grid"))
            if drawn.area.code in found:
                raise ShapeError(_("“%(area)s”出现了两次。") % {"area": drawn.area})
            found[drawn.area.code] = drawn
        except ShapeError as fault:
            faults.append(str(fault))
    overlapping = list(overlaps(found.values()))
    for one, other, share in overlapping:
        found.pop(one.area.code, None)
        found.pop(other.area.code, None)
        faults.append(
            _("“%(one)s”与“%(other)s”重叠，占较小一块的 %(share).1f%%，最多可有 %(most).0f%%。")
            % {"one": one.area, "other": other.area, "share": share * 100, "most": OVERLAP * 100}
        )
    return list(found.values()), faults


def figure_of(geometry: Any, area: object) -> BaseGeometry:
    """The figure of a GeoJSON geometry in degrees. Raises ShapeError in words naming `area`."""
    named = {"area": area}
    if not isinstance(geometry, Mapping) or geometry.get("type") not in KINDS:
        raise ShapeError(_("“%(area)s”应为 Polygon 或 MultiPolygon。") % named)
    for ring in rings(geometry, named):
        if len(ring) < 4 or ring[0] != ring[-1] or len({tuple(at) for at in ring}) < 3:
            raise ShapeError(_("“%(area)s”的边界至少 4 个点，首尾相同。") % named)
    try:
        figure = made(geometry)
    except (ShapelyError, ValueError, TypeError) as fault:
        raise ShapeError(_("“%(area)s”的坐标无法读取。") % named) from fault
    if not figure.is_valid:
        raise ShapeError(_why(figure, named))
    if figure.is_empty or not figure.area:
        raise ShapeError(_("“%(area)s”没有面积。") % named)
    return figure


def rings(geometry: Mapping[str, Any], named: Mapping[str, object]) -> Iterator[list[Any]]:
    """Every ring, its positions pairs of numbers on the earth. Raises ShapeError."""
    polygons = geometry.get("coordinates")
    polygons = [polygons] if geometry["type"] == "Polygon" else polygons
    try:
        for polygon in polygons:
            for ring in polygon:
                if not all(_is_position(at) for at in ring):
                    raise TypeError
                yield ring
    except TypeError:
        wrong = _("“%(area)s”的坐标应为经度在前、纬度在后的数字。") % named
        raise ShapeError(wrong) from None


def overlaps(drawn: Iterable[Drawn]) -> Iterator[tuple[Drawn, Drawn, float]]:
    """Sisters that share more than OVERLAP of the smaller one, with that share."""
    sisters: dict[int | None, list[Drawn]] = {}
    for each in drawn:
        sisters.setdefault(each.area.parent_id, []).append(each)
    for group in sisters.values():
        tree = STRtree([each.figure for each in group])
        near = {
            tuple(sorted((mine, int(theirs))))
            for mine, each in enumerate(group)
            for theirs in tree.query(each.figure)
        }
        for one, other in sorted(near & set(combinations(range(len(group)), 2))):
            first, second = group[one], group[other]
            smaller = min(first.figure.area, second.figure.area)
            share = first.figure.intersection(second.figure).area / smaller
            if share > OVERLAP:
                yield first, second, share


def write(drawn: Iterable[Drawn], *, update: bool) -> int:
    """Keep these polygons; those that stand only when `update` says so. Returns how many are new.

    Raises ShapeError when one would overlap a sister that stands. In the caller's transaction.
    """
    there = standing()
    fresh = [each for each in drawn if update or each.area.pk not in there]
    refuse_overlaps(fresh, there)
    for each in fresh:
        values = {"geometry": each.geometry, "source": each.source}
        AreaShape.objects.update_or_create(area=each.area, defaults=values)
    return sum(each.area.pk not in there for each in fresh)


def standing() -> dict[int, AreaShape]:
    """What is drawn, by the area."""
    return {row.area_id: row for row in AreaShape.objects.select_related("area")}


def drawn_of(row: AreaShape) -> Drawn:
    return Drawn(row.area, row.geometry, made(row.geometry), row.source)


def refuse_overlaps(fresh: Iterable[Drawn], there: Mapping[int, AreaShape]) -> None:
    """Raises ShapeError where one of these would overlap a sister of those that stay."""
    fresh = list(fresh)
    replaced = {each.area.pk for each in fresh}
    kept = [drawn_of(row) for area, row in there.items() if area not in replaced]
    for one, other, _share in overlaps([*fresh, *kept]):
        raise ShapeError(_("“%(one)s”与“%(other)s”重叠。") % {"one": one.area, "other": other.area})


def _feature(feature: Any, place: int, areas: Mapping[str, Area], grid: Any) -> Drawn:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    properties = properties if isinstance(properties, Mapping) else {}
    code = str(properties.get("area", ""))
    if code not in areas:
        unknown = _("第 %(place)d 个图形：没有编码为“%(code)s”的片区。")
        raise ShapeError(unknown % {"place": place, "code": code})
    area, source = areas[code], str(properties.get("source") or "").strip()[:SOURCE_LENGTH]
    if not source:
        raise ShapeError(_("“%(area)s”没有写明来源（source）。") % {"area": area})
    geometry = feature.get("geometry")
    if grid is not None:
        try:
            geometry = grids.unprojected(geometry, grids.of(grid))
        except Invalid as fault:
            raise ShapeError(f"{area}: {fault.message}") from None
    figure = figure_of(geometry, area)
    kept = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    return Drawn(area, kept, figure, source)


def _is_position(at: Any) -> bool:
    if not isinstance(at, list | tuple) or len(at) < 2:
        return False
    lon, lat = at[0], at[1]
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in (lon, lat))
    return numbers and abs(lon) <= 180 and abs(lat) <= 90


def _why(figure: BaseGeometry, named: Mapping[str, object]) -> str:
    reason = explain_validity(figure)
    if "Self-intersection" in reason:
        return _("“%(area)s”的边界与自身相交。") % named
    if "Hole" in reason or "hole" in reason:
        return _("“%(area)s”的空洞在边界之外或互相套叠。") % named
    words = _("“%(area)s”的图形无效：%(reason)s。")
    return words % {**named, "reason": reason}
