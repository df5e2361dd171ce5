"""A contract read and signed on a phone, with nothing but the short messages in hand."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from applications.models import Contract
from tests.applications.contracts import code_in, link_in, told
from tests.browser.forms import send
from tests.factories import open_application, staff
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def water_now():
    """An application whose water has just come."""
    now, crew = timezone.now(), staff("field", "east-1")
    case = open_application(at=now)
    handler, meter = {"handler": crew.username}, {"meter_number": "SB-2026-0001"}
    door.move(case.number, "assign", actor=staff("lead", "east"), at=now, changes=handler)
    door.move(case.number, "survey", actor=crew, at=now)
    door.move(case.number, "install", actor=crew, at=now, changes=meter)
    return door.move(case.number, "water_on", actor=crew, at=now)


def test_the_customer_reads_the_contract_on_a_phone_and_signs_it_by_code(devices):
    case = water_now()
    phone = devices.phone()
    phone.goto(link_in(told(case, "contract.made.customer")[0]))
    # The key is in the address no more, and the whole contract is there.
    expect(phone).to_have_url(re.compile(rf"/track/{case.number}/contract/$"))
    main = phone.get_by_role("main")
    expect(main).to_contain_text("签署前照常供水")
    expect(main).to_contain_text("城东区朝阳路 8 号")
    expect(main).to_contain_text("SB-2026-0001")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载合同（PDF）").click()
    assert download.value.suggested_filename == f"{case.number}-H1.pdf"

    send(phone, "获取验证码")
    expect(main).to_contain_text("验证码已发送至 138****5678")
    phone.get_by_label("短信验证码").fill("x")
    send(phone, "我已阅读并同意，签署合同")
    expect(main).to_contain_text("验证码不正确")
    phone.get_by_label("短信验证码").fill(code_in(told(case, "contract.code")[-1]))
    send(phone, "我已阅读并同意，签署合同")
    expect(main).to_contain_text(re.compile("合同已签署.*138\\*\\*\\*\\*5678", re.S))
    expect(phone.get_by_role("link", name="下载已签合同（PDF）")).to_be_visible()
    contract = Contract.objects.get()
    assert (contract.state, contract.signed_phone) == ("signed", "138****5678")
    assert case.events.get(action="contract_signed").data["sha256"] == contract.sha256

    phone.goto(f"/track/{case.number}/")
    expect(phone.get_by_role("link", name="查看已签合同")).to_be_visible()


def test_without_scripts_it_is_signed_all_the_same(devices):
    case = water_now()
    phone = devices.phone(java_script_enabled=False)
    phone.goto(link_in(told(case, "contract.made.customer")[0]))
    send(phone, "获取验证码")
    phone.get_by_label("短信验证码").fill(code_in(told(case, "contract.code")[-1]))
    send(phone, "我已阅读并同意，签署合同")
    expect(phone.get_by_role("main")).to_contain_text("合同已签署")
