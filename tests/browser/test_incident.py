"""An agent is offered the same fault, joins it, and the crew's stages reach the caller's page."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import keys, type_into
from tests.factories import MINUTE, customer, staff
from tickets import intake
from tickets.models import Incident, Ticket
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_second_caller_joins_the_burst_that_is_known_and_follows_its_stages(devices):
    now = timezone.now()
    crew = staff("field", "east-1", name="zhang", phone="13700000001")
    given = {
        "category": "repair", "subtype": "burst", "name": "李四", "phone": "13987654321",
        "address": "城东区朝阳路 9 号", "remark": "路面冒水",
    }  # fmt: skip
    first = intake.draft(given, by=staff("agent"), channel="hotline")
    door.open_case(first, actor=staff("agent"), at=now - 5 * MINUTE)
    page = devices.desk(staff("agent"))
    page.goto("/desk/hotline/")
    type_into(page, "phone", "13800001111")
    keys(page, "Enter", "1", "1")
    type_into(page, "address", "城东区朝阳路 18 号")
    keys(page, "Enter")
    type_into(page, "remark", "水漫到路口")
    page.get_by_role("radio", name=re.compile(first.number)).check()
    keys(page, "Control+Enter")
    expect(page.get_by_role("main")).to_contain_text("属于事件")
    incident = Incident.objects.get()
    at = timezone.now()
    door.move(
        incident.number, "dispatch", actor=staff("agent"), at=at, changes={"handler": crew.username}
    )
    door.move(incident.number, "arrive", actor=crew, at=at)
    door.move(incident.number, "shut", actor=crew, at=at)
    page.get_by_role("link", name=incident.number).first.click()
    expect(page.get_by_role("main")).to_contain_text("来电人 2 位")
    page.goto("/desk/incidents/")
    expect(page.get_by_role("main")).to_contain_text("已关阀止水")
    mine = Ticket.objects.get(phone="13800001111")
    caller = devices.phone(customer("13800001111"))
    caller.goto(f"/track/{mine.number}/")
    expect(caller.get_by_role("main")).to_contain_text("抢修进展")
