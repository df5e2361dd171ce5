"""A supervisor goes from the figure of all to the one case that made it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import open_ticket, staff
from tests.finished import finished
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAY = timedelta(days=1)


@pytest.fixture
def late():
    """Of three leaks one to which nobody went: the ticket of it."""
    now = timezone.now()
    for _ in range(2):
        finished(begun=now - 3 * DAY)
    ticket = open_ticket(at=now - 2 * DAY, address="城东区朝阳路 99 号", phone="13600000099")
    sweep(now)
    return ticket


def test_from_the_overview_to_what_is_late_to_the_case_and_its_explanation(devices, late):
    page = devices.desk(staff("supervisor"))
    page.goto("/desk/oversight/")
    page.get_by_role("link", name="近十二个月").click()
    main = page.get_by_role("main")
    tickets = main.locator("#figure-tickets")
    expect(tickets).to_contain_text("66.6%")
    expect(tickets).to_contain_text("未达到")
    # Drawn without a sound from the content security policy, which the device would report.
    for name in ("trend", "split", "times"):
        expect(main.locator(f"[data-chart={name}] svg")).to_be_visible()
    overview = page.url
    tickets.locator("summary").click()
    expect(tickets).to_contain_text("超时而仍未办结的也在分母里")

    tickets.locator(".figure-counts a").nth(1).click()
    expect(main).to_contain_text("工单和事件的全部承诺")
    expect(main).to_contain_text("仍未办结")
    main.get_by_role("link", name=late.number).first.click()
    expect(main).to_contain_text("办理经过")
    expect(main).to_contain_text("超时")
    main.locator(".why summary").first.click()
    expect(main.locator(".why-told").first).to_be_visible()

    # The same on a phone, where nothing may lie beyond the edge.
    phone = devices.phone(staff("supervisor"), color_scheme="dark")
    phone.goto(overview)
    expect(phone.locator("#figure-tickets")).to_contain_text("66.6%")
    expect(phone.locator("[data-chart=trend] svg")).to_be_visible()
