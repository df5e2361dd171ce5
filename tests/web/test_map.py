"""The map and the search: what stands on the pages, for whom, and that they say the same."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.places.ground import AT_SEA, IN_EAST_1, IN_WEST_2, address
from tests.factories import open_ticket, staff
from tests.web.desk import HOUR, MINUTE, NOW, as_role, client_of, dispatched, inline_in, text_of
from waterdesk.core import door
from waterdesk.core.models import AreaShape, Case, Utility
from waterdesk.web.places import layers
from waterdesk.web.places.layers import Layer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

MAP, SEARCH, API = "/desk/map/", "/desk/search/", "/api/v1/search/"


def placed(point=IN_EAST_1, opened=NOW - HOUR, **over):
    return open_ticket(at=opened, lat=point.lat, lon=point.lon, **over)


def marks(response):
    return {spot.line.case.number: spot.mark.code for spot in response.context["spots"]}


def test_open_cases_with_a_place_stand_on_the_map_each_with_its_mark():
    urgent = placed(subtype="burst", opened=NOW)
    idle = placed(opened=NOW)
    busy = dispatched(staff("field", "east-1"), NOW - 30 * MINUTE, lat=28.01, lon=124.02)
    open_ticket(at=NOW)
    response = as_role("agent").get(MAP)
    expected = {urgent.number: "urgent", idle.number: "idle", busy.number: "busy"}
    assert marks(response) == expected
    assert "另有 1 件在办办件没有位置" in text_of(response)
    assert inline_in(response) == []


def test_what_is_late_is_marked_so_also_when_it_is_urgent():
    late = placed(subtype="burst")
    assert marks(as_role("agent").get(MAP)) == {late.number: "late"}


def test_the_list_says_where_each_point_is():
    ticket = placed()
    page = as_role("agent").get(MAP).content.decode()
    row = re.search(rf'<li [^>]*id="spot-{ticket.number}"[^>]*>', page)[0]
    assert 'data-lat="28.010000" data-lon="124.020000"' in row
    assert "data-letter=" in row


def test_the_map_is_narrowed_by_area_and_subject():
    east, west = placed(), placed(IN_WEST_2, subtype="burst")
    client = as_role("agent")
    assert list(marks(client.get(MAP, {"area": "east"}))) == [east.number]
    assert list(marks(client.get(MAP, {"subject": "ticket/repair.burst"}))) == [west.number]


def test_an_area_s_people_see_their_own_points_and_polygons_alone():
    placed()
    west = as_role("agent", "west")
    assert marks(west.get(MAP)) == {}
    drawn = json.loads(west.get("/desk/map/areas.json").content)
    codes = {feature["properties"]["code"] for feature in drawn["features"]}
    assert codes == {"west-1", "west-2"}


def test_without_a_polygon_the_map_says_so():
    AreaShape.objects.all().delete()
    Utility.touch()
    assert "还没有画出片区边界" in text_of(as_role("agent").get(MAP))


def test_the_map_asks_the_same_number_of_questions_for_2_points_and_for_12():
    client = as_role("agent")
    counts = []
    for more in (2, 10):
        for _each in range(more):
            placed()
        client.get(MAP)
        with CaptureQueriesContext(connection) as queries:
            client.get(MAP)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", [MAP, SEARCH, "/desk/map/areas.json"])
def test_customers_have_no_map(path):
    assert as_role("customer").get(path).status_code == 403
    assert as_role("").get(path).status_code == 302


def test_another_part_draws_a_layer_of_its_own(monkeypatch):
    features = {"type": "FeatureCollection", "features": []}
    monkeypatch.setattr(layers, "LAYERS", {})
    layers.add(Layer("outages", "停水", lambda user, now: features | {"at": now.isoformat()}))
    client = as_role("agent")
    assert "/desk/map/layers/outages.json" in client.get(MAP).content.decode()
    assert client.get("/desk/map/layers/outages.json").json()["at"] == NOW.isoformat()
    assert client.get("/desk/map/layers/none.json").status_code == 404


def test_a_point_that_was_picked_tells_its_area_and_the_addresses_around_it():
    address("城东区朝阳路 8 号", at=IN_EAST_1, kind="school")
    client = as_role("agent")
    said = text_of(client.post("/desk/map/at/", {"lat": "28.0101", "lon": "124.02"}))
    assert "城东一网格" in said
    assert "朝阳路 8 号" in said
    assert "11 米" in said
    at_sea = client.post("/desk/map/at/", {"lat": AT_SEA.lat, "lon": AT_SEA.lon})
    assert "不在任何片区边界内" in text_of(at_sea)
    assert "位置不正确" in text_of(client.post("/desk/map/at/", {"lat": "x", "lon": "1"}))


def test_a_call_is_logged_with_the_point_that_was_picked():
    said = {"phone": "13900001111", "category": "repair", "subtype": "leak", "address": "桥头"}
    where = {"remark": "漏水", "lat": "27.975", "lon": "123.97", "key": "k"}
    as_role("agent").post("/desk/hotline/", said | where)
    ticket = Case.objects.get()
    assert (ticket.area.code, ticket.lat, ticket.lon) == ("west-2", *IN_WEST_2)
    assert "27.975000, 123.970000" in text_of(as_role("agent").get(f"/desk/cases/{ticket.number}/"))


def test_addresses_of_the_book_are_suggested_while_typing():
    address("城东区中山路 8 号", kind="school")
    client = as_role("agent")
    for typed in ("中山", "zsl"):
        said = text_of(client.post("/desk/addresses/suggest/", {"address": typed}))
        assert "城东区中山路 8 号" in said
        assert "学校" in said
    assert text_of(client.post("/desk/addresses/suggest/", {"address": "中"})).strip() == ""
    assert as_role("customer").post("/desk/addresses/suggest/").status_code == 403


def test_the_hotline_says_how_sure_the_place_is_and_where_it_differs():
    look = {"look": "1", "category": "repair", "address": "城东区朝阳路 9 号"}
    client = as_role("agent")
    assert "依据 地名" in text_of(client.post("/desk/hotline/", look))
    differs = text_of(client.post("/desk/hotline/", look | {"area": "west-1"}))
    assert "依据 人工选择" in differs
    assert "您选了城西一网格" in differs


def test_the_record_of_a_case_tells_the_place_in_words():
    ticket = placed(area="west-1")
    page = text_of(as_role("agent").get(f"/desk/cases/{ticket.number}/"))
    assert "片区依据 人工选择" in page
    assert "位置所在片区（与所选不符） 城东一网格" in page


def test_a_point_that_is_none_is_marked_on_the_form():
    said = {"phone": "", "category": "consultation", "remark": "问", "lat": "200", "lon": "1"}
    response = as_role("agent").post("/desk/hotline/", said)
    assert response.status_code == 400
    assert "纬度应在 ±90 之内" in text_of(response)


def test_the_search_tells_cases_and_addresses_and_why():
    ticket = open_ticket(at=NOW - HOUR, address="城东区中山东路 7 号")
    address("中山东路 66 号", kind="hospital")
    for asked in (as_role("agent").get(SEARCH, {"q": "zsdl"}),
                  as_role("agent").post(SEARCH, {"q": "zsdl"})):  # fmt: skip
        said = text_of(asked)
        assert ticket.number in said
        assert "中山东路 66 号" in said
        assert "医院" in said
        assert "拼音首字母" in said
    assert "没有找到" in text_of(as_role("agent").get(SEARCH, {"q": "无此路"}))


def test_the_api_tells_the_same_with_the_number_masked():
    ticket = open_ticket(at=NOW - HOUR, address="城东区中山东路 7 号")
    address("中山东路 66 号")
    found = as_role("agent").get(API, {"q": "中山"}).json()
    case = found["cases"][0]
    assert (case["number"], case["why"]) == (ticket.number, ["address"])
    assert case["phone"] == "139****4321"
    assert [each["text"] for each in found["addresses"]] == ["中山东路 66 号"]
    assert as_role("agent").get(API).status_code == 400
    assert as_role("customer").get(API, {"q": "中山"}).status_code == 403


def test_a_closed_case_leaves_the_map():
    ticket, lead = placed(opened=NOW), staff("lead")
    door.move(ticket.number, "cancel", actor=lead, at=NOW, changes={"reason": "duplicate"})
    assert marks(client_of(lead).get(MAP)) == {}
