"""A desk with people and cases for the tests of the pages."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from tests.factories import customer, open_application, open_ticket, staff
from waterdesk.core import door
from waterdesk.core.models import Case, Pulse, User

# A working Monday, 10:00 in Shanghai.
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Of these every case gets its own: two applications for one place are held up as doubtful.
PLACES = itertools.count(1)

STAFF = ("agent", "clerk", "field", "lead", "supervisor", "admin")
CUSTOMER_PHONE, CALLER_PHONE = "13812345678", "13987654321"


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="waterdesk.web.accounts.backends.StaffPassword")
    return client


def as_role(role: str, area: str = "company") -> Client:
    """A browser in which somebody of this role is signed in; "" is nobody."""
    if role == "":
        return Client()
    return client_of(customer() if role == "customer" else staff(role, area))


def alive(now: datetime = NOW) -> None:
    """Worker and beat have just shown that they live."""
    for name in ("worker", "beat"):
        Pulse.objects.update_or_create(name=name, defaults={"at": now})


def dispatched(handler: User, at: datetime = NOW - 30 * MINUTE, **over: Any) -> Case:
    """A leak for which somebody was sent ten minutes after the call."""
    ticket = open_ticket(at=at, **over)
    lead = staff("lead")
    changes = {"handler": handler.username}
    return door.move(ticket.number, "dispatch", actor=lead, at=at + 10 * MINUTE, changes=changes)


def some(count: int, at: datetime = NOW - HOUR) -> None:
    """`count` tickets in hand and as many applications, each of other people."""
    handler = staff("field", "east-1")
    for place in itertools.islice(PLACES, count):
        dispatched(handler, at, phone=f"139{place:08d}", address=f"城东区朝阳路 {place} 号")
        open_application(at=at, phone=f"138{place:08d}", address=f"城东区朝阳路 {place} 号")


def text_of(response: Any) -> str:
    """What a person reads on the page, in one line."""
    page = re.sub(r"<(script|style)\b.*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def seen_in(response: Any, action: str) -> str:
    """The version that the form of this move carries."""
    page = response.content.decode()
    form = page[page.index(f'/moves/{action}/"') :]
    tag = re.search(r'<input[^>]*name="seen"[^>]*>', form)[0]
    return re.search(r'value="(\d+)"', tag)[1]


class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse to run or to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        handlers = [name for name in names if name.startswith(("on", "hx-on"))]
        self.found += [f"{tag} {name}" for name in handlers]
        if "style" in names:
            self.found.append(f"{tag} style=")
        bare = "src" not in names and names.get("type") != "application/json"
        if tag == "style" or (tag == "script" and bare and not names.get("nonce")):
            self.found.append(f"<{tag}>")
        if str(names.get("href", "")).startswith("javascript:"):
            self.found.append(f"{tag} javascript:")


def inline_in(response: Any) -> list[str]:
    parser = Inline()
    parser.feed(response.content.decode())
    return parser.found
