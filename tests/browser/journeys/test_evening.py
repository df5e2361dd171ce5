"""A main bursts at seven in the evening; and a night with one agent and one crew."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications.models import Message
from tests.browser.forms import keys, send, type_into
from tests.browser.journeys import street
from tests.browser.journeys.street import Desk, number_of, opened, settled
from tests.factories import HOUR, MINUTE, MONDAY_0900, staff
from tests.tickets.calls.conftest import KEY, at_phone
from tests.tickets.dispatch.roster import on_duty
from tickets.dispatch import lapsing
from tickets.knowledge import index
from tickets.models import Article, Call, Incident, Outage, Ticket
from waterdesk.core.models import CrewAction
from waterdesk.core.record import verify

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVENING, NIGHT = MONDAY_0900 + 10 * HOUR, MONDAY_0900 + 13 * HOUR
SAVED = re.compile(r"/desk/cases/G\d+/$")
CALLERS = 30


@pytest.fixture
def desk(held, settings, monkeypatch) -> Desk:
    """An agent, Wang, at extension 8001; what the knowledge base says has held for long."""
    settings.CALLS_SECRETS = {"MAIN": [KEY]}
    Article.objects.update(valid_from=MONDAY_0900.date())
    monkeypatch.setattr(index, "_held", index.Shelf(-1))
    held.until(EVENING)
    return Desk(held, at_phone("8001", "wang", at=EVENING), "8001")


def type_a_burst(page: Page, place: int) -> None:
    keys(page, "Enter", "1", "1")
    page.get_by_label("地址", exact=True).focus()
    type_into(page, "address", f"城东区朝阳路 {place} 号")
    keys(page, "Enter")
    type_into(page, "remark", "路面冒水")


def announce(page: Page, incident: Incident) -> None:
    """The water of the grid is off until eleven."""
    now = timezone.localtime()
    page.goto("/desk/outages/new/")
    page.get_by_text("突发停水").click()
    page.get_by_label("停水时间").fill(f"{now:%Y-%m-%dT%H:%M}")
    page.get_by_label("预计恢复").fill(f"{now + 3 * HOUR:%Y-%m-%dT%H:%M}")
    page.get_by_label("原因").fill("爆管抢修")
    page.get_by_label("应急供水点").fill("朝阳广场，水车")
    grid = page.locator("input[name=areas][value=east-1]")
    page.locator("label", has=grid).click()
    page.get_by_label("所属办件").fill(incident.number)
    send(page, "保存")
    send(page, "公告并通知")
    expect(page.locator("#progress")).to_contain_text("正在通知")


def test_the_evening_of_a_burst(held, desk):
    lead = staff("lead", "east")
    zhang = on_duty("zhang", skills=("pipe-repair",), at=EVENING)
    wang = held.devices.desk(staff("agent", name="wang"))
    board = held.devices.desk(lead)

    # The first call makes the ticket, and the rule sends the crew.
    opened(wang, desk.answer(1))
    type_a_burst(wang, 1)
    keys(wang, "Control+Enter")
    expect(wang).to_have_url(SAVED)
    desk.hang_up(1)
    first = Ticket.objects.get()
    street.grid(board, 0, 1, 0, 0)

    # The second is offered the same fault; the others come in at many telephones.
    desk.until(EVENING + MINUTE)
    opened(wang, desk.answer(2))
    type_a_burst(wang, 2)
    wang.get_by_role("radio", name=re.compile(first.number)).check()
    keys(wang, "Control+Enter")
    expect(wang.get_by_role("main")).to_contain_text("属于事件")
    desk.hang_up(2)
    incident = Incident.objects.get()
    for place in range(3, CALLERS + 1):
        desk.log(place, incident.number)
    assert street.statuses() == {"joined": CALLERS}
    assert (incident.handler, incident.status) == (zhang, "dispatched")
    street.grid(board, 0, 1, 0, 0)
    street.running(board, "爆管到场", "爆管止水", "爆管修复")
    street.wall(board, calls=CALLERS)
    wang.goto(f"/desk/cases/{incident.number}/")
    expect(wang.get_by_role("main")).to_contain_text(f"来电人 {CALLERS} 位")

    # The crew accepts with a network, arrives and shuts the valve without one.
    phone = held.devices.phone(zhang, geolocation=street.HERE, permissions=["geolocation"])
    desk.until(EVENING + 2 * MINUTE)
    phone.goto("/desk/crew/")
    settled(phone)
    job = phone.locator(f"#job-{incident.number}")
    job.get_by_role("button", name="接单").click()
    expect(job.get_by_role("button", name="接单")).to_have_count(0)
    settled(phone)
    street.grid(board, 0, 0, 1, 0)
    phone.context.set_offline(True)
    desk.until(EVENING + 30 * MINUTE)
    job.get_by_role("button", name="到场").click()
    job.get_by_role("button", name="关阀止水").click()
    expect(phone.locator(".crew-held")).to_have_count(2)
    street.grid(board, 0, 0, 1, 0)
    desk.until(EVENING + 35 * MINUTE)
    phone.context.set_offline(False)
    settled(phone)
    street.grid(board, 0, 0, 0, 1)
    street.running(board, "爆管修复")
    arrived = incident.events.get(action="arrive")
    assert (arrived.at, arrived.recorded_at) == (EVENING + 30 * MINUTE, EVENING + 35 * MINUTE)
    street.all_told(held.now)
    assert set(street.stages_told().values()) == {2}

    # The water is off: announced, on everybody's page, and in the ear of a late caller.
    announce(wang, incident)
    street.all_told(held.now)
    assert Message.objects.filter(key="outage.announced.customer").count() == CALLERS
    anybody = held.devices.phone()
    anybody.goto("/outages/")
    expect(anybody.get_by_role("main")).to_contain_text("爆管抢修")
    opened(wang, desk.answer(31))
    keys(wang, "Enter", "1", "3")
    wang.get_by_label("地址", exact=True).fill("城东区朝阳路 31 号")
    wang.get_by_label("来电号码").focus()
    wang.locator("#hints-beside").get_by_role("button", name="用此答复").click()
    expect(wang.get_by_label("当场答复")).to_have_value(re.compile("^正在停水.*水车。$"))
    wang.get_by_label("情况描述").focus()
    keys(wang, "Control+Enter")
    expect(wang).to_have_url(SAVED)
    desk.hang_up(31)
    street.wall(board, calls=CALLERS + 1)

    # The pipe is changed and the water on again while the network is gone once more.
    phone.context.set_offline(True)
    desk.until(EVENING + 100 * MINUTE)
    job.get_by_role("button", name="换管").click()
    job.locator("summary").filter(has_text="复供").click()
    job.get_by_label("处理结果").fill("换管 6 米，已复供")
    job.get_by_role("button", name="复供").click()
    expect(phone.locator(".crew-held")).to_have_count(2)
    street.grid(board, 0, 0, 0, 1)
    desk.until(EVENING + 105 * MINUTE)
    phone.context.set_offline(False)
    expect(phone.get_by_text("手上没有任务")).to_be_visible()
    settled(phone)
    street.all_told(held.now)
    assert street.statuses() == {"finished": CALLERS}
    street.grid(board, 0, 0, 0, 0)
    street.running(board)
    told = street.stages_told()
    assert told == {number_of(place): 4 for place in range(1, CALLERS + 1)}
    assert CrewAction.objects.filter(state="done").count() == CrewAction.objects.count() == 5

    wang.goto(f"/desk/outages/{Outage.objects.get().pk}/")
    send(wang, "恢复供水")
    wang.locator("#confirm-yes").click()
    expect(wang.get_by_role("main")).to_contain_text("已恢复")
    street.all_told(held.now)
    restored = Message.objects.filter(key="outage.restored.customer")
    assert restored.filter(body__contains="黄").count() >= CALLERS
    anybody.reload()
    expect(anybody.get_by_role("main")).to_contain_text("目前没有停水")

    # Everybody waits to be called back, and the first is.
    desk.until(EVENING + 110 * MINUTE)
    wang.goto("/desk/follow-up/?kind=ticket")
    expect(wang.get_by_role("main")).to_contain_text(f"共 {CALLERS} 件")
    wang.get_by_role("button", name="领取回访").first.click()
    expect(wang.get_by_role("heading", name="回访：爆管")).to_be_visible()
    wang.locator("label", has_text="已接通").click()
    wang.locator("label", has_text=re.compile("^\\s*很满意")).click()
    send(wang, "保存回访")
    expect(wang.get_by_role("main")).to_contain_text(f"共 {CALLERS - 1} 件")
    incident.refresh_from_db()
    assert list(verify(incident.events)) == []


def test_a_quiet_night_with_one_agent_alone(held, desk):
    desk.until(NIGHT)
    lead, crew = staff("lead", "east"), on_duty("crew", at=NIGHT + HOUR, hours=7)
    agent, board = held.devices.desk(staff("agent", name="wang")), held.devices.desk(lead)

    # A question, answered from the knowledge base and closed.
    desk.until(NIGHT + 30 * MINUTE)
    opened(agent, desk.answer(1))
    keys(agent, "Alt+k")
    type_into(agent, "asked", "ghgm")
    expect(agent.locator("#found")).to_contain_text("过户更名怎么办")
    keys(agent, "ArrowDown", "Enter")
    answer = Article.objects.get(code="transfer").short
    expect(agent.get_by_label("当场答复")).to_have_value(answer)
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    desk.hang_up(1)
    asked = Ticket.objects.get()
    assert (asked.status, asked.result) == ("closed", answer)

    # A leak goes to the one crew there is, who sleeps; their lead is told.
    desk.until(NIGHT + HOUR)
    opened(agent, desk.answer(2))
    keys(agent, "Enter", "1", "2")
    agent.get_by_label("地址", exact=True).focus()
    type_into(agent, "address", "城东区朝阳路 2 号")
    keys(agent, "Enter")
    type_into(agent, "remark", "门口漏水")
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    desk.hang_up(2)
    leak = Ticket.objects.get(category="repair")
    assert (leak.status, leak.handler) == ("dispatched", crew)
    street.grid(board, 0, 1, 0, 0)
    desk.until(NIGHT + HOUR + 6 * MINUTE)
    lapsing.lapse(held.now)
    lapsing.lapse(held.now)
    board.goto("/inbox/")
    expect(board.get_by_role("main")).to_contain_text(f"逾时未接单 {leak.number}")
    assert Message.objects.filter(key="ticket.unaccepted.lead", channel="inbox").count() == 1
    street.grid(board, 0, 1, 0, 0)
    card = board.locator(f"#send-{leak.number}")
    expect(card).to_contain_text("逾时未接单")
    phone = held.devices.phone(crew)
    desk.until(NIGHT + HOUR + 8 * MINUTE)
    phone.goto("/desk/crew/")
    settled(phone)
    phone.get_by_role("button", name="接单").click()
    expect(phone.get_by_role("button", name="接单")).to_have_count(0)
    settled(phone)
    street.grid(board, 0, 0, 1, 0)

    # Somebody gives up while the agent is away, and is called back.
    desk.until(NIGHT + 4 * HOUR)
    desk.exchange.ring("8001", "c3", number_of(3))
    desk.exchange.tell("abandoned", "c3", after=40)
    desk.until(NIGHT + 4 * HOUR + 5 * MINUTE)
    street.wall(board, calls=1, missed=1, to_call_back=1)
    agent.goto("/desk/calls/")
    expect(agent.locator(f"#call-{Call.objects.latest('pk').pk}")).to_contain_text(number_of(3))
    send(agent, "回拨已处理")
    expect(agent.get_by_text("没有要回拨的未接来电")).to_be_visible()
    street.wall(board, calls=1, missed=1)

    # In the morning the day reads what the night leaves.
    desk.until(NIGHT + 8 * HOUR)
    agent.goto("/desk/hand-over/")
    agent.get_by_label("留给下一班的话").fill("朝阳路漏水，外勤已接单")
    send(agent, "交班")
    day = held.devices.desk(staff("agent", name="li"))
    day.goto("/desk/hand-over/")
    left = day.get_by_role("main")
    expect(left).to_contain_text("朝阳路漏水，外勤已接单")
    expect(left).to_contain_text(leak.number)
    expect(left).not_to_contain_text(asked.number)
    send(day, "已读，接班")
    expect(day.get_by_text("没有待接的班")).to_be_visible()
