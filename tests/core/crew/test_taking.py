"""What phones tell late: made once, at its true time, with both times in the record."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.core.test_evidence import pictures
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from waterdesk.core import door
from waterdesk.core.crew import deciding
from waterdesk.core.crew.taking import Told, take
from waterdesk.core.errors import Conflict, NotAllowed, NotFound
from waterdesk.core.models import CrewAction, Crossing, Event
from waterdesk.core.places.points import Point
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

FIRST = UUID(int=1)


@pytest.fixture
def crew():
    return staff("field", "east-1", name="zhang")


@pytest.fixture
def leak(crew):
    """A leak of nine o'clock in the hands of the crew."""
    ticket = open_ticket(at=MONDAY_0900)
    sent, lead = {"handler": crew.username}, staff("lead", "east")
    return door.move(ticket.number, "dispatch", actor=lead, at=MONDAY_0900 + MINUTE, changes=sent)


def arrived(leak, at, **more):
    """The phone's word that somebody arrived at `at`; its clock is right."""
    return Told(
        **{"id": FIRST, "case": leak.number, "action": "arrive", "at": at, "offset_ms": 0} | more
    )


def clock_of(leak, code="arrive"):
    return leak.clocks.get(code=code)


def due(leak, code="arrive"):
    return clock_of(leak, code).due_at


def test_a_move_counts_when_it_happened_and_the_record_has_both_times(leak, crew):
    true, now = MONDAY_0900 + 20 * MINUTE, MONDAY_0900 + 25 * MINUTE
    row, fresh = take(crew, arrived(leak, true), now)
    event = leak.events.get(action="arrive")
    assert fresh
    assert (row.state, row.made_at, row.arrived_at) == ("done", true, now)
    assert (event.at, event.recorded_at, event.actor) == (true, now, "zhang")
    assert event.data["phone_at"] == true.isoformat()
    assert clock_of(leak).stopped_at == true
    assert list(verify(leak.events)) == []


def test_the_same_told_ten_times_has_one_effect(leak, crew):
    said, now = arrived(leak, MONDAY_0900 + 20 * MINUTE), MONDAY_0900 + 25 * MINUTE
    answers = [take(crew, said, now + place * MINUTE) for place in range(10)]
    assert [fresh for _row, fresh in answers] == [True] + [False] * 9
    assert {row.arrived_at for row, _fresh in answers} == {now}
    assert leak.events.filter(action="arrive").count() == CrewAction.objects.count() == 1


def test_the_id_of_another_action_is_refused(leak, crew):
    take(crew, arrived(leak, MONDAY_0900 + 20 * MINUTE), MONDAY_0900 + 25 * MINUTE)
    with pytest.raises(Conflict):
        take(crew, arrived(leak, MONDAY_0900 + 21 * MINUTE), MONDAY_0900 + 25 * MINUTE)
    with pytest.raises(Conflict):
        take(staff("field", "east"), arrived(leak, MONDAY_0900 + 20 * MINUTE), MONDAY_0900 + HOUR)


def test_a_breach_that_fell_while_the_network_was_gone_is_withdrawn_and_stays_in_the_record(
    leak, crew
):
    limit = due(leak)
    sweep(limit + MINUTE)
    assert clock_of(leak).state == "breached"
    take(crew, arrived(leak, limit - MINUTE), limit + 5 * MINUTE)
    leak.refresh_from_db()
    clock = clock_of(leak)
    assert (clock.state, clock.breached_at, clock.stopped_at) == ("met", None, limit - MINUTE)
    assert leak.explanation == ""
    assert leak.events.filter(action="clock_breached", data__promise="arrive").count() == 1
    said = leak.events.get(action="clock_withdrawn")
    assert said.data["promise"] == "arrive"
    crossing = Crossing.objects.get(clock=clock, level=100)
    assert (crossing.at, crossing.withdrawn_at) == (limit, limit + 5 * MINUTE)
    assert list(verify(leak.events)) == []


def test_levels_that_nobody_recorded_yet_do_not_fall_on_a_clock_that_had_stopped(leak, crew):
    limit = due(leak)
    take(crew, arrived(leak, limit), limit + HOUR)
    assert clock_of(leak).state == "met"
    assert not leak.events.filter(action="clock_breached", data__promise="arrive").exists()


def test_levels_of_other_clocks_fall_as_ever(leak, crew):
    limit = due(leak, "contain")
    take(crew, arrived(leak, MONDAY_0900 + 20 * MINUTE), limit + MINUTE)
    assert leak.events.filter(action="clock_breached", data__promise="contain").count() == 1


def test_a_breach_from_before_it_happened_stands(leak, crew):
    limit = due(leak)
    take(crew, arrived(leak, limit + MINUTE), limit + 10 * MINUTE)
    clock = clock_of(leak)
    assert (clock.state, clock.breached_at) == ("breached", limit)


def test_nothing_was_done_before_somebody_was_sent(leak, crew):
    row, _fresh = take(crew, arrived(leak, MONDAY_0900 - HOUR), MONDAY_0900 + 5 * MINUTE)
    assert row.made_at == MONDAY_0900 + MINUTE


def test_what_is_said_meanwhile_takes_no_time_away_from_the_crew(leak, crew):
    agent = staff("agent")
    door.move(leak.number, "chase", actor=agent, at=MONDAY_0900 + 22 * MINUTE, note="快一点")
    row, _fresh = take(crew, arrived(leak, MONDAY_0900 + 20 * MINUTE), MONDAY_0900 + 25 * MINUTE)
    leak.refresh_from_db()
    assert row.made_at == MONDAY_0900 + 20 * MINUTE
    assert leak.changed_at == MONDAY_0900 + 22 * MINUTE


def test_a_whole_visit_comes_in_at_once_and_in_order(leak, crew):
    now = MONDAY_0900 + 100 * MINUTE
    for place, (action, minutes, changes) in enumerate(
        [
            ("arrive", 20, {}),
            ("contain", 40, {}),
            ("finish", 90, {"result": "换管", "material": "DN20 接头"}),
        ]
    ):
        told = arrived(
            leak,
            MONDAY_0900 + minutes * MINUTE,
            id=UUID(int=place + 1),
            action=action,
            changes=changes,
        )
        take(crew, told, now)
    leak.refresh_from_db()
    times = leak.events.filter(action__in=["arrive", "contain", "finish"])
    assert [(each.at - MONDAY_0900) / MINUTE for each in times] == [20, 40, 90]
    assert {each.recorded_at for each in times} == {now}
    assert (leak.status, leak.ticket.material) == ("finished", "DN20 接头")


def test_a_case_that_went_to_somebody_else_is_refused_and_what_was_sent_is_kept(leak, crew):
    other, lead = staff("field", "east-1", name="li"), staff("lead", "east")
    changes = {"handler": other.username}
    door.move(leak.number, "reassign", actor=lead, at=MONDAY_0900 + 10 * MINUTE, changes=changes)
    told = arrived(leak, MONDAY_0900 + 9 * MINUTE, note="已到路口")
    row, _fresh = take(crew, told, MONDAY_0900 + 15 * MINUTE)
    assert (row.state, row.refusal["code"], row.note) == ("refused", "not_allowed", "已到路口")
    again, fresh = take(crew, told, MONDAY_0900 + 16 * MINUTE)
    assert (again.refusal["code"], fresh) == ("not_allowed", False)
    assert not leak.events.filter(action="arrive").exists()


def test_a_case_that_there_is_not_is_refused_like_any_other(leak, crew):
    row, _fresh = take(crew, arrived(leak, MONDAY_0900, case="G0000000000"), MONDAY_0900 + HOUR)
    assert row.refusal["code"] == "not_found"


def test_the_way_to_the_place_is_measured(leak, crew):
    case = open_ticket(at=MONDAY_0900, lat=27.8275, lon=113.15, address="城东区朝阳路 19 号")
    sent, lead = {"handler": crew.username}, staff("lead", "east")
    door.move(case.number, "dispatch", actor=lead, at=MONDAY_0900 + MINUTE, changes=sent)
    here = Point(27.8285, 113.15)
    told = arrived(case, MONDAY_0900 + 5 * MINUTE, position=here, accuracy=12.0)
    row, _fresh = take(crew, told, MONDAY_0900 + 6 * MINUTE)
    assert (row.lat, row.accuracy) == (27.8285, 12.0)
    assert 110 < row.metres < 112


def test_photographs_come_with_their_move(leak, crew):
    take(crew, arrived(leak, MONDAY_0900 + 20 * MINUTE), MONDAY_0900 + 25 * MINUTE)
    told = arrived(leak, MONDAY_0900 + 21 * MINUTE, id=uuid4(), action="photograph")
    row, _fresh = take(crew, told, MONDAY_0900 + 25 * MINUTE, lambda: {"photos": pictures("red")})
    assert row.accepted
    assert leak.photos.get().action == "photograph"


class TestALeadDecides:
    @pytest.fixture
    def asked(self, leak, crew):
        """Somebody arrived before the limit, and the desk heard of it three hours later."""
        limit = due(leak)
        told = arrived(leak, limit - MINUTE)
        return take(crew, told, limit + 3 * HOUR)[0]

    def test_after_the_tolerance_it_counts_when_it_came_in(self, asked, leak):
        assert (asked.state, asked.doubt, asked.made_at) == ("asked", "late", asked.arrived_at)
        assert clock_of(leak).state == "breached"

    def test_a_clock_that_is_off_by_a_day_asks_too(self, leak, crew):
        told = arrived(leak, MONDAY_0900 + DAY, offset_ms=-86_400_000)
        row, _fresh = take(crew, told, MONDAY_0900 + 20 * MINUTE)
        assert (row.state, row.doubt, row.made_at) == ("asked", "wrong", row.arrived_at)

    def test_accepted_the_clock_stops_when_it_happened(self, asked, leak):
        lead, now = staff("lead", "east"), asked.arrived_at + HOUR
        assert list(deciding.asked(lead)) == [asked]
        deciding.decide(asked.pk, True, note="隧道里没有信号", actor=lead, at=now)
        leak.refresh_from_db()
        clock = clock_of(leak)
        assert (clock.state, clock.stopped_at) == ("met", asked.wanted_at)
        said = leak.events.get(action="time_accepted")
        assert (said.actor, said.data["note"]) == (lead.username, "隧道里没有信号")
        assert leak.events.get(action="arrive").at == asked.made_at
        assert list(deciding.asked(lead)) == []
        assert list(verify(leak.events)) == []

    def test_declined_it_stays_late(self, asked, leak):
        lead, now = staff("lead", "east"), asked.arrived_at + HOUR
        deciding.decide(asked.pk, False, note="", actor=lead, at=now)
        assert clock_of(leak).state == "breached"
        assert leak.events.filter(action="time_declined").count() == 1

    def test_it_is_decided_once(self, asked):
        lead, now = staff("lead", "east"), asked.arrived_at + HOUR
        deciding.decide(asked.pk, False, note="", actor=lead, at=now)
        with pytest.raises(Conflict):
            deciding.decide(asked.pk, True, note="", actor=lead, at=now)

    def test_nobody_decides_for_oneself_or_for_another_branch(self, asked, crew):
        now = asked.arrived_at + HOUR
        with pytest.raises(NotAllowed):
            deciding.decide(asked.pk, True, note="", actor=crew, at=now)
        with pytest.raises(NotFound):
            deciding.decide(asked.pk, True, note="", actor=staff("lead", "west"), at=now)
        assert list(deciding.asked(staff("lead", "west"))) == []
        assert not Event.objects.filter(action="time_accepted").exists()
