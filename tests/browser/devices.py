"""What people hold in their hands. Each device is a browser of its own that notes every fault."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    WebError,
)

from waterdesk.core.models import User

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1280, "height": 800}}

# Nothing may lie beyond the right edge, neither at first nor after a part was fetched anew.
NOTHING_SIDEWAYS = """
addEventListener("load", () => {
  const root = document.documentElement;
  const measure = () => {
    if (root.scrollWidth > root.clientWidth)
      console.error(`${root.scrollWidth} px of page in ${root.clientWidth} px`);
  };
  measure();
  document.addEventListener("htmx:afterSettle", measure);
});
"""


class Devices:
    """Makes phones and desks, and collects in `faults` what their pages found fault with.

    A fault is an error on the console (a violation of the content security policy is one), a
    script's exception, an answer of 500, a part of a page that is not there, a page that is wider
    than its screen.
    """

    def __init__(self, browser: Browser, address: str, patience: float) -> None:
        self.browser, self.address, self.patience = browser, address, patience
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []

    def phone(self, user: User | None = None, **options: Any) -> Page:
        """A page on a phone of 390 px in which `user`, if any, is signed in."""
        return self._page(user, PHONE | options)

    def desk(self, user: User | None = None, **options: Any) -> Page:
        """A page on a screen of 1280 px in which `user`, if any, is signed in."""
        return self._page(user, DESK | options)

    def put_away(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                page.evaluate("0")  # until it answers, what it had to say has arrived
            context.close()

    def _page(self, user: User | None, options: dict[str, Any]) -> Page:
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        context.set_default_timeout(self.patience)
        context.add_init_script(NOTHING_SIDEWAYS)
        context.on("console", self._said)
        context.on("weberror", self._raised)
        context.on("response", self._answered)
        self.contexts.append(context)
        if user is not None:
            context.add_cookies([session_of(user) | {"url": self.address}])
        return context.new_page()

    def _said(self, message: ConsoleMessage) -> None:
        # What did not load is judged by its answer: a form that is refused answers 400, and may.
        loading = message.text.startswith("Failed to load resource")
        if message.type == "error" and not loading:
            self.faults.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _raised(self, fault: WebError) -> None:
        error: Error = fault.error
        self.faults.append(f"{fault.page.url if fault.page else ''}: {error.message}")

    def _answered(self, answer: Response) -> None:
        least = 500 if answer.request.is_navigation_request() else 400
        if answer.status >= least:
            self.faults.append(f"{answer.url}: {answer.status}")


def session_of(user: User) -> dict[str, str]:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="waterdesk.web.accounts.backends.StaffPassword")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}
