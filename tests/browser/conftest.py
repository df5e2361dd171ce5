"""A real browser before a real web server on the test database; every person has a device."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.devices import Devices, Drawer
from tests.e2e.conftest import carrier, machinery  # noqa: F401  fixtures
from tests.notifications import processes
from tests.notifications.far_end import refused_port
from waterdesk.core import policy
from waterdesk.core.models.config import Utility
from waterdesk.services import desk

# Where Debian's packages put it. The shell draws the same pages and no window around them, which
# takes the other more time than the page: with it these tests take a fraction of theirs.
SHELL, WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = SHELL if SHELL.exists() else WHOLE
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# How long a page may take before a test fails, in milliseconds: the machine may be busy.
PATIENCE = 15_000


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the browser all these tests are one that is skipped, one line of the report."""
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    if CHROMIUM.exists() or not here:
        return
    reason = f"{len(here)} browser tests: there is no {SHELL} (apt-get install {SHELL.name})"
    here[0].add_marker(pytest.mark.skip(reason=reason))
    items[:] = [item for item in items if item not in here[1:]]
    config.hook.pytest_deselected(items=here[1:])


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, on which nothing of Django's ever runs.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def drawer(chromium: Browser) -> Drawer:
    return Drawer(chromium)


@pytest.fixture(scope="package")
def address(django_db_setup: None) -> Iterator[str]:
    """The address of the web server as the launcher starts it, one for all tests."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "DATABASE_URL": processes.database_url(),
            "POLICY_MAX_AGE": "0",  # every test has seeds of its own
            "SITE_URL": address,
            # The worker alone talks to the carrier; a code for signing in is on no page.
            "SMS_TRANSPORT": "http",
            "SMS_URL": f"http://127.0.0.1:{refused_port()}/",
            "WEB_WORKERS": "1",
        }
        server = desk.web(processes.ROOT, environment, listener)
        server.start()
        yield address
        server.stop()


@pytest.fixture
def devices(committed: None, address: str, drawer: Drawer) -> Iterator[Devices]:
    """Phones and desks of this test; at its end none of their pages may have found a fault."""
    # The seeds were loaded anew: this tells the server, which holds those of the test before.
    Utility.objects.update(revision=time.time_ns())
    policy.forget()
    here = Devices(drawer, address, PATIENCE)
    yield here
    here.put_away()
    assert here.faults == []
