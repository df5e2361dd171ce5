"""The telephone rings at an agent's extension, and the desk knows who it is."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE
from tests.browser.devices import Devices
from tests.factories import open_ticket, staff
from tests.notifications import processes
from tests.tickets.calls.conftest import KEY, Exchange, at_phone
from tickets.models import Call, Ticket
from waterdesk.services import desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def telephony(committed: None, address: str) -> Iterator[str]:
    """A web server that knows an exchange, with its streams in a process of their own."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        there, streams = (
            f"http://127.0.0.1:{each.getsockname()[1]}" for each in (listener, second)
        )
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "DATABASE_URL": processes.database_url(),
            "POLICY_MAX_AGE": "0",
            "SITE_URL": there,
            "CALLS_STREAM_URL": streams,
            "CALLS_SECRET_MAIN": KEY,
            "WEB_WORKERS": "1",
        }
        servers = [
            desk.web(processes.ROOT, environment, listener),
            desk.streams(processes.ROOT, environment, second),
        ]
        for server in servers:
            server.start()
        yield there
        for server in servers:
            server.stop()


@pytest.fixture
def agents(devices: Devices, telephony: str) -> Iterator[Devices]:
    here = Devices(devices.drawer, telephony, PATIENCE)
    yield here
    here.put_away()
    assert here.faults == []


def test_a_call_pops_up_is_logged_and_goes(agents, settings):
    settings.CALLS_SECRETS = {"MAIN": [KEY]}
    open_ticket(name="李四", phone="13987654321")
    wang, li = at_phone("8001", "wang"), at_phone("8002", "li")
    exchange = Exchange()
    desk_page, other = agents.desk(wang), agents.phone(li)
    desk_page.goto("/desk/cases/")
    other.goto("/desk/cases/")
    expect(desk_page.locator("#calls")).to_be_hidden()

    exchange.ring("8001", "c1", "+8613987654321")
    bar = desk_page.locator("#calls")
    expect(bar).to_contain_text("来电 13987654321 李四")
    expect(other.locator("#calls")).to_be_hidden()

    # It stays on the next page, and goes on whichever page it is taken up.
    desk_page.goto("/desk/board/")
    expect(bar).to_contain_text("13987654321")
    exchange.ring("8002", "c1", "+8613987654321")
    expect(other.locator("#calls")).to_contain_text("13987654321")
    exchange.tell("answered", "c1", after=3, extension="8001")
    expect(other.locator("#calls")).to_be_hidden()
    expect(bar).to_contain_text("通话中")
    bar.get_by_role("button", name="接听登记").click()
    expect(desk_page).to_have_url(re.compile(r"/desk/hotline/\?call=\d+$"))
    expect(desk_page.get_by_label("来电号码")).to_have_value("13987654321")
    expect(bar).to_be_hidden()
    expect(desk_page.locator("#caller")).to_contain_text("李四")

    # A connection that was cut misses nothing: it rang while nobody listened, and is told after.
    other.context.set_offline(True)
    exchange.ring("8002", "c2", "anonymous")
    exchange.tell("ended", "c2", after=5)
    other.context.set_offline(False)
    other.goto("/desk/calls/")
    row = other.locator(f"#call-{Call.objects.get(provider_call='c2').pk}")
    expect(row).to_contain_text("未显示号码")
    lead = agents.desk(staff("lead"))
    lead.goto("/desk/calls/?show=")
    row.get_by_role("button", name="回拨已处理").click()
    expect(other.get_by_text("没有要回拨的未接来电")).to_be_visible()
    assert Ticket.objects.count() == 1
