"""An outage is drawn on the map, announced, seen by everybody, and over again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from notifications.models import Message
from tests.browser.forms import keys, type_into
from tests.core.places.ground import IN_EAST_1, address
from tests.factories import open_ticket, staff
from tickets.models import Outage
from tickets.outages import telling

ANSWER = re.compile("^正在停水，.*爆管抢修。应急供水点：朝阳广场，水车。$")

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_outage_is_drawn_announced_seen_and_over(devices):
    lat, lon = IN_EAST_1
    address("城东区朝阳路 1 号", kind="hospital", at=IN_EAST_1)
    open_ticket(at=timezone.now(), phone="13900000001", lat=lat, lon=lon)
    now = timezone.localtime()
    agent = devices.desk(staff("agent"))
    agent.goto("/desk/outages/new/")
    agent.get_by_text("突发停水").click()
    agent.get_by_label("停水时间").fill(f"{now:%Y-%m-%dT%H:%M}")
    agent.get_by_label("预计恢复").fill(f"{now + timedelta(hours=4):%Y-%m-%dT%H:%M}")
    agent.get_by_label("原因").fill("爆管抢修")
    agent.get_by_label("应急供水点").fill("朝阳广场，水车")
    drawing = agent.get_by_role("region", name="地图")
    expect(drawing.locator(".map-name").first).to_be_visible()
    # The whole city is in sight: all of it but the control that zooms.
    box = drawing.bounding_box()
    corners = ((0.2, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95), (0.5, 0.5))
    for x, y in corners:
        drawing.click(position={"x": box["width"] * x, "y": box["height"] * y})
    expect(drawing.locator(".map-mark")).to_have_count(5)
    agent.get_by_role("button", name="退回一点").click()
    expect(drawing.locator(".map-mark")).to_have_count(4)
    agent.get_by_role("button", name="保存").click()
    expect(agent.get_by_role("main")).to_contain_text("其中重点用户 1 个；将短信通知 1 个号码")
    agent.get_by_role("button", name="公告并通知").click()
    expect(agent.locator("#progress")).to_contain_text("正在通知")
    telling.tell(timezone.now())
    expect(agent.locator("#progress")).to_contain_text("已完成")
    assert Message.objects.filter(key="outage.announced.customer").count() == 1
    agent.get_by_role("button", name="已告知").click()
    expect(agent.get_by_role("main")).to_contain_text("agent-company 今天")

    anybody = devices.phone(None, color_scheme="dark")
    anybody.goto("/")
    anybody.get_by_role("link", name="查看停水公告").click()
    expect(anybody.get_by_role("main")).to_contain_text("爆管抢修")
    expect(anybody.locator("path.map-layer[data-tone=bad]")).to_be_visible()

    agent.goto("/desk/hotline/")
    type_into(agent, "phone", "13900000002")
    keys(agent, "Enter", "1", "3")
    agent.get_by_label("地址", exact=True).fill("城东区朝阳路 1 号")
    agent.get_by_label("来电号码").focus()
    agent.locator("#hints-beside").get_by_role("button", name="用此答复").click()
    expect(agent.get_by_label("当场答复")).to_have_value(ANSWER)
    expect(agent.get_by_label("咨询")).to_be_checked()

    agent.goto(f"/desk/outages/{Outage.objects.get().pk}/")
    agent.get_by_role("button", name="恢复供水").click()
    agent.locator("#confirm-yes").click()
    expect(agent.get_by_role("main")).to_contain_text("已恢复")
    anybody.reload()
    expect(anybody.get_by_role("main")).to_contain_text("目前没有停水")
