"""Points on the ground, in degrees (WGS84), and distances between them in metres. Pure."""

from __future__ import annotations

from math import asin, cos, hypot, isfinite, radians, sin, sqrt
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Invalid

EARTH_M = 6_371_008.8  # mean radius, IUGG
DEGREE_M = radians(1) * EARTH_M
# About 10 cm: more is not known of any address.
DIGITS = 6


class Point(NamedTuple):
    """Latitude first, as it is spoken; GeoJSON has the longitude first."""

    lat: float
    lon: float


class Box(NamedTuple):
    """Everything from south-west to north-east."""

    south: float
    west: float
    north: float
    east: float


def point(lat: object, lon: object) -> Point | None:
    """The point that was given, None when neither number was.

    Raises Invalid for one number alone, for what is no number and for what is not on the earth.
    """
    if lat in (None, "") and lon in (None, ""):
        return None
    try:
        found = Point(round(float(str(lat)), DIGITS), round(float(str(lon)), DIGITS))
    except (ValueError, OverflowError):
        raise Invalid(_("位置不正确：请填写纬度和经度，如 31.230400 和 121.473700。")) from None
    if not (isfinite(found.lat) and isfinite(found.lon) and _on_earth(found)):
        raise Invalid(_("位置不正确：纬度应在 ±90 之内，经度应在 ±180 之内。"))
    return found


def _on_earth(each: Point) -> bool:
    return abs(each.lat) <= 90 and abs(each.lon) <= 180


def of_row(row: Any) -> Point | None:
    """The point of a row with `lat` and `lon`, which are both there or both not."""
    return None if row.lat is None else Point(row.lat, row.lon)


def metres(one: Point, other: Point) -> float:
    """Along the surface of a round earth: within 0.6 % of the true one, here some centimetres."""
    half = sin(radians(other.lat - one.lat) / 2) ** 2
    turn = sin(radians(other.lon - one.lon) / 2) ** 2
    share = half + cos(radians(one.lat)) * cos(radians(other.lat)) * turn
    return 2 * EARTH_M * asin(min(1.0, sqrt(share)))


def around(middle: Point, reach: float) -> Box:
    """A box that holds every point within `reach` metres of `middle`.

    Towards the pole a degree of longitude shrinks, so the narrower edge counts.
    """
    up = reach / DEGREE_M * 1.001 + 1e-9
    edge = min(89.9, abs(middle.lat) + up)
    aside = up / cos(radians(edge))
    return Box(middle.lat - up, middle.lon - aside, middle.lat + up, middle.lon + aside)


def plane(lat: float) -> tuple[float, float]:
    """Metres in one degree of latitude and of longitude at `lat`, right for a city."""
    return DEGREE_M, DEGREE_M * cos(radians(lat))


def span(box: Box) -> float:
    """The diagonal of a box in metres."""
    return hypot((box.north - box.south) * DEGREE_M, (box.east - box.west) * plane(box.south)[1])
