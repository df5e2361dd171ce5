"""A place is picked on the map while somebody is on the line, and is seen on the map afterwards."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import keys, type_into
from tests.core.places.ground import IN_EAST_1, address
from tests.factories import open_ticket, staff
from tickets.models import Ticket
from waterdesk.core.models import Address
from waterdesk.core.places import files

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_place_is_picked_on_the_map_and_found_there(devices):
    address("城东区朝阳路 8 号", at=IN_EAST_1)
    open_ticket(subtype="burst", lat=27.98, lon=123.98)
    agent = devices.desk(staff("agent"))
    agent.goto("/desk/hotline/")
    type_into(agent, "phone", "13800001111")
    keys(agent, "Enter", "1", "2")
    type_into(agent, "address", "cyl")
    option = agent.get_by_role("option", name="城东区朝阳路 8 号")
    expect(option).to_be_visible()
    keys(agent, "ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    keys(agent, "Enter")
    expect(agent.get_by_label("地址", exact=True)).to_have_value("城东区朝阳路 8 号")
    expect(agent.locator("#looked-up")).to_contain_text("地址库")
    agent.get_by_label("地址", exact=True).fill("桥头")
    agent.get_by_text("在地图上选位置").click()
    map_box = agent.get_by_role("region", name="地图")
    expect(map_box.locator(".map-name").first).to_be_visible()
    map_box.click(position={"x": 300, "y": 80})
    expect(agent.get_by_label("纬度")).not_to_have_value("")
    expect(agent.locator("#at-point")).to_contain_text("网格")
    agent.get_by_label("纬度").fill(str(IN_EAST_1.lat))
    agent.get_by_label("经度").fill(str(IN_EAST_1.lon))
    agent.get_by_label("经度").blur()
    agent.locator("#at-point").get_by_role("button", name="朝阳路 8 号").click()
    expect(agent.get_by_label("地址", exact=True)).to_have_value("城东区朝阳路 8 号")
    agent.get_by_label("情况描述").fill("路面冒水")
    keys(agent, "Control+Enter")
    expect(agent.locator("[data-map=spot] .map-mark")).to_be_visible()
    ticket = Ticket.objects.get(remark="路面冒水")
    assert (ticket.lat, ticket.lon, ticket.area.code) == (*IN_EAST_1, "east-1")

    for page in (devices.desk(staff("agent")), devices.phone(staff("agent"), color_scheme="dark")):
        page.goto("/desk/map/")
        expect(page.locator(".leaflet-marker-icon .map-mark")).to_have_count(2)
        expect(page.locator("#map-list .map-spot")).to_have_count(2)
    page.locator(".leaflet-marker-icon").first.focus()
    keys(page, "Enter")
    expect(page.locator(".leaflet-popup a")).to_be_visible()

    page.goto("/desk/search/")
    page.locator("#find").fill("cyl8")
    page.locator("#find").press("Enter")
    expect(page.locator("#found")).to_contain_text(ticket.number)
    expect(page.locator("#found")).to_contain_text("地址库")

    page = devices.phone(staff("admin"))
    page.goto("/desk/ground/")
    book = "地址,片区\n城西区解放路 1 号,west-1\n".encode()
    sent = {"name": "地址.csv", "mimeType": "text/csv", "buffer": book}
    page.get_by_label("文件").set_input_files(sent)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("#ground-file")).to_contain_text("正在核对")
    files.work(timezone.now())
    expect(page.locator("#ground-file")).to_contain_text("城西一网格")
    page.get_by_role("button", name="确认写入").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    files.work(timezone.now())
    expect(page.locator("#ground-file")).to_contain_text("已完成")
    assert Address.objects.filter(text="城西区解放路 1 号").exists()
