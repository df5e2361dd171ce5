"""A street whose main has burst: repairs called in along it, joined through the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.factories import MINUTE, MONDAY_0900, open_ticket, staff
from tickets.models import Incident, Ticket
from waterdesk.core import door
from waterdesk.core.models.cases import Case


def burst(place: int = 0, *, at: datetime = MONDAY_0900, **over: Any) -> Ticket:
    """A burst on the road, the same one wherever somebody stands: a few metres apart."""
    given = {
        "subtype": "burst",
        "name": f"来电人{place}",
        "phone": f"139{place:08d}",
        "address": f"城东区朝阳路 {place} 号",
        "lat": 28.01 + place * 1e-7,
        "lon": 124.02,
        "remark": "路面冒水",
    }
    return open_ticket(at=at, **given | over)


def move(case: Case, action: str, at: datetime, role: str = "agent", **changes: Any) -> Case:
    """A move by somebody of the company, as the case now stands."""
    moved = door.move(case.number, action, actor=staff(role), at=at, changes=changes)
    case.refresh_from_db()
    return moved


def two_joined(at: datetime = MONDAY_0900) -> tuple[Incident, Ticket, Ticket]:
    """Two callers, ten minutes apart, of one incident that was made of the first."""
    one, other = burst(1, at=at), burst(2, at=at + 10 * MINUTE)
    move(other, "join", at + 11 * MINUTE, same=one.number)
    one.refresh_from_db()
    return Incident.objects.get(), one, other


def worked_on(incident: Incident, at: datetime, *stages: str) -> None:
    """Sent to the crew and brought through these stages, a minute each."""
    crew = staff("field", "east-1", phone="13700000001")
    move(incident, "dispatch", at, handler=crew.username)
    for place, stage in enumerate(stages, 1):
        changes = {"result": "换管 6 米，已复供"} if stage == "restore" else {}
        door.move(incident.number, stage, actor=crew, at=at + place * MINUTE, changes=changes)
    incident.refresh_from_db()
