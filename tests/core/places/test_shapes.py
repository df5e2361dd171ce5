from __future__ import annotations

import pytest

from tests.core.places.ground import collection, feature, square
from waterdesk.core.models import Area, AreaShape
from waterdesk.core.places import grid, shapes
from waterdesk.core.places.points import Point

pytestmark = pytest.mark.django_db

BOW = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]
HOLE_OUTSIDE = [
    [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]],
    [[5, 5], [6, 5], [6, 6], [5, 6], [5, 5]],
]


def read(*features, **more):
    areas = {area.code: area for area in Area.objects.all()}
    return shapes.read(collection(*features, **more), areas)


def test_every_polygon_of_the_seeds_stands_and_names_its_source():
    assert set(AreaShape.objects.values_list("area__code", flat=True)) == {
        "east-1", "east-2", "west-1", "west-2", "north-1",
    }  # fmt: skip
    assert not AreaShape.objects.filter(source="").exists()


@pytest.mark.parametrize(
    ("coordinates", "kind", "why"),
    [
        (BOW, "Polygon", "与自身相交"),
        (HOLE_OUTSIDE, "Polygon", "空洞"),
        ([[[0, 0], [1, 0], [0, 0]]], "Polygon", "至少 4 个点"),
        ([[[0, 0], [1, 0], [1, 1], [0, 1]]], "Polygon", "首尾相同"),
        ([[[0, 0], [1, 0], [2, 0], [0, 0]]], "Polygon", "无效|面积|相交"),
        ([[[0, 0], ["x", 0], [1, 1], [0, 0]]], "Polygon", "经度在前"),
        ([[[0, 0], [0, 120], [1, 120], [0, 0]]], "Polygon", "经度在前"),
        ([[[0, 0], [True, 0], [1, 1], [0, 0]]], "Polygon", "经度在前"),
        ([[[0, 0], [float("nan"), 0], [1, 1], [0, 0]]], "Polygon", "经度在前"),
        (7, "Polygon", "经度在前"),
        ([0, 0], "Point", "应为 Polygon"),
    ],
)
def test_a_polygon_that_cannot_be_is_refused_by_the_name_of_its_area(coordinates, kind, why):
    found, faults = read(feature("east-1", coordinates, kind))
    assert found == []
    assert [fault for fault in faults if "城东一网格" in fault and shapes_say(why, fault)] == faults
    assert faults


def shapes_say(why: str, fault: str) -> bool:
    return any(word in fault for word in why.split("|"))


def test_sisters_that_overlap_are_both_refused_by_name():
    found, faults = read(square("east-1", 0, 0), square("east-2", 0.005, 0))
    assert found == []
    assert "城东一网格" in faults[0]
    assert "城东二网格" in faults[0]
    assert "50.0%" in faults[0]


def test_a_sliver_between_neighbours_is_let_pass():
    found, faults = read(square("east-1", 0, 0), square("east-2", 0.00995, 0))
    assert (len(found), faults) == (2, [])


def test_an_area_lies_in_its_parent_without_a_fault():
    assert read(square("east-1", 0, 0), square("east", 0, 0, side=0.02))[1] == []


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (collection(square("nowhere", 0, 0)), "nowhere"),
        (collection(square("east-1", 0, 0, source=" ")), "来源"),
        (collection(square("east-1", 0, 0), square("east-1", 1, 0)), "两次"),
        (collection("no feature"), "没有编码"),
        ([], "FeatureCollection"),
    ],
)
def test_a_file_that_cannot_be_is_refused(file, why):
    areas = {area.code: area for area in Area.objects.all()}
    assert why in shapes.read(file, areas)[1][0]


def test_what_overlaps_a_polygon_that_stands_is_refused_too():
    shapes.write(read(square("east-1", 0, 0))[0], update=True)
    with pytest.raises(shapes.ShapeError, match="城东二网格"):
        shapes.write(read(square("east-2", 0.005, 0))[0], update=True)


def test_metres_of_the_utility_s_own_grid_become_degrees():
    zone = grid.Grid(120)
    corners = [Point(30, 120.5), Point(30, 120.51), Point(30.01, 120.51), Point(30, 120.5)]
    ring = [list(grid.to_metres(corner, zone)) for corner in corners]
    found, faults = read(feature("east-1", [ring]), grid={"meridian": 120})
    assert faults == []
    assert found[0].figure.bounds == pytest.approx((120.5, 30, 120.51, 30.01), abs=1e-6)
