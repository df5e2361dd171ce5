"""A main bursts: a thousand calls about it, as fast as two workers log them."""

from __future__ import annotations

import multiprocessing
import time
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from notifications.models import Message
from tests.factories import staff
from tickets import intake
from tickets.incidents import near, telling
from tickets.models import Incident, Joined, Ticket
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid

CALLS, WORKERS = 1_000, 2
# They come within ten minutes: what is logged faster than this keeps up.
WITHIN = timedelta(minutes=10)
FORK = multiprocessing.get_context("fork")


def run() -> None:
    now = timezone.now()
    agents = [staff("agent", name=f"bench-agent-{place}") for place in range(WORKERS)]
    crew = staff("field", "east-1", name="bench-crew", phone="13700000001")
    names = [agent.username for agent in agents]
    before = Incident.objects.count()
    connections.close_all()
    began = time.perf_counter()
    _together(_log, [(name, place, now) for place, name in enumerate(names)])
    logged = time.perf_counter() - began
    incident = Incident.objects.latest("pk")
    joined = Joined.objects.filter(incident=incident, left_at__isnull=True).count()
    assert Incident.objects.count() == before + 1
    assert joined == CALLS, joined
    door.move(
        incident.number,
        "dispatch",
        actor=staff("agent"),
        at=now,
        changes={"handler": crew.username},
    )
    for stage in ("arrive", "shut", "dug", "replaced", "flushed", "tested", "paved"):
        door.move(incident.number, stage, actor=crew, at=now)
    done = {"result": "换管 6 米，已复供"}
    door.move(incident.number, "restore", actor=crew, at=now, changes=done)
    connections.close_all()
    began = time.perf_counter()
    _together(_tell, [(now,)] * WORKERS)
    took = time.perf_counter() - began
    told = Message.objects.filter(key=telling.KEY, occurrence__startswith=incident.number)
    stages = incident.progress.count()
    assert told.values("occurrence", "address").distinct().count() == told.count()
    assert told.count() == stages * CALLS, told.count()
    assert not Ticket.objects.filter(status="joined").exists()
    print(
        f"burst: {CALLS:,} calls, {WORKERS} workers: 1 incident, 1 crew, logged and joined in "
        f"{logged:.0f} s ({WITHIN.total_seconds() / logged:.1f} x the ten minutes they come in)"
    )
    print(
        f"burst: {stages} stages told to {CALLS:,} callers, {told.count():,} messages, nothing "
        f"twice, and {CALLS:,} tickets finished by {WORKERS} workers in {took:.0f} s"
    )


def _together(work: object, given: list[tuple]) -> None:
    workers = [FORK.Process(target=work, args=each) for each in given]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0


def _log(name: str, place: int, now: object) -> None:
    """Take every other call: look for the same fault, as the form does, log it, and join it."""
    agent = staff("agent", name=name)
    for each in range(place, CALLS, WORKERS):
        given = {
            "category": "repair", "subtype": "burst", "name": f"来电人{each}",
            "phone": f"138{each:08d}", "address": f"城东区朝阳路 {each} 号",
            "lat": 28.01 + each % 80 * 1e-5, "lon": 124.02, "remark": "路面冒水",
        }  # fmt: skip
        draft = intake.draft(given, by=agent, channel="hotline")
        ticket = door.open_case(draft, actor=agent, at=now)
        # The first two calls may find each other; whichever comes second joins.
        for _again in range(3):
            same = [found for found in near.same(ticket, agent, now) if found.case != ticket]
            if not same or _joined(ticket.number, same[0].case.number, agent, now):
                break


def _joined(number: str, same: str, agent: object, now: object) -> bool:
    try:
        door.move(number, "join", actor=agent, at=now, changes={"same": same})
    except (Conflict, Invalid):
        return Ticket.objects.get(number=number).status == "joined"
    return True


def _tell(now: object) -> None:
    telling.tell(now)
