"""办结以后: the customer answers by the link of the text; the agent calls by keyboard."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from notifications.models import Message
from tests.browser.forms import pick, send
from tests.factories import HOUR, staff
from tests.finished import finished, with_water
from tickets.models import Ticket
from waterdesk.core.models.after import Aftercare

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def link_of(case, devices):
    """The address in the text, as this browser reaches the desk."""
    text = Message.objects.get(case=case.number, key="after.rate.customer").body
    return devices.address + re.search(r"/s/[\w-]{24}/", text)[0]


def begun():
    return timezone.now() - 5 * HOUR


@pytest.mark.parametrize("scripts", [True, False])
def test_a_customer_answers_by_the_link_and_a_bad_answer_becomes_a_complaint(devices, scripts):
    case = with_water(begun=begun())
    phone = devices.phone(java_script_enabled=scripts)
    phone.goto(link_of(case, devices))
    expect(phone.get_by_role("main")).not_to_contain_text(case.number)
    expect(phone.get_by_label("办得慢")).to_be_hidden()
    phone.locator("label", has_text="很不满意").click()
    expect(phone.get_by_label("办得快")).to_be_hidden()
    phone.locator("label", has_text="办得慢").click()
    phone.get_by_label("还想说什么").fill("说好上午来，下午才到")
    send(phone, "提交评价")
    expect(phone.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("我们已为您登记投诉")
    complaint = Ticket.objects.get(category="complaint")
    assert "办得慢" in complaint.remark
    assert "说好上午来" in complaint.remark

    phone.get_by_role("link", name="修改评价").click()
    phone.locator("label", has_text=re.compile("^\\s*4")).click()
    send(phone, "提交评价")
    expect(phone.get_by_role("main")).to_contain_text("您给了 4 分")
    row = Aftercare.objects.get(case_id=case.pk)
    assert (row.value, row.reasons) == (4, [])
    assert Ticket.objects.filter(category="complaint").count() == 1


def test_an_agent_takes_a_call_and_writes_down_what_the_customer_said(devices):
    case = finished(begun=begun())
    agent, other = devices.desk(staff("agent")), devices.desk(staff("agent", name="other"))
    agent.goto("/desk/follow-up/?kind=ticket")
    other.goto("/desk/follow-up/")
    send(agent, "领取回访")
    expect(agent.get_by_role("heading", name="回访：漏水")).to_be_visible()
    send(other, "领取回访")
    expect(other.get_by_role("main")).to_contain_text("正在回访这位客户")

    # From here on by keyboard alone: the first choice, the grade, the reason, the button.
    agent.locator("input[name=call]").first.focus()
    agent.keyboard.press("Space")
    agent.keyboard.press("Tab")
    agent.keyboard.press("Space")
    expect(agent.get_by_label("很满意", exact=True)).to_be_checked()
    agent.keyboard.press("Tab")
    agent.keyboard.press("Space")
    agent.keyboard.press("Enter")
    expect(agent).to_have_url(re.compile(r"/desk/follow-up/\?kind=ticket$"))
    expect(agent.get_by_text("没有符合条件的回访")).to_be_visible()
    row = Aftercare.objects.get(case_id=case.pk)
    assert (row.call, row.value, row.reasons) == ("reached", 5, ["solved"])


def test_a_customer_who_has_no_time_is_called_when_he_said(devices):
    case = finished(begun=begun())
    agent = devices.phone(staff("agent"))
    agent.goto("/desk/follow-up/")
    send(agent, "领取回访")
    pick(agent, "回访结果", "约定时间再打")
    send(agent, "保存回访")
    expect(agent.get_by_role("main")).to_contain_text("30 天之内的时间")
    later = timezone.localtime(timezone.now() + 20 * HOUR)
    agent.get_by_label("约定时间", exact=True).fill(f"{later:%Y-%m-%dT%H:%M}")
    send(agent, "保存回访")
    expect(agent.get_by_role("main")).to_contain_text("现在没有要打的回访")
    agent.get_by_label("进展").select_option("later")
    send(agent, "筛选")
    expect(agent.get_by_role("main")).to_contain_text(case.number)
