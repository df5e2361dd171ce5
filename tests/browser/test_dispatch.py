"""A dispatcher sends what the rule could not, with the keyboard alone; the crew accepts."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import keys
from tests.factories import open_ticket, staff
from tests.tickets.dispatch.roster import on_duty
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_was_declined_is_sent_again_from_the_board(devices):
    now = timezone.now()
    crew = on_duty("crew", at=now)
    other = staff("field", "east-1", name="other")
    ticket = open_ticket(at=now, urgent=True)
    phone = devices.phone(crew)
    phone.goto("/desk/jobs/")
    phone.locator("summary", has_text="退回派单").click()
    phone.get_by_label("退回原因").select_option("busy")
    phone.locator("details[open]").get_by_role("button", name="退回派单").click()
    expect(phone.get_by_text("手上没有任务")).to_be_visible()

    desk = devices.desk(staff("agent"))
    desk.goto("/desk/dispatch/?area=east-1")
    card = desk.locator("[data-column=waiting]").locator(f"#send-{ticket.number}")
    card.get_by_label("派给").focus()
    card.get_by_label("派给").select_option(other.username)
    keys(desk, "Tab", "Enter")
    expect(desk.locator("[data-column=sent]").locator(f"#send-{ticket.number}")).to_be_visible()
    assert desk.url.endswith("/desk/dispatch/?area=east-1")

    phone = devices.phone(other, color_scheme="dark")
    phone.goto("/desk/jobs/")
    phone.get_by_role("button", name="接单").click()
    expect(phone.get_by_role("button", name="到场")).to_be_visible()
    expect(phone.get_by_role("button", name="接单")).to_have_count(0)
    assert Ticket.objects.get(pk=ticket.pk).accepted_at is not None
