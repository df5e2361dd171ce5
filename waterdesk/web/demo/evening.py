"""What happens in the demo just now: a burst with its callers, outages, orders, calls, projects."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from tickets import intake as calling
from tickets.calls import opening, phones, taking
from tickets.console import handing
from tickets.knowledge import unfound
from tickets.models import Call, Outage, Skill, Ticket
from tickets.orders import intake as ordering
from tickets.outages import doing
from waterdesk.core import door
from waterdesk.core.models import Area, Case, User
from waterdesk.core.places import book
from waterdesk.core.places.placing import known

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DESK_PHONE = "8001"
PROVIDER = "DEMO"
# A call for each of so many tickets: enough for a list and for every hour of the wallboard.
CALLED = 24


def ground(props: dict[str, Any], cast: dict[str, User]) -> None:
    """The addresses that are known, and what the crews can do; again it changes nothing."""
    path: Path = settings.BASE_DIR / "seeds" / "demo" / "addresses.csv"
    for _report in book.load(path):
        pass
    for name, codes in props["skills"].items():
        for code in codes:
            Skill.objects.get_or_create(user=cast[name], code=code)


def play(props: dict[str, Any], cast: dict[str, User], now: datetime) -> None:
    """Everything of the last hours, up to `now` (aware). Not repeatable: it adds cases."""
    _burst(props, cast, now - 50 * MINUTE)
    _outages(props, cast["lead"], now)
    for told in props["orders"]:
        _order(told, cast["agent"], now)
    _promise_calls(props["call_backs"], cast["agent"], now)
    for place, asked in enumerate(props["unfound"]):
        for time in range(3 - place):
            unfound.note(asked, now - (place * 5 + time + 1) * HOUR)
    _calls(props["lost"], cast["agent"], now)
    handing.hand_over(cast["clerk"], props["hand_over"], now - 5 * MINUTE)


def _burst(props: dict[str, Any], cast: dict[str, User], at: datetime) -> None:
    """Three callers of one burst; a crew that has shut the valve; a fourth nobody has joined."""
    agent, crew = cast["agent"], cast["field-east-1"]
    first, *others = [
        _repair(told, agent, at + place * 4 * MINUTE) for place, told in enumerate(props["burst"])
    ]
    for place, ticket in enumerate(others, 1):
        door.move(
            ticket.number, "join", actor=agent, at=at + (place * 4 + 1) * MINUTE,
            changes={"same": first.number},
        )  # fmt: skip
    incident = Case.objects.filter(kind="incident").latest("pk")
    if incident.status == "logged":
        door.move(
            incident.number, "dispatch", actor=cast["lead"], at=at + 10 * MINUTE,
            changes={"handler": crew.username},
        )  # fmt: skip
    # By day the rule has sent whoever is on duty.
    crew = Case.objects.select_related("handler").get(pk=incident.pk).handler
    for action, minutes in (("arrive", 22), ("shut", 31)):
        door.move(incident.number, action, actor=crew, at=at + minutes * MINUTE)
    _repair(props["near"], agent, at + 44 * MINUTE)


def _repair(told: list[str], agent: User, at: datetime) -> Ticket:
    name, phone, address, remark = told
    found = known(address)
    given = {
        "category": "repair", "subtype": "burst", "name": name, "phone": phone,
        "address": address, "remark": remark, "lat": found.lat, "lon": found.lon,
    }  # fmt: skip
    draft = calling.draft(given, by=agent, channel=Case.Channel.HOTLINE.value)
    return door.open_case(draft, actor=agent, at=at)


def _outages(props: dict[str, Any], lead: User, now: datetime) -> None:
    """One that the burst began, one that everybody was told of, one that waits to be announced."""
    for told in props["outages"]:
        facts = {
            "kind": told["kind"], "geometry": _box(told["geometry"]),
            "starts_at": now + told["from"] * HOUR, "ends_at": now + told["to"] * HOUR,
            "reason": told["reason"], "points": told["points"], "contact": lead.name,
            "contact_phone": "96390", "case": None,
        }  # fmt: skip
        at = now - 30 * MINUTE
        areas = Area.objects.filter(code__in=told["areas"])
        outage: Outage = doing.create(facts, areas, by=lead, at=at)
        if not told.get("draft"):
            doing.announce(outage.pk, by=lead, at=at)


def _box(corners: list[float] | None) -> dict[str, Any] | None:
    if corners is None:
        return None
    west, south, east, north = corners
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _order(told: list[Any], agent: User, now: datetime) -> None:
    names = ("source", "number", "term", "age", "title", "subtype", "name", "phone", "address",
             "content")  # fmt: skip
    given = dict(zip(names, told, strict=True))
    at = now - given.pop("age") * HOUR
    ordering.open_order(given | {"received_at": at.isoformat()}, by=agent, at=at + MINUTE)


def _promise_calls(words: list[str], agent: User, now: datetime) -> None:
    waiting = Ticket.objects.exclude(phone="").filter(status="logged", owes_call=False)
    asked = waiting.exclude(category="repair").order_by("-opened_at")
    for place, (ticket, said) in enumerate(zip(asked, words, strict=False)):
        door.move(
            ticket.number, "promise_callback", actor=agent, at=now - (20 - 7 * place) * MINUTE,
            changes={"callback_words": said},
        )  # fmt: skip


def _calls(lost: list[str], agent: User, now: datetime) -> None:
    """The calls behind the latest tickets, and some that nobody answered in time."""
    phones.sit_down(agent, DESK_PHONE, by=agent, at=now - 8 * HOUR)
    lately = Ticket.objects.filter(channel=Case.Channel.HOTLINE, opened_at__gt=now - 3 * 24 * HOUR)
    for place, ticket in enumerate(lately.exclude(phone="").order_by("-opened_at")[:CALLED]):
        wait = 6 + place * 7 % 27
        began = ticket.opened_at - (90 + wait) * SECOND
        call = _call(f"demo-{ticket.number}", ticket.phone, began, (
            ("ringing", 0), ("answered", wait), ("ended", wait + 60 + place * 11 % 90),
        ), now)  # fmt: skip
        opening.join(call, ticket, by=agent, at=ticket.opened_at)
        opening.wrap_up(call, "logged", by=agent, at=ticket.opened_at)
    for place, number in enumerate(lost):
        ends = "abandoned" if place % 2 == 0 else "voicemail"
        _call(f"demo-lost-{place}", number, now - (12 + 25 * place) * MINUTE,
              (("ringing", 0), (ends, 48)), now)  # fmt: skip


def _call(
    name: str, number: str, began: datetime, events: tuple[tuple[str, int], ...], now: datetime
) -> Call:
    for kind, seconds in events:
        told = taking.Told(
            name, f"{name}-{kind}", kind, min(began + seconds * SECOND, now), number=number,
            called="96390", extension=DESK_PHONE, direction="in",
        )  # fmt: skip
        call, _new = taking.take(PROVIDER, told, now)
    return call
