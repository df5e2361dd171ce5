"""Many hands at one moment: threads with connections of their own, real commits."""

from __future__ import annotations

from functools import partial

import pytest

from notifications.models import Message
from tests.factories import HOUR, MINUTE, MONDAY_0900, staff
from tests.tickets.incidents.street import burst, two_joined, worked_on
from tests.tickets.test_two_at_once import together
from tickets.incidents import members, telling
from tickets.models import Incident, Joined, Ticket
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.record import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

AT = MONDAY_0900 + 15 * MINUTE
CALLS, THREADS = 60, 6


def moving(case, action, actor, **changes):
    return partial(door.move, case.number, action, actor=actor, at=AT, changes=changes)


def joined():
    return Joined.objects.filter(left_at__isnull=True)


def test_two_agents_who_join_two_tickets_to_each_other_make_one_incident():
    agent = staff("agent")
    for each in range(3):
        one, other = burst(2 * each), burst(2 * each + 1)
        before = Incident.objects.count()
        there = moving(one, "join", agent, same=other.number)
        back = moving(other, "join", agent, same=one.number)
        outcomes = together(there, back)
        refused = [o for o in outcomes if isinstance(o, (Conflict, Invalid))]
        assert len(refused) == 1
        assert Incident.objects.count() == before + 1
        assert members.incident_of(one) == members.incident_of(other)


def test_of_joining_and_splitting_at_once_the_record_holds_one_order():
    incident, one, other = two_joined()
    agent = staff("agent")
    third = burst(3)
    together(
        moving(other, "split", agent),
        moving(third, "join", agent, same=incident.number),
        moving(one, "split", agent),
        moving(other, "split", agent),
    )
    assert list(joined().values_list("case", flat=True)) == [third.pk]
    assert incident.events.filter(action="release").count() == 2
    incident.refresh_from_db()
    assert list(verify(incident.events)) == []


def test_two_incidents_merged_into_each_other_at_once_do_not_wait_for_ever():
    first, *_ = two_joined()
    agent = staff("agent")
    three, four = burst(3), burst(4)
    moving(four, "join", agent, same=three.number)()
    second = three.incident
    outcomes = together(
        moving(first, "merge", agent, to=second.number),
        moving(second, "merge", agent, to=first.number),
    )
    refused = [o for o in outcomes if isinstance(o, (Conflict, Invalid))]
    assert refused
    assert Incident.objects.filter(status="merged").count() == 2 - len(refused)


def test_a_caller_who_joins_while_the_incident_finishes_is_finished_or_refused_never_lost():
    agent = staff("agent")
    for each in range(3):
        one, other = burst(10 * each), burst(10 * each + 1)
        moving(other, "join", agent, same=one.number)()
        incident = one.incident
        worked_on(incident, MONDAY_0900 + 16 * MINUTE, "arrive")
        late = burst(10 * each + 2)
        crew = incident.handler
        outcomes = together(
            moving(incident, "restore", crew, result="已修复"),
            moving(late, "join", agent, same=incident.number),
        )
        telling.tell(AT + HOUR)
        late.refresh_from_db()
        joined_in_time = outcomes[1] is not None and not isinstance(outcomes[1], Conflict)
        assert late.status == {True: "finished", False: "logged"}[joined_in_time]


def test_sixty_calls_on_one_main_are_one_incident_and_everybody_is_told_once():
    agents = [staff("agent", name=f"agent-{place}") for place in range(THREADS)]
    root = burst(0)

    def called(place):
        def act():
            for each in range(place, CALLS, THREADS):
                ticket = burst(each, by=agents[place])
                door.move(
                    ticket.number, "join", actor=agents[place], at=AT,
                    changes={"same": root.number},
                )  # fmt: skip

        return act

    together(*(called(place) for place in range(THREADS)))
    incident = Incident.objects.get()
    assert joined().count() == CALLS + 1
    assert not Ticket.objects.exclude(status="joined").exists()
    worked_on(incident, AT + MINUTE)
    together(*[partial(telling.tell, AT + HOUR)] * 3)
    told = Message.objects.filter(key=telling.KEY)
    assert told.count() == told.values("address").distinct().count() == CALLS
    assert list(verify(incident.events)) == []
