from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.core.places.ground import AT_SEA, IN_EAST_1, IN_WEST_2, address
from tests.factories import DAY, MONDAY_0900, open_application, open_ticket
from waterdesk.core.models import Area, Case
from waterdesk.core.places import ground, near
from waterdesk.core.places.placing import Sure, judged, place
from waterdesk.core.places.points import Point

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_ground():
    ground.forget()
    yield
    ground.forget()


def test_a_point_says_more_than_the_text():
    placed = place("城西区解放路 1 号", IN_EAST_1)
    assert (placed.area.code, placed.point, placed.sure) == ("east-1", IN_EAST_1, Sure.INSIDE)


def test_an_address_of_the_book_has_its_point_and_area_however_it_is_written():
    address("城东区朝阳路8号", "west-1", IN_WEST_2)
    placed = place(" 城东区 朝阳路 ８ 号")
    assert (placed.area.code, placed.point, placed.sure) == ("west-1", IN_WEST_2, Sure.EXACT)


def test_a_point_in_no_polygon_leaves_it_to_the_text():
    placed = place("城西区解放路 1 号", AT_SEA)
    assert (placed.area.code, placed.point, placed.sure) == ("west-1", AT_SEA, Sure.NAMED)


def test_an_address_in_no_grid_is_the_company_s():
    placed = place("火星路 1 号")
    assert (placed.area.code, placed.point, placed.sure) == ("company", None, Sure.UNKNOWN)


def test_a_point_on_the_border_is_of_one_grid_for_all():
    border = Point(27.990, 124.003)
    assert place("", border).area.code == "east-1"


def test_a_ticket_keeps_the_point_that_was_picked():
    address("城东区朝阳路 9 号", at=IN_EAST_1)
    ticket = open_ticket(lat="27.975", lon="123.97")
    assert (ticket.area.code, ticket.lat, ticket.lon) == ("west-2", *IN_WEST_2)


@pytest.mark.parametrize("opened", [open_ticket, open_application])
def test_a_case_gets_the_point_of_its_address_from_the_book(opened):
    address("城东区朝阳路 9 号", at=IN_EAST_1)
    case = opened(address="城东区朝阳路9号")
    assert Case.objects.values_list("lat", "lon").get(pk=case.pk) == IN_EAST_1


def test_half_a_point_cannot_be_kept():
    ticket = open_ticket()
    with pytest.raises(IntegrityError, match="case_is_on_earth"), transaction.atomic():
        Case.objects.filter(pk=ticket.pk).update(lat=30)


def test_what_is_near_is_told_with_its_distance_the_nearest_first():
    far = open_ticket(lat=28.0108, lon=124.02)
    close = open_ticket(lat=28.0103, lon=124.02)
    open_ticket(lat=28.0115, lon=124.02)
    open_ticket()
    found = near.near(IN_EAST_1, 100, MONDAY_0900)
    assert [each.row.number for each in found] == [close.number, far.number]
    assert [round(each.metres) for each in found] == [33, 89]


def test_near_keeps_to_time_and_subject():
    open_ticket(at=MONDAY_0900 - 4 * DAY, lat=28.01, lon=124.02)
    burst = open_ticket(subtype="burst", lat=28.01, lon=124.02)
    open_ticket(lat=28.01, lon=124.02)
    since = MONDAY_0900 - 3 * DAY
    found = near.near(IN_EAST_1, 100, since, ["repair.burst"])
    assert [each.row.number for each in found] == [burst.number]


def test_addresses_of_sensitive_users_are_found_around_a_point():
    school = address("城东区实验小学", at=IN_EAST_1, kind="school")
    address("城东区朝阳路 8 号", at=IN_EAST_1)
    assert [each.row for each in near.addresses(IN_EAST_1, 50, ["school"])] == [school]


def told(case):
    """What the record of the opening says of the place."""
    data = case.events.get(seq=1).data
    return {name: data[name] for name in ("sure", "lat", "lon", "area_found") if name in data}


@pytest.mark.parametrize("opened", [open_ticket, open_application])
def test_the_record_says_the_picked_point_and_how_sure_the_area_is(opened):
    case = opened(address="城西区解放路 1 号", lat=28.01, lon=124.02)
    assert case.area.code == "east-1"
    assert told(case) == {"sure": "inside", "lat": 28.01, "lon": 124.02}


def test_the_record_says_the_point_of_the_book():
    address("城东区朝阳路 9 号", at=IN_EAST_1)
    case = open_ticket(address="城东区朝阳路9号")
    assert told(case) == {"sure": "exact", "lat": 28.01, "lon": 124.02}


@pytest.mark.parametrize(
    ("where", "sure"),
    [({"address": "城西区解放路 1 号"}, "named"), ({"address": "火星路 1 号"}, "unknown")],
)
def test_without_a_point_the_record_says_how_sure_the_text_was(where, sure):
    assert told(open_ticket(**where)) == {"sure": sure}


def test_a_case_that_is_nowhere_says_nothing_of_a_place():
    assert told(open_ticket(category="consultation", subtype="", address="")) == {}


def test_a_chosen_area_stays_and_the_record_says_which_one_the_place_tells():
    case = open_ticket(area="west-1", lat=28.01, lon=124.02)
    assert case.area.code == "west-1"
    assert told(case) == {"sure": "chosen", "lat": 28.01, "lon": 124.02, "area_found": "east-1"}


def test_a_branch_chosen_above_the_found_grid_does_not_contradict_it():
    chosen = Area.objects.get(code="east")
    assert judged(chosen, "", IN_EAST_1) == (chosen, IN_EAST_1, Sure.CHOSEN, None)
