"""A supervisor asks what another limit would have done, reads it, and comes back to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import notes_of
from tests.factories import open_ticket, staff
from waterdesk.core import door
from waterdesk.core.models import Clock

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def leak():
    """Yesterday's leak, for which somebody was sent within ten of fifteen minutes."""
    at = timezone.now() - timedelta(days=1)
    ticket = open_ticket(at=at)
    changes = {"handler": staff("field", "east-1").username}
    later = at + timedelta(minutes=10)
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=later, changes=changes)
    return ticket


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_supervisor_sees_which_cases_another_limit_would_have_made_late(devices, leak, device):
    stored = list(Clock.objects.order_by("pk").values())
    page = getattr(devices, device)(staff("supervisor"))
    page.goto("/desk/what-if/")
    expect(page.get_by_role("main")).to_contain_text("还没有推演")
    page.get_by_label("承诺").select_option("respond")
    page.get_by_label("改为时限").fill("5")
    page.get_by_role("button", name="推演").click()
    expect(page.get_by_role("alert").first).to_contain_text("单位")
    unit = page.get_by_label("单位")
    expect(notes_of(page, unit)).to_contain_text(["请选择时限的单位"])
    expect(page.get_by_label("改为时限")).to_have_value("5")
    unit.select_option("natural")
    page.get_by_role("button", name="推演").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("实际 100%")
    expect(main.get_by_role("link", name=leak.number)).to_be_visible()
    page.reload()
    expect(main).to_contain_text("超 5 分钟")
    expect(page.get_by_label("承诺")).to_have_value("respond")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="推演")).to_be_hidden()
    expect(main).to_contain_text("改为时限")
    assert list(Clock.objects.order_by("pk").values()) == stored
