"""Many callers, one fault: joining, what becomes of the clocks, splitting off, merging."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.factories import HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from tests.tickets.incidents.street import burst, move, two_joined, worked_on
from tickets.incidents import members
from tickets.models import Incident
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models import Clock
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db


def open_codes(case):
    return set(case.clocks.filter(stopped_at__isnull=True).values_list("code", flat=True))


def test_two_tickets_of_one_fault_make_an_incident_that_both_belong_to():
    incident, one, other = two_joined()
    assert incident.number.startswith("S")
    assert [row.case_id for row in members.of(incident)] == [one.pk, other.pk]
    assert (one.status, other.status) == ("joined", "joined")
    assert (one.phone, other.phone) == ("13900000001", "13900000002")


def test_the_incident_has_the_one_set_of_repair_clocks_counted_from_the_first_call():
    incident, one, other = two_joined()
    assert open_codes(incident) == {"arrive", "contain", "finish"}
    assert {clock.started_at for clock in incident.clocks.all()} == {MONDAY_0900}
    assert (open_codes(one), open_codes(other)) == (set(), set())


def test_an_earlier_call_that_joins_later_moves_the_clocks_back_and_leaving_moves_them_again():
    early = burst(3, at=MONDAY_0900 - 20 * MINUTE)
    incident, *_both = two_joined()
    move(early, "join", MONDAY_0900 + 12 * MINUTE, same=incident.number)
    starts = incident.clocks.values_list("started_at", flat=True)
    assert set(starts) == {MONDAY_0900 - 20 * MINUTE}
    move(early, "split", MONDAY_0900 + 13 * MINUTE)
    assert set(starts.all()) == {MONDAY_0900}


def test_what_was_voided_says_so_in_the_record_and_runs_again_from_its_true_start():
    incident, _one, other = two_joined()
    voided = other.events.filter(action="clock_voided")
    assert {event.data["reason"] for event in voided} == {"joined"}
    move(other, "split", MONDAY_0900 + 30 * MINUTE)
    assert open_codes(other) == {"arrive", "contain", "finish"}
    arrive = other.clocks.get(code="arrive")
    assert arrive.started_at == MONDAY_0900 + 10 * MINUTE
    assert arrive.due_at == MONDAY_0900 + 70 * MINUTE
    assert other.status == "logged"
    assert members.of(incident).count() == 1


def test_a_ticket_split_off_too_late_falls_at_its_true_instant():
    _incident, _one, other = two_joined()
    move(other, "split", MONDAY_0900 + 3 * HOUR)
    sweep(MONDAY_0900 + 3 * HOUR + MINUTE)
    assert other.clocks.get(code="arrive").breached_at == MONDAY_0900 + 70 * MINUTE


def test_a_voided_clock_never_rings():
    _incident, _one, other = two_joined()
    sweep(MONDAY_0900 + 60 * HOUR)
    repair = other.clocks.filter(code__in=["arrive", "contain", "finish"])
    assert set(repair.values_list("state", flat=True)) == {Clock.State.VOID}


def test_an_incident_goes_on_where_the_ticket_stood_that_it_was_made_of():
    one, other = burst(1), burst(2)
    crew = staff("field", "east-1")
    move(one, "dispatch", MONDAY_0900 + 2 * MINUTE, handler=crew.username)
    move(one, "arrive", MONDAY_0900 + 20 * MINUTE, "lead")
    move(other, "join", MONDAY_0900 + 2 * HOUR, same=one.number)
    incident = Incident.objects.get()
    assert (incident.status, incident.handler) == ("on_site", crew)
    assert open_codes(incident) == {"contain", "finish"}
    one.refresh_from_db()
    assert one.handler is None


def test_splitting_off_gives_back_the_crew_as_well():
    one, other = burst(1), burst(2)
    crew = staff("field", "east-1")
    move(one, "dispatch", MONDAY_0900 + 2 * MINUTE, handler=crew.username)
    move(other, "join", MONDAY_0900 + 5 * MINUTE, same=one.number)
    move(one, "split", MONDAY_0900 + 6 * MINUTE)
    assert (one.status, one.handler) == ("dispatched", crew)


def test_what_is_no_fault_of_the_same_family_does_not_join():
    one = burst(1)
    cover = open_ticket(subtype="cover")
    meter = open_ticket(subtype="meter")
    with pytest.raises(Invalid):
        move(cover, "join", MONDAY_0900 + MINUTE, same=one.number)
    with pytest.raises(Conflict):
        move(meter, "join", MONDAY_0900 + MINUTE, same=one.number)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("number", ["S2611160000000", "nothing", "G1"])
def test_a_number_that_is_none_is_refused(number):
    with pytest.raises(Invalid):
        move(burst(1), "join", MONDAY_0900 + MINUTE, same=number)


def test_a_ticket_does_not_join_itself_nor_a_restored_incident():
    one = burst(1)
    with pytest.raises(Invalid):
        move(one, "join", MONDAY_0900 + MINUTE, same=one.number)
    incident, *_both = two_joined()
    worked_on(incident, MONDAY_0900 + 20 * MINUTE, "arrive", "restore")
    with pytest.raises(Conflict):
        move(one, "join", MONDAY_0900 + HOUR, same=incident.number)
    assert members.joining_of(one) is None


def test_the_crew_in_the_street_does_not_join():
    one, other = burst(1), burst(2)
    with pytest.raises(NotAllowed):
        move(other, "join", MONDAY_0900, "field", same=one.number)


def test_the_stages_are_those_of_the_sort_and_none_comes_after_a_later_one():
    incident, *_both = two_joined()
    worked_on(incident, MONDAY_0900 + 20 * MINUTE, "arrive", "shut", "replaced")
    with pytest.raises(Conflict):
        move(incident, "dug", MONDAY_0900 + HOUR, "lead")
    move(incident, "paved", MONDAY_0900 + HOUR, "lead")
    assert incident.clocks.get(code="contain").state == Clock.State.MET
    dry = open_ticket(subtype="no-water", phone="13900000009")
    dry_too = open_ticket(subtype="no-water", phone="13900000008")
    move(dry_too, "join", MONDAY_0900 + HOUR, same=dry.number)
    taps = Incident.objects.get(subtype="no-water")
    worked_on(taps, MONDAY_0900 + HOUR, "arrive")
    with pytest.raises(Conflict):
        move(taps, "shut", MONDAY_0900 + 2 * HOUR, "lead")


def two_incidents():
    first, *_ = two_joined()
    three, four = burst(3), burst(4)
    move(four, "join", MONDAY_0900 + 5 * MINUTE, same=three.number)
    return first, Incident.objects.exclude(pk=first.pk).get()


@pytest.mark.parametrize("turned", [1, -1])
def test_two_incidents_merge_and_come_apart_again(turned):
    into, merged = two_incidents()[::turned]
    move(merged, "merge", MONDAY_0900 + 20 * MINUTE, to=into.number)
    assert (merged.status, open_codes(merged)) == ("merged", set())
    assert members.of(into).count() == 4
    assert into.events.get(action="absorb").data["incident"] == merged.number
    move(merged, "unmerge", MONDAY_0900 + 25 * MINUTE)
    assert merged.status == "logged"
    assert open_codes(merged) == {"arrive", "contain", "finish"}
    assert (members.of(into).count(), members.of(merged).count()) == (2, 2)
    assert into.events.filter(action="free").exists()


def test_who_joins_a_merged_incident_joins_the_one_that_is_worked_on():
    into, merged = two_incidents()
    move(merged, "merge", MONDAY_0900 + 20 * MINUTE, to=into.number)
    late = burst(5)
    move(late, "join", MONDAY_0900 + 21 * MINUTE, same=merged.number)
    assert members.incident_of(late) == into


def test_an_incident_is_not_merged_into_itself_nor_round_in_a_circle():
    into, merged = two_incidents()
    with pytest.raises(Invalid):
        move(into, "merge", MONDAY_0900 + 20 * MINUTE, to=into.number)
    move(merged, "merge", MONDAY_0900 + 20 * MINUTE, to=into.number)
    with pytest.raises(Invalid):
        move(into, "merge", MONDAY_0900 + 21 * MINUTE, to=merged.number)


def test_an_incident_with_callers_is_not_given_up():
    incident, one, other = two_joined()
    with pytest.raises(Conflict):
        move(incident, "cancel", MONDAY_0900 + HOUR, reason="duplicate")
    move(one, "split", MONDAY_0900 + HOUR)
    move(other, "split", MONDAY_0900 + HOUR)
    move(incident, "cancel", MONDAY_0900 + HOUR, reason="duplicate")
    assert incident.status == "cancelled"


def test_joining_and_splitting_stand_in_the_record_of_both_cases():
    incident, one, other = two_joined()
    move(other, "split", MONDAY_0900 + 30 * MINUTE)
    gathered = incident.events.filter(action="gather").values_list("data__ticket", flat=True)
    assert list(gathered) == [one.number, other.number]
    released = incident.events.get(action="release")
    assert (released.data["ticket"], released.actor) == (other.number, staff("agent").username)
    assert other.events.get(action="join").data["same"] == one.number
    assert [list(verify(case.events)) for case in (incident, one, other)] == [[], [], []]


def test_who_joins_is_told_how_far_it_has_come():
    incident, *_both = two_joined()
    worked_on(incident, MONDAY_0900 + 20 * MINUTE, "arrive", "shut")
    late = burst(5)
    move(late, "join", MONDAY_0900 + HOUR, same=incident.number)
    told = Message.objects.get(case=late.number, key="ticket.join.customer")
    assert "已关阀止水" in told.body
