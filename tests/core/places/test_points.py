from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterdesk.core.errors import Invalid
from waterdesk.core.places import grid, points
from waterdesk.core.places.points import Point

CITY = st.builds(Point, st.floats(18, 53), st.floats(74, 134))
ZONE = grid.Grid(120)


def test_a_degree_of_latitude_is_111_kilometres():
    assert points.metres(Point(30, 120), Point(31, 120)) == pytest.approx(111_195, abs=1)


@given(CITY, st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_what_is_near_is_in_the_box(middle, up, aside):
    other = Point(middle.lat + up, middle.lon + aside)
    box = points.around(middle, points.metres(middle, other))
    assert box.south <= other.lat <= box.north
    assert box.west <= other.lon <= box.east


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("x", "1"), (91, 0), (0, 181), ("nan", 1), ("inf", 1), (30, ""), (None, 120), ("1e999", 1)],
)
def test_what_is_no_point_is_refused(lat, lon):
    with pytest.raises(Invalid, match="位置不正确"):
        points.point(lat, lon)


def test_no_point_at_all_is_none():
    assert points.point("", None) is None


def test_a_point_on_the_central_meridian_is_as_far_north_as_the_survey_says():
    # The quarter of the meridian of CGCS2000, 10 001 965.729 m, at the pole.
    east, north = grid.to_metres(Point(89.999999999, 120), ZONE)
    assert (east, north) == (
        pytest.approx(500_000, abs=0.01),
        pytest.approx(10_001_965.73, abs=0.02),
    )


@given(st.builds(Point, st.floats(18, 53), st.floats(118.4, 121.6)))
def test_there_and_back_is_the_same_point(at):
    back = grid.to_point(*grid.to_metres(at, ZONE), ZONE)
    assert points.metres(at, back) < 0.001


def test_metres_far_outside_the_zone_are_refused():
    with pytest.raises(Invalid):
        grid.to_point(5e7, 3e6, ZONE)
