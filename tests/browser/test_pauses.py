"""A lead sets a pause right: the due time moves, and both versions can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import keys, send, type_into
from tests.factories import customer, open_application, staff
from waterdesk.core import door
from waterdesk.core.models import Promise, Utility

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def case():
    """In natural time, so that its due time is the same whenever the test runs."""
    Promise.objects.filter(code="two-step").update(unit="natural", amount=240)
    Utility.touch()
    now = timezone.now().replace(second=0, microsecond=0)
    case = open_application(at=now - 90 * MINUTE)
    changes = {"reason": "customer-correction"}
    clerk = staff("clerk")
    door.move(case.number, "pause", actor=clerk, at=now - 60 * MINUTE, changes=changes)
    return door.move(case.number, "resume", actor=clerk, at=now - 30 * MINUTE)


def said(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_lead_corrects_a_pause_and_sees_the_due_time_move(devices, case, device):
    pause, due = case.pauses.get(), case.clocks.get().due_at
    page = getattr(devices, device)(staff("lead"))
    page.goto(f"/desk/cases/{case.number}/")
    page.get_by_role("link", name="更正", exact=True).click()
    start, end = page.get_by_label("开始时间"), page.get_by_label("结束时间")
    expect(start).to_have_value(f"{timezone.localtime(pause.started_at):%Y-%m-%dT%H:%M}")
    # Before the start: refused at its field, and nothing that was typed is lost.
    wrong = timezone.localtime(pause.started_at - 5 * MINUTE)
    end.fill(f"{wrong:%Y-%m-%dT%H:%M:%S}")
    page.get_by_label("更正原因").focus()
    type_into(page, "note", "客户早就补正了")
    keys(page, "Tab")
    type_into(page, "document", "更 3 号")
    send(page, "更正停表")
    expect(page.get_by_text("结束时间必须晚于开始时间。").first).to_be_visible()
    expect(page.get_by_label("更正原因")).to_have_value("客户早就补正了")
    expect(page.get_by_label("依据文号")).to_have_value("更 3 号")
    right = pause.ended_at - 20 * MINUTE
    end.fill(f"{timezone.localtime(right):%Y-%m-%dT%H:%M:%S}")
    send(page, "更正停表")
    expect(page).to_have_url(f"{devices.address}/desk/cases/{case.number}/")
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"{said(pause.started_at)} 至 {said(pause.ended_at)}")
    expect(main).to_contain_text(f"{said(pause.started_at)} 至 {said(right)}")
    expect(main).to_contain_text(f"改为 {said(due - 20 * MINUTE)} 到期")
    phone = devices.phone(customer())
    phone.goto(f"/track/{case.number}/")
    told = phone.get_by_role("main")
    expect(told).to_contain_text(f"改为 {said(due - 20 * MINUTE)} 到期")
    expect(told).to_contain_text(f"{said(pause.started_at)} 至 {said(pause.ended_at)}")
    expect(told).not_to_contain_text("客户早就补正了")
