"""What people hold in their hands. Each device is a browser of its own that notes every fault.

To open a window costs a browser half a second of its time, and its first page twenty files more.
So a device that was put away is emptied of all it knew and handed out again (`Drawer`).
"""

from __future__ import annotations

import re
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
# What of a device never changes. With anything else (a place, a permission) it is used once.
FIXED = {*PHONE, *DESK, "color_scheme", "java_script_enabled"}
# How many lie in the drawer: each takes memory. The one that lay longest goes.
MOST = 8
# What a page leaves behind. The files of the desk itself may stay: every customer has them, too.
LEFT = "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage"
# What a browser shows again without asking: the next test must not meet it.
LASTS = re.compile("max-age=[1-9]")
PAGES = ("document", "xhr", "fetch")

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


class Drawer:
    """Devices that nobody holds, each with an empty page that keeps its window open."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.unused: list[tuple[str, BrowserContext]] = []
        self.used: dict[BrowserContext, str] = {}

    def take(self, address: str, options: dict[str, Any]) -> BrowserContext:
        """One that knows nothing yet: of an earlier test, or new."""
        kind = repr((address, sorted(options.items())))
        fits = next((each for each in reversed(self.unused) if each[0] == kind), None)
        if fits:
            self.unused.remove(fits)
            context = fits[1]
        else:
            context = self.browser.new_context(
                base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", **options
            )
            context.add_init_script(NOTHING_SIDEWAYS)
        if options.keys() <= FIXED:
            self.used[context] = kind
        return context

    def use_once(self, context: BrowserContext) -> None:
        """Let it go for good when it is put back."""
        self.used.pop(context, None)

    def put_back(self, context: BrowserContext, address: str) -> None:
        """Close its pages and let it forget; one that is used once goes for good."""
        kind = self.used.pop(context, "")
        if not kind:
            context.close()
            return
        empty = context.new_page()
        for page in context.pages:
            if page is not empty:
                page.close()
        context.set_offline(False)
        context.unroute_all()
        context.clear_cookies()
        tools = context.new_cdp_session(empty)
        tools.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": LEFT})
        tools.detach()
        self.unused.append((kind, context))
        if len(self.unused) > MOST:
            self.unused.pop(0)[1].close()


CUT_OFF = ("htmx:afterRequest", "htmx:sendAbort")


class Devices:
    """Makes phones and desks, and collects in `faults` what their pages found fault with.

    A fault is an error on the console (a violation of the content security policy is one), a
    script's exception, an answer of 500, a part of a page that is not there, a page that is wider
    than its screen.
    """

    def __init__(self, drawer: Drawer, address: str, patience: float) -> None:
        self.drawer, self.address, self.patience = drawer, address, patience
        self.faults: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.hears = {"console": self._said, "weberror": self._raised, "response": self._answered}

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
            for event, hear in self.hears.items():
                context.remove_listener(event, hear)
            self.drawer.put_back(context, self.address)
        self.contexts.clear()

    def _page(self, user: User | None, options: dict[str, Any]) -> Page:
        context = self.drawer.take(self.address, options)
        context.set_default_timeout(self.patience)
        for event, hear in self.hears.items():
            context.on(event, hear)
        self.contexts.append(context)
        if user is not None:
            context.add_cookies([session_of(user) | {"url": self.address}])
        return context.pages[0] if context.pages else context.new_page()

    def _said(self, message: ConsoleMessage) -> None:
        # What did not load is judged by its answer: a form that is refused answers 400, and may.
        # What was asked for and cut off, by the next key or by leaving the page, is no fault; one
        # that went wrong says so in words of its own (htmx:sendError).
        said = message.text.startswith(("Failed to load resource", *CUT_OFF))
        if message.type == "error" and not said:
            self.faults.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _raised(self, fault: WebError) -> None:
        error: Error = fault.error
        self.faults.append(f"{fault.page.url if fault.page else ''}: {error.message}")

    def _answered(self, answer: Response) -> None:
        least = 500 if answer.request.is_navigation_request() else 400
        if answer.status >= least:
            self.faults.append(f"{answer.url}: {answer.status}")
        cached = LASTS.search(answer.headers.get("cache-control", ""))
        asked = answer.request
        page = asked.resource_type in PAGES and "/static/" not in answer.url
        if cached and page and not asked.service_worker:
            self.drawer.use_once(answer.frame.page.context)


def session_of(user: User) -> dict[str, str]:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="waterdesk.web.accounts.backends.StaffPassword")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}
