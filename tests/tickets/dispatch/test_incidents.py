"""The crew of an incident: chosen by rule, asked to accept, and its tickets are left alone."""

from __future__ import annotations

import pytest

from tests.factories import HOUR, MINUTE, MONDAY_0900, staff
from tests.tickets.dispatch.roster import on_duty
from tests.tickets.incidents.street import burst, move
from tickets.dispatch import board, lapsing
from tickets.models import Incident, Sending
from waterdesk.core import door, policy

pytestmark = pytest.mark.django_db


def standing(case):
    return case.sendings.filter(state__in=["waiting", "accepted"])


@pytest.fixture
def sent():
    """A burst for which the rule sent somebody, and a second caller of it two minutes later."""
    crew = on_duty("crew", skills=("pipe-repair",))
    one, other = burst(1), burst(2, at=MONDAY_0900 + 2 * MINUTE)
    move(other, "join", MONDAY_0900 + 2 * MINUTE, same=one.number)
    one.refresh_from_db()
    return crew, one, other, Incident.objects.get()


def test_whoever_was_sent_to_the_first_ticket_has_the_incident_and_as_long_to_accept(sent):
    crew, one, other, incident = sent
    assert (incident.status, incident.handler) == ("dispatched", crew)
    assert incident.accept_by == MONDAY_0900 + 3 * MINUTE
    assert [row.accept_by for row in standing(incident)] == [incident.accept_by]
    assert not standing(one).exists() and not standing(other).exists()
    assert (one.accept_by, other.accept_by) == (None, None)


def test_a_joined_ticket_is_not_late_to_be_accepted_its_incident_is(sent):
    *_, incident = sent
    assert lapsing.late(MONDAY_0900 + HOUR) == [incident.number]
    lapsing.lapse(MONDAY_0900 + HOUR)
    assert incident.events.filter(action="unaccepted").exists()
    assert lapsing.late(MONDAY_0900 + 2 * HOUR) == []


def test_an_incident_that_nobody_accepts_goes_to_the_next_by_rule(sent):
    crew, *_, incident = sent
    other = on_duty("other", skills=("pipe-repair",))
    lapsing.lapse(MONDAY_0900 + 4 * MINUTE)
    incident.refresh_from_db()
    assert (incident.handler, incident.status) == (other, "dispatched")
    assert [row.user for row in incident.sendings.filter(state="lapsed")] == [crew]


def test_what_was_accepted_stays_accepted():
    crew = on_duty("crew", skills=("pipe-repair",))
    one = burst(1)
    door.move(one.number, "accept", actor=crew, at=MONDAY_0900 + MINUTE)
    move(burst(2), "join", MONDAY_0900 + 2 * MINUTE, same=one.number)
    incident = Incident.objects.get()
    assert (incident.accept_by, incident.accepted_at) == (None, MONDAY_0900 + MINUTE)
    assert Sending.objects.get(case=incident).state == "accepted"


def test_an_incident_that_nobody_called_about_is_sent_by_rule(settings):
    crew = on_duty("crew", skills=("pipe-repair",))
    made = Incident(
        kind="incident", subject="repair.burst", subtype="burst", first_call_at=MONDAY_0900,
        area=crew.area, address="城东区朝阳路", remark="压力骤降", channel="api",
    )  # fmt: skip
    incident = door.open_case(made, actor=staff("agent"), at=MONDAY_0900)
    assert (incident.status, incident.handler) == ("dispatched", crew)


def test_a_ticket_that_is_split_off_is_sent_to_its_crew_again(sent):
    crew, one, *_ = sent
    move(one, "split", MONDAY_0900 + 10 * MINUTE)
    assert (one.status, one.handler) == ("dispatched", crew)
    assert one.accept_by == MONDAY_0900 + 13 * MINUTE


def test_an_incident_that_was_merged_has_no_crew_to_wait_for(sent):
    *_, incident = sent
    three, four = burst(3), burst(4)
    move(four, "join", MONDAY_0900 + 2 * MINUTE, same=three.number)
    into = Incident.objects.exclude(pk=incident.pk).get()
    move(incident, "merge", MONDAY_0900 + 3 * MINUTE, to=into.number)
    assert not standing(incident).exists()
    move(incident, "unmerge", MONDAY_0900 + 5 * MINUTE)
    assert incident.accept_by == MONDAY_0900 + 8 * MINUTE


def test_the_board_has_one_card_for_the_incident_and_none_for_its_tickets(sent):
    *_, incident = sent
    agent, rules = staff("agent"), policy.current()
    grids, _ = board.grids(board.under_way(agent), [incident.area_id], rules, MONDAY_0900)
    grid = next(each for each in grids if each.area_id == incident.area_id)
    assert [each.number for each in grid.tickets["sent"]] == [incident.number]
    assert grid.total == 1
