"""What was fetched, on the phone of who surveys and at the desk; nothing asked of the customer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from applications.sources.fetching import fetch_next
from tests.applications.sources.conftest import fresh_cache, sources  # noqa: F401  fixtures
from tests.factories import MINUTE, MONDAY_0900, customer, open_application, staff

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("fresh_cache")]


def fetched(far_end):
    """An application of which one source knows nothing and another knows of arrears."""
    far_end.told("/property", 404)
    far_end.told("/arrears", 200, {"owed": "86.40", "since": "2026-01-05"})
    case = open_application(at=MONDAY_0900)
    fetch_next(MONDAY_0900 + MINUTE)
    return case


def test_the_surveyor_reads_on_the_phone_what_to_look_at(devices, sources):  # noqa: F811
    case = fetched(sources)
    phone = devices.phone(staff("lead", "east"))
    phone.goto(f"/desk/cases/{case.number}/")
    card = phone.locator("#sourced")
    expect(card).to_contain_text("姓名与号码一致")
    expect(card).to_contain_text("有欠费")
    expect(card.get_by_role("listitem")).to_have_count(2)


def test_the_clerk_reads_the_same_at_the_desk_without_scripts(devices, sources):  # noqa: F811
    case = fetched(sources)
    desk = devices.desk(staff("clerk"), java_script_enabled=False)
    desk.goto(f"/desk/cases/{case.number}/")
    expect(desk.locator("#sourced")).to_contain_text("查无记录")


def test_the_customer_reads_that_no_papers_are_needed(devices, sources):  # noqa: F811
    case = fetched(sources)
    phone = devices.phone(customer())
    phone.goto(f"/track/{case.number}/")
    expect(phone.get_by_text("不用交任何材料")).to_be_visible()
