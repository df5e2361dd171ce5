"""Two people at the same moment: threads with connections of their own, real commits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from notifications.models import Message
from tests.factories import MINUTE, MONDAY_0900, calling, open_ticket, staff
from tickets.models import Ticket
from waterdesk.core import door
from waterdesk.core.errors import Conflict, DeskError
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or how it was refused; all begin at the same instant."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait(10)
            return act()
        except DeskError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def conflicts(outcomes):
    return [each for each in outcomes if isinstance(each, Conflict)]


@pytest.mark.usefixtures("committed")
def test_of_two_agents_who_dispatch_at_the_same_moment_exactly_one_wins():
    agents = [staff("agent", name=name) for name in ("agent-a", "agent-b")]
    crew = [staff("field", "east-1", name=name) for name in ("crew-a", "crew-b")]
    for each in range(ROUNDS):
        ticket = open_ticket(address=f"城东区朝阳路 {each} 号")

        def dispatch(place, number=ticket.number):
            return lambda: door.move(
                number,
                "dispatch",
                actor=agents[place],
                at=MONDAY_0900 + MINUTE,
                changes={"handler": crew[place].username},
                seen=1,
            )

        outcomes = together(dispatch(0), dispatch(1))
        assert len(conflicts(outcomes)) == 1
        (won,) = (each for each in outcomes if isinstance(each, Ticket))
        ticket.refresh_from_db()
        assert (ticket.handler, ticket.version) == (won.handler, 2)
        assert ticket.events.filter(action="dispatch").count() == 1
        assert list(verify(ticket.events)) == []
        told = Message.objects.filter(case=ticket.number, key="ticket.dispatch.customer")
        assert told.count() == 1


@pytest.mark.usefixtures("committed")
def test_a_form_that_is_sent_twice_at_once_makes_one_ticket():
    agent = staff("agent")
    given = {"category": "praise", "remark": "谢谢", "phone": "13812345678"}

    def send(key):
        def act():
            draft = calling.draft(given, by=agent, channel="hotline")
            once = door.Key("hotline", key, given)
            return door.open_once(draft, once, actor=agent, at=MONDAY_0900)

        return act

    for each in range(ROUNDS):
        outcomes = together(send(f"k{each}"), send(f"k{each}"))
        assert {ticket.number for ticket, _fresh in outcomes} == {outcomes[0][0].number}
        assert sorted(fresh for _ticket, fresh in outcomes) == [False, True]
    assert Ticket.objects.count() == ROUNDS
