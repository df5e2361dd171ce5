"""The desk of one evening: its calls, its pages, and what they have to say at every step."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from playwright.sync_api import Page, expect

from notifications.models import Message
from tests.browser.journeys.conftest import Held
from tests.tickets.calls.conftest import Exchange, signed_in
from tickets.incidents import telling as incidents
from tickets.models import Call, Ticket
from tickets.outages import telling as outages
from waterdesk.core.models import User

HERE = {"latitude": 28.01, "longitude": 124.02, "accuracy": 9}
HOTLINE = "/desk/hotline/"


class Desk:
    """One agent at an extension, whose telephone rings, and the clock of everybody's devices."""

    def __init__(self, held: Held, agent: User, extension: str) -> None:
        self.held, self.extension = held, extension
        self.exchange, self.client = Exchange(), signed_in(agent)

    def until(self, at: datetime) -> None:
        """The phone in the street goes by the same time."""
        self.held.until(at)
        for context in self.held.devices.contexts:
            context.clock.set_fixed_time(at)

    def answer(self, place: int) -> Call:
        """A call is answered after three seconds."""
        code = f"c{place}"
        self.exchange.ring(self.extension, code, number_of(place))
        self.exchange.tell("answered", code, after=3, extension=self.extension)
        return Call.objects.get(provider_call=code)

    def hang_up(self, place: int) -> None:
        self.exchange.tell("ended", f"c{place}", after=60)

    def log(self, place: int, same: str) -> None:
        """A caller of a known burst, as one more agent sends the form."""
        call = self.answer(place)
        told = {
            "phone": number_of(place), "name": f"来电人{place}", "category": "repair",
            "subtype": "burst", "address": f"城东区朝阳路 {place} 号", "remark": "路面冒水",
            "key": f"k{place}", "call": call.pk, "same": same,
        }  # fmt: skip
        answer = self.client.post(HOTLINE, told)
        assert answer.status_code == 302, answer.content.decode()
        self.hang_up(place)


def number_of(place: int) -> str:
    return f"139{place:08d}"


def opened(page: Page, call: Call) -> None:
    """The form with the number of the call in it, and the hands on the keyboard."""
    page.goto(f"{HOTLINE}?call={call.pk}")
    expect(page.get_by_label("来电号码")).to_have_value(call.number)
    page.get_by_label("来电号码").focus()


def grid(page: Page, *counts: int) -> None:
    """The dispatch board: waiting, sent, accepted, on site."""
    page.goto("/desk/dispatch/?area=east-1")
    expect(page.locator(".dispatch-figures strong")).to_have_text([str(each) for each in counts])


def running(page: Page, *names: str) -> None:
    """The board: which promises run, by their names, the first due first."""
    page.goto("/desk/board/?area=east-1")
    shown = page.locator("#section-running tbody td[data-label=承诺]")
    expect(shown).to_have_text(list(names))


def wall(page: Page, *, calls: int, missed: int = 0, to_call_back: int = 0) -> None:
    page.goto("/desk/wallboard/")
    tiles = page.locator(".wall-number")
    expect(tiles.nth(0)).to_have_text("0")
    expect(tiles.nth(2)).to_have_text(str(missed))
    expect(tiles.nth(3)).to_have_text(str(calls))
    expect(page.locator(".wall-grid")).to_contain_text(f"待回拨 {to_call_back}")


def settled(phone: Page) -> None:
    """Everything that was done on the phone has reached the desk."""
    expect(phone.locator("#crew")).to_have_attribute("data-state", "done")
    expect(phone.locator(".crew-held")).to_have_count(0)


def all_told(now: datetime) -> None:
    """The worker looks, and looks again."""
    for _again in range(2):
        incidents.tell(now)
        outages.tell(now)


def stages_told() -> Counter[str]:
    """How many stages each caller was told of; nobody of one twice."""
    told = list(Message.objects.filter(key=incidents.KEY).values_list("address", "body"))
    assert len(told) == len(set(told))
    return Counter(address for address, _body in told)


def statuses() -> Counter[str]:
    return Counter(Ticket.objects.filter(category="repair").values_list("status", flat=True))
