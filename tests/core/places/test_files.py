"""Files of polygons and addresses: checked and written by the worker after somebody's yes."""

from __future__ import annotations

import json

import pytest

from tests.core.places.ground import address, collection, square
from tests.factories import HOUR, MONDAY_0900, staff
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.models import Address, AreaShape, GroundFile
from waterdesk.core.places import book, files
from waterdesk.core.places.files import LEASE

pytestmark = pytest.mark.django_db

HEADING = "地址,片区,纬度,经度\n"
NEW = "城东区朝阳路 8 号,east-1,28.01,124.02\n"
WRONG = "火星路 1 号,,,\n"


def brought(text, by=None, at=MONDAY_0900):
    by = by or staff("admin")
    return files.keep(text.encode(), "a", by=by, at=at)


def checked(text, by=None):
    row = brought(text, by)
    files.work(MONDAY_0900)
    row.refresh_from_db()
    return row


def applied(row, **said):
    files.agree(row.pk, by=row.by, at=MONDAY_0900, **said)
    files.work(MONDAY_0900)
    row.refresh_from_db()
    return row


def counts(row):
    return {name: row.plan[name] for name in ("new", "changed", "same", "wrong")}


def moved_square():
    """The polygon of east-1 as it stands, with another source."""
    shape = AreaShape.objects.get(area__code="east-1")
    said = {"area": "east-1", "source": "新测"}
    return {"type": "Feature", "properties": said, "geometry": shape.geometry}


def test_a_file_of_addresses_tells_what_is_new_changed_the_same_and_wrong():
    address("解放路 1 号", "west-1")
    address("解放路 2 号", "west-1")
    row = checked(HEADING + NEW + "解放路 1 号,west-1,,\n解放路 2 号,west-2,,\n" + WRONG)
    assert counts(row) == {"new": 1, "changed": 1, "same": 1, "wrong": 1}
    assert [each["line"] for each in row.plan["faults"]] == [5]
    [altered] = row.plan["altered"]
    assert (altered["was"], altered["now"]) == ("城西一网格", "城西二网格")
    assert Address.objects.count() == 2


def test_what_is_agreed_to_is_written_and_the_content_goes():
    row = applied(checked(HEADING + NEW))
    assert (row.state, row.done, bytes(row.content)) == (GroundFile.State.APPLIED, 1, b"")
    assert Address.objects.get().area.code == "east-1"
    assert files.work(MONDAY_0900) == 0


def test_nothing_is_written_while_a_row_is_at_fault_unless_it_is_left_out():
    row = checked(HEADING + NEW + WRONG)
    with pytest.raises(Conflict, match="有误"):
        files.agree(row.pk, by=row.by, at=MONDAY_0900)
    assert applied(row, skip=True).state == GroundFile.State.APPLIED
    assert Address.objects.count() == 1


def test_a_file_that_is_not_checked_cannot_be_agreed_to():
    row = brought(HEADING + NEW)
    with pytest.raises(Conflict):
        files.agree(row.pk, by=row.by, at=MONDAY_0900)


def test_a_worker_that_vanished_is_followed_by_one_that_goes_on_after_what_is_done(monkeypatch):
    monkeypatch.setattr(book, "BATCH", 1)
    row = checked(HEADING + NEW + "解放路 1 号,west-1,,\n")
    files.agree(row.pk, by=row.by, at=MONDAY_0900)
    GroundFile.objects.update(taken_until=MONDAY_0900 + LEASE, done=1)
    assert files.work(MONDAY_0900) == 0
    assert files.work(MONDAY_0900 + HOUR) == 1
    assert [each.text for each in Address.objects.all()] == ["解放路 1 号"]


def test_a_lead_brings_nothing_to_other_areas_and_takes_nothing_from_there():
    address("解放路 1 号", "west-1")
    lead = staff("lead", "east")
    row = checked(HEADING + NEW + "解放路 1 号,east-1,,\n解放路 2 号,west-1,,\n", lead)
    assert counts(row) == {"new": 1, "changed": 0, "same": 0, "wrong": 2}
    west = checked(json.dumps(collection(square("west-1", 10, 10))), lead)
    assert "不在您负责的片区" in west.plan["faults"][0]["words"]


def test_polygons_are_told_as_changed_and_written_whole():
    row = checked(json.dumps(collection(moved_square())))
    assert (row.kind, counts(row)["changed"]) == (GroundFile.Kind.SHAPES, 1)
    assert applied(row).state == GroundFile.State.APPLIED
    assert AreaShape.objects.get(area__code="east-1").source == "新测"


def test_one_polygon_at_fault_keeps_all_of_them_out():
    overlapping = {**moved_square(), "properties": {"area": "east-2", "source": "新测"}}
    row = checked(json.dumps(collection(overlapping)))
    assert "重叠" in row.plan["faults"][0]["words"]
    with pytest.raises(Conflict):
        files.agree(row.pk, by=row.by, at=MONDAY_0900, skip=True)


@pytest.mark.parametrize("text", ['{"type": ', "甲,乙\n1,2\n", HEADING])
def test_a_file_that_says_nothing_is_refused_with_a_reason(text):
    row = checked(text)
    assert (row.state, bool(row.refusal)) == (GroundFile.State.REFUSED, True)


def test_an_empty_a_large_and_a_broken_file_are_not_kept():
    admin = staff("admin")
    for content in (b" ", b"x" * (files.MOST_BYTES + 1), b"PK\x03\x04 broken"):
        with pytest.raises(Invalid):
            files.keep(content, "a", by=admin, at=MONDAY_0900)
    assert not GroundFile.objects.exists()


def test_others_have_no_files_and_see_none():
    row = brought(HEADING + NEW)
    with pytest.raises(NotFound):
        files.own(row.pk, staff("lead"))
    with pytest.raises(NotAllowed):
        brought(HEADING + NEW, staff("agent"))
