"""From the application on a phone to the confirmation that the water runs."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import fill_in, send, tracked
from tests.e2e.conftest import until
from tests.factories import staff
from waterdesk.core import door
from waterdesk.core.models import Case, Pulse

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CODE = re.compile(r"验证码是 (\d{6})")


def code_sent_to(phone: str, carrier) -> str:
    """The code in the short message, once the worker has handed it to the carrier."""

    def codes() -> list[str]:
        texts = [r.body["text"] for r in carrier.received if r.body["to"] == phone]
        return [found[1] for text in texts if (found := CODE.search(text))]

    until(lambda: bool(codes()))
    return codes()[-1]


def install(number: str) -> None:
    """What happens at the utility, from sending somebody to the water."""
    crew, now = staff("field", "east-1"), timezone.now()
    handler, meter = {"handler": crew.username}, {"meter_number": "SB-2026-0001"}
    door.move(number, "assign", actor=staff("lead", "east"), at=now, changes=handler)
    door.move(number, "survey", actor=crew, at=now)
    door.move(number, "install", actor=crew, at=now, changes=meter)
    door.move(number, "water_on", actor=crew, at=now)


def test_a_household_applies_on_a_phone_finds_it_again_and_confirms_that_the_water_runs(
    devices, machinery, carrier
):
    machinery.worker()
    phone = devices.phone()
    phone.goto("/apply/")
    # The promise stands there before anything is sent.
    expect(phone.locator("#offer")).to_contain_text(
        re.compile(r"2 个环节、0.5 个工作日.*前\s*通水", re.S)
    )
    fill_in(phone)
    send(phone, "提交申请")
    number = tracked(phone)
    expect(phone.get_by_text(f"申请已提交，编号 {number}")).to_be_visible()
    steps = phone.locator("ol.steps > li")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text("申请受理")
    expect(steps.last).to_contain_text("装表通水")
    expect(phone.get_by_role("main")).to_contain_text(re.compile(r"\d\d:\d\d 到期"))

    other = devices.phone()
    other.goto("/track/")
    other.get_by_label("办件编号").fill(f" {number.lower()} ")
    other.get_by_label("手机号后四位").fill("5678")
    send(other, "查询")
    assert tracked(other) == number
    # Four digits do not prove who somebody is.
    expect(other.get_by_role("main")).not_to_contain_text("朝阳路")
    expect(other.get_by_role("button", name="确认办结")).to_have_count(0)

    install(number)
    until(lambda: Pulse.objects.filter(name="worker").exists())
    other.get_by_role("link", name="登录后可").click()
    other.get_by_label("手机号").fill("13812345678")
    send(other, "获取验证码")
    other.get_by_label("验证码").fill(code_sent_to("13812345678", carrier))
    send(other, "登录")
    assert tracked(other) == number
    expect(other.get_by_role("main")).to_contain_text("城东区朝阳路 8 号")
    other.get_by_label("满意度").select_option("满意")
    send(other, "确认办结")
    expect(other.get_by_role("main")).to_contain_text("已办结，感谢您的信任")
    case = Case.objects.get()
    assert (case.number, case.status) == (number, "closed")
    assert case.events.last().role == "customer"
