"""A utility's own grid: metres east and north of a Gauss-Krüger zone, as Chinese surveys have them.

The ellipsoid is that of CGCS2000 (GB 22021-2008), which differs from WGS84 by less than 0.1 mm.
Krüger's series to the fourth power of n is right to a millimetre within a zone. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, asinh, atan, atanh, cos, cosh, degrees, radians, sin, sinh, sqrt, tan
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Invalid
from waterdesk.core.places.points import Point

AXIS_M, FLATTENING = 6_378_137.0, 1 / 298.257222101
N = FLATTENING / (2 - FLATTENING)
RECTIFIED_M = AXIS_M / (1 + N) * (1 + N**2 / 4 + N**4 / 64)
ALPHA = (
    N / 2 - 2 * N**2 / 3 + 5 * N**3 / 16,
    13 * N**2 / 48 - 3 * N**3 / 5,
    61 * N**3 / 240,
)
BETA = (
    N / 2 - 2 * N**2 / 3 + 37 * N**3 / 96,
    N**2 / 48 + N**3 / 15,
    17 * N**3 / 480,
)
ECCENTRICITY = sqrt(FLATTENING * (2 - FLATTENING))


class Grid(NamedTuple):
    """`meridian` in degrees; what is added to metres east and north of it."""

    meridian: float
    east_m: float = 500_000.0
    north_m: float = 0.0


def of(said: Any) -> Grid:
    """The grid a file names: {"meridian": 120, "east_m": 500000, "north_m": 0}. Raises Invalid."""
    try:
        grid = Grid(**{name: float(value) for name, value in dict(said).items()})
    except (TypeError, ValueError):
        raise Invalid(_("坐标系应写明 meridian、east_m、north_m 三个数字。")) from None
    if not abs(grid.meridian) <= 180:
        raise Invalid(_("中央子午线应在 ±180 度之内。"))
    return grid


def to_metres(at: Point, grid: Grid) -> tuple[float, float]:
    """East and north of a point."""
    phi, lam = radians(at.lat), radians(at.lon - grid.meridian)
    bend = ECCENTRICITY * atanh(ECCENTRICITY * sin(phi))
    slope = sinh(asinh(tan(phi)) - bend)
    xi, eta = atan(slope / cos(lam)), asinh(sin(lam) / sqrt(slope**2 + cos(lam) ** 2))
    north = xi + sum(a * sin(2 * j * xi) * cosh(2 * j * eta) for j, a in enumerate(ALPHA, 1))
    east = eta + sum(a * cos(2 * j * xi) * sinh(2 * j * eta) for j, a in enumerate(ALPHA, 1))
    return RECTIFIED_M * east + grid.east_m, RECTIFIED_M * north + grid.north_m


def to_point(east: float, north: float, grid: Grid) -> Point:
    """The point so many metres east and north. Raises Invalid outside a zone and its neighbours."""
    x, y = (north - grid.north_m) / RECTIFIED_M, (east - grid.east_m) / RECTIFIED_M
    if not (abs(x) < 1.57 and abs(y) < 0.1):
        raise Invalid(_("坐标不在此坐标系的范围内。"))
    xi = x - sum(b * sin(2 * j * x) * cosh(2 * j * y) for j, b in enumerate(BETA, 1))
    eta = y - sum(b * cos(2 * j * x) * sinh(2 * j * y) for j, b in enumerate(BETA, 1))
    chi = asin(sin(xi) / cosh(eta))
    phi = chi
    for _round in range(5):
        phi = atan(sinh(asinh(tan(chi)) + ECCENTRICITY * atanh(ECCENTRICITY * sin(phi))))
    return Point(degrees(phi), grid.meridian + degrees(atan(sinh(eta) / cos(xi))))


def unprojected(geometry: Any, grid: Grid) -> dict[str, Any]:
    """A GeoJSON geometry in metres, east first, as one in degrees. Raises Invalid."""

    def turned(part: Any) -> Any:
        if isinstance(part, list) and part and isinstance(part[0], list):
            return [turned(each) for each in part]
        lat, lon = to_point(float(part[0]), float(part[1]), grid)
        return [round(lon, 7), round(lat, 7)]

    if not isinstance(geometry, Mapping):
        raise Invalid(_("图形无法读取。"))
    try:
        return dict(geometry) | {"coordinates": turned(geometry.get("coordinates"))}
    except (TypeError, ValueError, IndexError, KeyError, RecursionError):
        raise Invalid(_("坐标应为数字：东、北。")) from None
