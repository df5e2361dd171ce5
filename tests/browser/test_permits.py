"""One permit from the filing to the grant, on a desk, a telephone, and in the list."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from applications.models import Permit
from tests.applications.permits.made import designed
from tests.browser.forms import send
from tests.factories import staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_permit_is_filed_at_a_desk_and_granted_on_a_telephone(devices):
    case = designed("digs_road", "digs_green", road_opened_on="2025-01-01")
    address = f"/desk/cases/{case.number}/"

    lead = devices.phone(staff("lead", "east"))
    lead.goto(address)
    road = lead.locator("#permit-road")
    expect(road).to_contain_text("至 2029-12-31 不得开挖")
    road.get_by_text("准许开挖保护期内道路").first.click()
    road.get_by_label("理由").first.fill("无其他路由")
    road.get_by_role("button", name="准许开挖保护期内道路").click()
    expect(lead.locator("#permit-road")).to_contain_text("班长已写明理由准许开挖")

    desk = devices.desk(staff("clerk"))
    desk.goto(address)
    for kind in ("road", "green"):
        permit = desk.locator(f"#permit-{kind}")
        permit.get_by_text("申报许可").first.click()
        permit.get_by_label("审批部门受理号").fill(f"SL-{kind}")
        permit.get_by_role("button", name="申报许可").click()
        expect(desk.locator(f"#permit-{kind}")).to_contain_text("已申报")
    with desk.expect_download() as sheet:
        desk.locator("#permit-road").get_by_role("link", name="申请表 PDF").click()
    assert sheet.value.suggested_filename == f"{case.number}-road.pdf"

    desk.get_by_role("navigation").get_by_role("link", name="许可").first.click()
    desk.get_by_label("审批部门").select_option("城管市政")
    send(desk, "筛选")
    desk.reload()
    expect(desk.get_by_label("审批部门")).to_have_value("城管市政")
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.locator("tbody a").click()

    for kind in ("road", "green"):
        lead.goto(address)
        permit = lead.locator(f"#permit-{kind}")
        permit.get_by_text("许可已批准").first.click()
        permit.get_by_label("批准文号").fill(f"PZ-{kind}")
        permit.get_by_role("button", name="许可已批准").click()
        expect(lead.locator(f"#permit-{kind}")).to_contain_text(f"PZ-{kind}")
    assert set(Permit.objects.values_list("state", flat=True)) == {"granted"}
    assert case.jobs.get(code="permits").state == "done"
