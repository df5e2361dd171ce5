"""Cases whose work is done, and which wait for what comes after it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from applications.models import Application
from tests.factories import HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from tickets.models import Ticket
from waterdesk.core import door

# Of these every case gets its own: two of one place would be taken for one.
PLACES = itertools.count(1)
AFTER = 3 * HOUR


def finished(*, after: timedelta = AFTER, begun: Any = MONDAY_0900, **over: Any) -> Ticket:
    """A leak that was mended so long after the call."""
    place = next(PLACES)
    given = {"phone": f"139{place:08d}", "address": f"城东区朝阳路 {place} 号"} | over
    ticket, crew = open_ticket(at=begun, **given), staff("field", "east-1")
    sent = {"handler": crew.username}
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=begun + MINUTE, changes=sent)
    door.move(ticket.number, "arrive", actor=crew, at=begun + 20 * MINUTE)
    door.move(ticket.number, "contain", actor=crew, at=begun + 30 * MINUTE)
    done = {"result": "更换管段 2 米"}
    return door.move(ticket.number, "finish", actor=crew, at=begun + after, changes=done)


def answered(*, begun: Any = MONDAY_0900, **over: Any) -> Ticket:
    """A complaint that was answered."""
    place = next(PLACES)
    given = {"category": "complaint", "subtype": "", "phone": f"137{place:08d}"} | over
    ticket = open_ticket(at=begun, **given)
    said = {"result": "已致歉并整改"}
    return door.move(ticket.number, "answer", actor=staff("lead"), at=begun + AFTER, changes=said)


def with_water(*, begun: Any = MONDAY_0900, **over: Any) -> Application:
    """An application whose water is on."""
    place = next(PLACES)
    given = {"phone": f"138{place:08d}", "address": f"城东区朝阳路 {place} 号"} | over
    case, crew = open_application(at=begun, **given), staff("field", "east")
    sent, meter = {"handler": crew.username}, {"meter_number": f"SB-{place}"}
    lead = staff("lead", "east")
    door.move(case.number, "assign", actor=lead, at=begun + MINUTE, changes=sent)
    door.move(case.number, "survey", actor=crew, at=begun + HOUR)
    door.move(case.number, "install", actor=crew, at=begun + 2 * HOUR, changes=meter)
    return door.move(case.number, "water_on", actor=crew, at=begun + AFTER)
