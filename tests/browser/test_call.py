"""From a call to the follow-up: the agent by keyboard alone, the crew on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.forms import keys, type_into
from tests.factories import staff
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a-long-enough-password"
CASE = re.compile(r"/desk/cases/(G\d+)/$")


def tab_to(page: Page, name: str, most: int = 40) -> None:
    """Press Tab until the field of this name has the focus."""
    for _press in range(most):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


# Whether the lower edge of what has the focus is to be seen, and not behind a bar.
TO_BE_SEEN = """() => {
  const field = document.activeElement, box = field.getBoundingClientRect();
  const there = document.elementFromPoint(box.left + box.width / 2, box.bottom - 3);
  return (field.closest("label") ?? field).contains(there);
}"""


def has_focus(page: Page, name: str) -> None:
    expect(page.locator("*:focus")).to_have_attribute("name", name)
    page.wait_for_function(TO_BE_SEEN)


def test_a_leak_is_logged_by_keyboard_mended_by_a_crew_on_a_phone_and_followed_up(devices):
    crew = staff("field", "east-1", name="zhang", phone="13800000011")
    agent = staff("agent", name="wang")
    agent.set_password(PASSWORD)
    agent.save()

    # The agent's hands stay on the keyboard.
    desk = devices.desk()
    desk.goto("/desk/login/")
    type_into(desk, "username", "wang")
    keys(desk, "Tab")
    type_into(desk, "password", PASSWORD)
    keys(desk, "Enter")
    desk.wait_for_url(f"{devices.address}/")
    keys(desk, "n")
    expect(desk).to_have_url(re.compile(r"/desk/hotline/$"))
    has_focus(desk, "phone")
    desk.keyboard.type("13987654321")
    keys(desk, "Enter", "1")
    has_focus(desk, "subtype")
    keys(desk, "2")
    has_focus(desk, "address")
    desk.keyboard.type("城东区朝阳路 9 号")
    keys(desk, "Enter")
    has_focus(desk, "remark")
    desk.keyboard.type("门口漏水，越来越大")
    expect(desk.get_by_label("直接派给")).to_contain_text("zhang")
    tab_to(desk, "handler")
    desk.keyboard.type("zhang")
    expect(desk.get_by_label("直接派给")).to_have_value("zhang")
    keys(desk, "Control+Enter")
    expect(desk).to_have_url(CASE)
    number = CASE.search(desk.url)[1]
    expect(desk.get_by_role("main")).to_contain_text("已派单")
    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.subject, ticket.handler) == (number, "repair.leak", crew)

    phone = devices.phone(crew)
    phone.goto("/desk/jobs/")
    job = phone.locator(".job").filter(has_text=number)
    expect(job).to_contain_text("城东区朝阳路 9 号")
    expect(job).to_contain_text("还剩")
    job.get_by_role("button", name="到场").click()
    job.get_by_role("button", name="止水防护").click()
    job.locator("summary").filter(has_text="完成").click()
    job.get_by_label("处理结果").fill("更换 DN20 接头，已不漏")
    job.get_by_role("button", name="完成").click()
    expect(phone.get_by_text("已完成“完成”")).to_be_visible()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.result) == ("finished", "更换 DN20 接头，已不漏")

    desk.reload()
    desk.get_by_label("客户评价").select_option(index=1)
    desk.get_by_role("button", name="回访").click()
    expect(desk.get_by_role("main")).to_contain_text("已办结")
    told = desk.locator("ol.timeline .event-title")
    expect(told).to_have_text(["回访", "完成", "止水防护", "到场", "派单", "登记"])
    ticket.refresh_from_db()
    assert ticket.status == "closed"
