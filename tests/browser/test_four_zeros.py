"""A clerk records what the customer had to do, a lead strikes it, a supervisor reads the rate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import customer, open_application, staff
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTE = timedelta(minutes=1)


def done(at, place, phone):
    """An application that was carried through within a few minutes."""
    address = f"城东区朝阳路 {place} 号"
    case = open_application(at=at, address=address, phone=phone)
    lead, crew = staff("lead"), staff("field", "east-1")
    moves = [
        ("assign", {"handler": crew.username}),
        ("survey", {}),
        ("install", {"meter_number": "ZZ-1"}),
        ("water_on", {}),
        ("confirm", {}),
    ]
    for minutes, (action, changes) in enumerate(moves, 1):
        case = door.move(case.number, action, actor=lead, at=at + minutes * MINUTE, changes=changes)
    return case


@pytest.fixture
def cases():
    """Two that were carried through in the last hour."""
    at = timezone.now() - timedelta(minutes=50)
    return done(at, 1, "13812345678"), done(at, 2, "13900000002")


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_burden_is_recorded_read_and_struck_and_the_rate_follows(devices, cases, device):
    case, _other = cases
    at_hand = getattr(devices, device)

    clerk = at_hand(staff("clerk"))
    clerk.goto(f"/desk/cases/{case.number}/")
    card = clerk.locator("#four-zeros")
    expect(card).to_contain_text("四零达标")
    clerk.locator("#moves").get_by_text("记录客户跑腿").first.click()
    clerk.get_by_label("为什么来").select_option("sign")
    clerk.get_by_role("button", name="记录客户跑腿").click()
    expect(card).to_contain_text("未达四零")
    expect(card).to_contain_text("到窗口签字")

    customers = at_hand(customer())
    customers.goto(f"/track/{case.number}/")
    expect(customers.locator("#four-zeros")).to_contain_text("跑腿 · 到窗口签字")
    customers.locator("#four-zeros").get_by_text("怎样算").click()
    expect(customers.locator("#four-zeros")).to_contain_text("没有人能勾选")

    supervisor = at_hand(staff("supervisor"))
    supervisor.goto("/desk/four-zeros/")
    main = supervisor.get_by_role("main")
    expect(main).to_contain_text("50%")
    supervisor.get_by_label("片区").select_option("east")
    supervisor.get_by_role("button", name="统计").click()
    supervisor.wait_for_url("**area=east**")
    supervisor.reload()
    expect(supervisor.get_by_label("片区")).to_have_value("east")
    main.get_by_role("link", name="未达标").click()
    expect(main.get_by_role("link", name=case.number)).to_be_visible()
    expect(main).to_contain_text("到窗口签字")

    lead = at_hand(staff("lead"))
    lead.goto(f"/desk/cases/{case.number}/")
    lead.locator("#four-zeros").get_by_text("更正负担").first.click()
    lead.get_by_label("更正原因").select_option("mistake-in-record")
    lead.get_by_label("情况说明").fill("查过登记簿，没有来过。")
    lead.locator("#four-zeros").get_by_role("button", name="更正负担").click()
    expect(lead.locator("#four-zeros")).to_contain_text("已更正，不计")
    expect(lead.locator("#four-zeros")).to_contain_text("四零达标")

    supervisor.goto("/desk/four-zeros/")
    expect(main).to_contain_text("100%")


def test_without_a_script_a_burden_is_struck_all_the_same(devices, cases):
    case, _other = cases
    changes = {"reason": "sign"}
    door.move(case.number, "trip", actor=staff("clerk"), at=timezone.now(), changes=changes)
    page = devices.phone(staff("lead"), java_script_enabled=False)
    page.goto(f"/desk/cases/{case.number}/")
    page.locator("#four-zeros").get_by_text("更正负担").first.click()
    page.get_by_label("更正原因").select_option("told-twice")
    page.get_by_label("情况说明").fill("同一次。")
    page.locator("#four-zeros").get_by_role("button", name="更正负担").click()
    expect(page.locator("#four-zeros")).to_contain_text("已更正，不计")
