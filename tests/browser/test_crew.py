"""The crew's phone in a tunnel: nothing is lost, everything once, each at its true time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import open_ticket, staff
from tests.photographs import exif, taken
from waterdesk.core import door
from waterdesk.core.models import CrewAction
from waterdesk.core.record import verify

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE = {"latitude": 27.8285, "longitude": 113.15, "accuracy": 9}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def crew():
    return staff("field", "east-1", name="zhang", phone="13800000011")


@pytest.fixture
def leak(crew):
    """A leak of twenty minutes ago, for which the crew was sent at once."""
    at = timezone.now() - 20 * MINUTE
    ticket = open_ticket(at=at, lat=27.8275, lon=113.15)
    lead, sent = staff("lead", "east"), {"handler": crew.username}
    return door.move(ticket.number, "dispatch", actor=lead, at=at + MINUTE, changes=sent)


def settled(phone: Page) -> None:
    expect(phone.locator("#crew")).to_have_attribute("data-state", "done")
    expect(phone.locator(".crew-held")).to_have_count(0)


def sign(phone: Page) -> None:
    canvas = phone.locator(".crew-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    left, middle = box["x"] + 20, box["y"] + box["height"] / 2
    phone.mouse.move(left, middle)
    phone.mouse.down()
    phone.mouse.move(left + 120, middle - 20)
    phone.mouse.move(left + 200, middle + 20)
    phone.mouse.up()


def test_a_repair_in_a_tunnel_reaches_the_desk_once_and_at_its_true_times(devices, crew, leak):
    phone = devices.phone(crew, geolocation=HERE, permissions=["geolocation"])
    air = phone.context
    phone.goto("/desk/crew/")
    settled(phone)
    expect(phone.locator("#crew")).to_have_attribute("data-kept", "true")
    job = phone.locator(".job").filter(has_text=leak.number)
    expect(job.get_by_role("link", name="李四")).to_have_attribute("href", "tel:13987654321")
    expect(job.get_by_role("link", name="高德导航")).to_have_attribute(
        "href",
        "https://uri.amap.com/navigation?to=113.15%2C27.8275%2C%E5%9F%8E%E4%B8%9C%E5%8C%BA%E6%9C%9D%E9%98%B3%E8%B7%AF+9+%E5%8F%B7&mode=car&coordinate=wgs84",
    )

    # The network is gone when the crew arrives and looks; a reload changes nothing.
    air.set_offline(True)
    first = timezone.now()
    job.get_by_role("button", name="到场").click()
    held = phone.locator(".crew-held")
    expect(held).to_contain_text("到场")
    job.get_by_role("button", name="止水防护").click()
    job.locator("summary").filter(has_text="现场照片").click()
    photo = {"name": "pit.jpg", "mimeType": "image/jpeg", "buffer": taken(exif=exif())}
    job.get_by_label("照片").set_input_files([photo])
    job.get_by_role("button", name="现场照片").click()
    expect(held).to_have_count(3)
    phone.reload()
    expect(held).to_have_count(3)
    expect(phone.locator("#crew-line")).to_contain_text("3 项操作待上传")
    last = timezone.now()
    assert not CrewAction.objects.exists()

    air.set_offline(False)
    settled(phone)
    arrived = leak.events.get(action="arrive")
    assert first <= arrived.at <= last < arrived.recorded_at
    assert leak.clocks.get(code="arrive").stopped_at == arrived.at
    assert float(leak.photos.get(action="photograph").latitude) == 27.8275
    there = CrewAction.objects.get(action="arrive")
    assert (there.accuracy, round(there.metres)) == (9, 111)

    # It is gone again at the end, where the customer signs.
    air.set_offline(True)
    job.locator("summary").filter(has_text="完成").click()
    job.get_by_label("处理结果").fill("更换 DN20 接头，已不漏")
    job.get_by_label("用料").fill("DN20 接头 1 个")
    sign(phone)
    job.get_by_role("button", name="完成").click()
    expect(held).to_contain_text("DN20 接头 1 个")
    air.set_offline(False)
    expect(phone.get_by_text("手上没有任务")).to_be_visible()
    settled(phone)

    leak.refresh_from_db()
    moved = leak.events.filter(role="field").order_by("seq")
    assert [event.action for event in moved] == ["arrive", "contain", "photograph", "finish"]
    assert (leak.status, leak.ticket.material) == ("finished", "DN20 接头 1 个")
    assert leak.photos.filter(action="finish").count() == 1
    assert list(verify(leak.events)) == []


def test_what_is_refused_stays_on_the_phone(devices, crew, leak):
    phone = devices.phone(crew)
    phone.goto("/desk/crew/")
    settled(phone)
    phone.context.set_offline(True)
    job = phone.locator(".job").filter(has_text=leak.number)
    job.get_by_role("button", name="到场").click()
    expect(phone.locator(".crew-held")).to_contain_text("到场")
    other, lead = staff("field", "east-1", name="li"), staff("lead", "east")
    changes = {"handler": other.username}
    door.move(leak.number, "reassign", actor=lead, at=timezone.now(), changes=changes)
    phone.context.set_offline(False)
    held = phone.locator(".crew-held[data-state=refused]")
    expect(held).to_contain_text("您没有进行此操作的权限")
    phone.reload()
    expect(held).to_contain_text("到场")
    assert not leak.events.filter(action="arrive").exists()
