"""A reminder falls while somebody looks at the pages: real worker, real beat."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.conftest import until
from tests.factories import MINUTE, open_ticket, staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_breach_comes_to_the_top_of_the_board_into_the_inbox_and_to_the_telephone(
    devices, machinery, carrier
):
    lead = staff("lead", "east", phone="13800000004")
    now = timezone.now()
    late = open_ticket(at=now - 15 * MINUTE + timedelta(seconds=4))
    other = open_ticket(at=now, address="城东区朝阳路 20 号")
    board = devices.desk(lead)
    board.clock.install()
    board.goto("/desk/board/?promise=respond")
    breached, running = (board.locator(f"#section-{name}") for name in ("breached", "running"))
    expect(running.locator("tbody tr")).to_have_count(2)
    expect(breached.locator("tbody tr")).to_have_count(0)

    machinery.worker()
    machinery.beat()
    until(lambda: late.events.filter(action="clock_breached").exists())
    # Nobody touches the page: after half a minute it asks by itself.
    board.clock.fast_forward(31_000)
    expect(breached.locator("tbody tr")).to_have_count(1)
    first = board.locator("#board tbody tr").first
    expect(first).to_contain_text(late.number)
    expect(first).to_contain_text(re.compile("已超|超时"))
    expect(running.locator("tbody tr")).to_contain_text([other.number])
    expect(board.get_by_role("banner").get_by_role("link", name="消息")).to_contain_text("条未读")

    inbox = board.context.new_page()
    inbox.goto("/inbox/")
    inbox.get_by_role("link", name=f"已超时：漏水响应 {late.number}").click()
    expect(inbox.get_by_role("main")).to_contain_text("现已超时")
    inbox.get_by_role("link", name="打开办件").click()
    expect(inbox).to_have_url(re.compile(f"/desk/cases/{late.number}/$"))

    until(lambda: bool(texts_to(lead.phone, carrier)))
    (text,) = texts_to(lead.phone, carrier)
    assert text.startswith(f"超时提醒 {late.number} 漏水")


def texts_to(phone: str, carrier) -> list[str]:
    return [request.body["text"] for request in carrier.received if request.body["to"] == phone]
