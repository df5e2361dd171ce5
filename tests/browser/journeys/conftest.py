"""A web server in this process, for journeys of days: the test holds its clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBase

from tests.browser.conftest import PATIENCE
from tests.browser.devices import Devices, Drawer
from tests.factories import MONDAY_0900
from waterdesk.core import policy
from waterdesk.core.models.config import Utility


class Held:
    """Devices before a desk whose clock stands still until `until` moves it on."""

    def __init__(self, devices: Devices, traveller: Any) -> None:
        self.devices, self.traveller = devices, traveller
        self.now = MONDAY_0900

    def until(self, at: datetime) -> None:
        self.now = at
        self.traveller.move_to(at, tick=False)


@pytest.fixture(scope="package", autouse=True)
def _kept_files() -> Iterator[None]:
    """A browser keeps the desk's files, as it does where customers are, and asks once for each.

    For years: the clock that is held here says that every answer is of long ago.
    """
    serve = StaticFilesHandler.serve

    def serve_for_long(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = serve(handler, request)
        answer["Cache-Control"] = "max-age=315360000"
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_for_long)
        yield


@pytest.fixture
def held(
    committed: None,
    live_server: Any,
    drawer: Drawer,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Held]:
    """It is Monday, 09:00; at the end no page may have found a fault."""
    settings.SITE_URL = live_server.url
    # A browser keeps its lines to the server open, each with a thread; none may hold a connection.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    Utility.objects.update(revision=time.time_ns())
    policy.forget()
    devices = Devices(drawer, live_server.url, PATIENCE)
    with time_machine.travel(MONDAY_0900, tick=False) as traveller:
        yield Held(devices, traveller)
        devices.put_away()
    assert devices.faults == []
