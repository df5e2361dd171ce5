"""The console by keyboard: who calls, chasing, a call promised, a session lost, a shift's end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.forms import keys, type_into
from tests.e2e.conftest import until
from tests.factories import MONDAY_0900, open_ticket, staff
from tickets.models import CallBack, Handover, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAVED = re.compile(r"/desk/cases/G\d+/$")
PASSWORD = "a-long-enough-password"


def test_an_agent_works_a_shift_with_the_hands_on_the_keyboard(devices):
    wang = staff("agent", name="wang")
    wang.set_password(PASSWORD)
    wang.save()
    open_ticket(at=MONDAY_0900, name="王五", address="城西区解放路 3 号")
    leak = open_ticket(at=MONDAY_0900, name="李四")
    agent = devices.desk(wang)
    agent.goto("/desk/hotline/")

    # One letter picks who calls, while they are looked up; Alt+C chases what is theirs.
    type_into(agent, "phone", "13987654321")
    keys(agent, "Enter", "b")
    expect(agent.get_by_label("来电人")).to_have_value("王五")
    expect(agent.get_by_label("地址")).to_have_value("城西区解放路 3 号")
    keys(agent, "a")
    expect(agent.get_by_label("地址")).to_have_value("城东区朝阳路 9 号")
    keys(agent, "Alt+c")
    expect(agent.get_by_text(f"已催办 {leak.number}")).to_be_visible()
    expect(agent.get_by_label("来电人")).to_have_value("李四")
    assert Ticket.objects.get(pk=leak.pk).chased == 1
    keys(agent, "Enter", "?")
    expect(agent.locator("#keys")).to_contain_text("承诺回电")
    keys(agent, "Escape")

    # A session that is lost takes nothing with it: signed in again, what was typed is there.
    agent.get_by_label("来电号码").focus()
    keys(agent, "Enter", "2", "Enter")
    type_into(agent, "remark", "水价什么时候调整")
    keys(agent, "Alt+b")
    expect(agent.get_by_label("承诺回电")).to_be_checked()
    agent.context.clear_cookies(name="sessionid")
    agent.get_by_label("情况描述").focus()
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(re.compile(r"/desk/login/"))
    type_into(agent, "username", "wang")
    keys(agent, "Tab")
    type_into(agent, "password", PASSWORD)
    keys(agent, "Enter")
    expect(agent).to_have_url(re.compile(r"/desk/hotline/$"))
    expect(agent.get_by_label("情况描述")).to_have_value("水价什么时候调整")
    expect(agent.get_by_label("承诺回电")).to_be_checked()
    agent.get_by_label("情况描述").focus()
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    until(lambda: agent.evaluate("localStorage.getItem('draft:hotline')") is None)

    # The call that was promised, done by one tap; then the shift ends.
    agent.goto("/desk/call-backs/")
    expect(agent.get_by_text("水价什么时候调整")).to_be_visible()
    agent.get_by_role("button", name="已回电").click()
    expect(agent.get_by_text("没有要回的电话")).to_be_visible()
    assert CallBack.objects.get().done_by == wang
    agent.goto("/desk/hand-over/")
    agent.get_by_label("留给下一班的话").fill("解放路还在抢修")
    agent.get_by_role("button", name="交班", exact=True).click()
    next_one = devices.phone(staff("agent", name="li"))
    next_one.goto("/desk/hand-over/")
    expect(next_one.get_by_text("解放路还在抢修")).to_be_visible()
    next_one.get_by_role("button", name="已读，接班").click()
    expect(next_one.get_by_text("没有待接的班")).to_be_visible()
    assert Handover.objects.get().read_by.username == "li"

    # The wall refreshes by itself.
    next_one.goto("/desk/wallboard/")
    before = next_one.locator(".wall-foot").inner_text()
    expect(next_one.locator(".wall-foot")).not_to_have_text(before)
