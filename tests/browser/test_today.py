"""A supervisor's morning: what is late, the case, an order, and the answer of the lead."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import send
from tests.factories import DAY, open_ticket, staff
from waterdesk.core import door
from waterdesk.core.models import Supervision
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def leak():
    """Yesterday's leak, at which nobody has arrived."""
    now = timezone.now()
    ticket = open_ticket(at=now - DAY)
    changes = {"handler": staff("field", "east-1").username}
    door.move(ticket.number, "dispatch", actor=staff("lead", "east"), at=now - DAY, changes=changes)
    sweep(now)
    return ticket


def test_from_the_list_of_the_day_to_the_case_to_an_order_that_is_answered(devices, leak):
    desk = devices.desk(staff("supervisor"))
    desk.goto("/")
    desk.get_by_role("link", name="今日要看").first.click()
    late = desk.locator("#late")
    expect(late).to_contain_text("“漏水到场”已超")
    late.get_by_role("link", name=leak.number).click()
    expect(desk.get_by_role("main")).to_contain_text("超过承诺时限")
    desk.go_back()
    late.locator("summary", has_text="督办").click()
    late.get_by_label("督办对象").select_option("lead")
    late.get_by_label("督办要求").fill("为什么还没有到场？今天必须修好。")
    late.get_by_role("button", name="督办").click()
    expect(desk.locator("#supervised")).to_contain_text("督办中，待班长答复")

    phone = devices.phone(staff("lead", "east"))
    phone.goto("/inbox/")
    phone.get_by_role("link", name="督办").first.click()
    expect(phone.get_by_role("main")).to_contain_text("今天必须修好")
    phone.goto("/desk/oversight/today/")
    standing = phone.locator("#supervised")
    standing.locator("summary", has_text="督办答复").click()
    standing.get_by_role("textbox", name="督办答复").fill("材料已到，下午三点修好。")
    send(phone, "督办答复")
    expect(standing).to_contain_text("督办已答复")

    desk.reload()
    desk.locator("#supervised").get_by_role("link", name=leak.number).click()
    expect(desk.locator("#supervision")).to_contain_text("材料已到，下午三点修好。")
    assert Supervision.objects.get(case=leak.pk).replied_by == staff("lead", "east")
