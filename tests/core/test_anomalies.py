"""疑点: each rule finds what it is meant for, and leaves its neighbour alone."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.core.test_evidence import pictures
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import door
from waterdesk.core.anomalies.rule import LimitError, Span, check, known
from waterdesk.core.crew.taking import Told, take
from waterdesk.core.models import Area, Shift
from waterdesk.core.places.points import Point

pytestmark = pytest.mark.django_db

# A day and a half, so that Monday is over; half a working day from nine on is due at 14:30.
SPAN = Span(MONDAY_0900 - DAY, MONDAY_0900 + 2 * DAY)


def found(code, span=SPAN, **limits):
    rule = known()[code]
    return list(rule.find(span, rule.filled(limits)))


def cases_of(findings):
    return [each.case for each in findings]


def application(place=1, at=MONDAY_0900):
    return open_application(at=at, phone=f"1380000{place:04d}", address=f"城东区朝阳路 {place} 号")


def pause(case, at, by="clerk", **more):
    changes = {"reason": "payment"} | more
    return door.move(case.number, "pause", actor=staff(by), at=at, changes=changes)


def leak_of(worker, place=1, at=MONDAY_0900):
    """A leak at a point, for which this person was sent at once."""
    where = {"address": f"城东区朝阳路 {place} 号", "lat": 28.01, "lon": 124.02}
    ticket = open_ticket(at=at, phone=f"1390000{place:04d}", **where)
    changes = {"handler": worker.username}
    return door.move(
        ticket.number, "dispatch", actor=staff("lead"), at=at + MINUTE, changes=changes
    )


def finish(ticket, worker, at):
    for action in ("arrive", "contain"):
        door.move(ticket.number, action, actor=worker, at=at)
    return door.move(ticket.number, "finish", actor=worker, at=at, changes={"result": "换阀"})


@pytest.fixture
def worker():
    return staff("field", "east-1")


# --- pauses --------------------------------------------------------------------------------------
def test_a_pause_shortly_before_the_limit_is_found_and_an_early_one_is_not():
    early, shortly = application(1), application(2)
    pause(early, MONDAY_0900 + HOUR)
    # Ten of 240 minutes are left, then.
    pause(shortly, MONDAY_0900.replace(hour=14, minute=20))
    finding, *others = found("pause-near-limit")
    assert (finding.case, others) == (shortly.number, [])
    assert finding.facts["left"] == 10
    assert finding.seq == shortly.events.get(action="pause").seq
    assert finding.person_id == staff("clerk").pk


def test_how_near_is_the_utilitys_to_say():
    pause(application(), MONDAY_0900.replace(hour=14, minute=20))
    assert found("pause-near-limit", percent=3) == []


def test_a_pause_of_what_is_late_already_hides_nothing():
    case = application()
    pause(case, MONDAY_0900.replace(hour=15))
    assert found("pause-near-limit") == []


def test_an_earlier_pause_is_not_counted_against_the_later_one():
    case = application()
    pause(case, MONDAY_0900 + HOUR)
    door.move(case.number, "resume", actor=staff("clerk"), at=MONDAY_0900.replace(hour=14))
    pause(case, MONDAY_0900.replace(hour=14, minute=20))
    assert found("pause-near-limit") == []


def test_a_pause_that_nothing_proves_is_found_after_a_day():
    bare, paper, photo, fresh = (application(n) for n in range(1, 5))
    pause(bare, MONDAY_0900 + HOUR)
    pause(paper, MONDAY_0900 + HOUR, document="株水〔2026〕1 号")
    pause(photo, MONDAY_0900 + HOUR, photos=pictures("red"))
    pause(fresh, SPAN.until - 23 * HOUR)
    assert cases_of(found("pause-without-evidence")) == [bare.number]


def test_who_makes_most_pauses_of_a_branch_is_found_and_who_makes_few_is_not():
    for place in range(1, 4):
        pause(application(place), MONDAY_0900 + HOUR)
    pause(application(4), MONDAY_0900 + HOUR, by="lead")
    finding, *others = found("pause-share", least=2)
    assert others == []
    assert finding.person_id == staff("clerk").pk
    assert (finding.facts["times"], finding.facts["all"], finding.facts["share"]) == (3, 4, 75)
    assert finding.area_id == Area.objects.get(code="east").pk
    assert found("pause-share", least=4) == []
    assert found("pause-share", least=2, percent=80) == []


# --- on site -------------------------------------------------------------------------------------
def arrival(ticket, worker, lat, accuracy=20.0):
    told = Told(id=uuid4(), case=ticket.number, action="arrive", at=MONDAY_0900 + HOUR, offset_ms=0,
                position=Point(lat, 124.02), accuracy=accuracy)  # fmt: skip
    return take(worker, told, MONDAY_0900 + HOUR)[0]


def test_an_arrival_a_kilometre_away_is_found_and_one_at_the_gate_is_not(worker):
    here, there = leak_of(worker, 1), leak_of(worker, 2)
    arrival(here, worker, 28.011)
    row = arrival(there, worker, 28.02)
    finding, *others = found("arrival-far-away")
    assert (finding.case, finding.person_id, others) == (there.number, worker.pk, [])
    assert finding.seq == row.seq
    assert 1000 < finding.facts["metres"] < 1200


def test_what_the_phone_does_not_know_exactly_is_in_its_favour(worker):
    arrival(leak_of(worker), worker, 28.02, accuracy=900.0)
    assert found("arrival-far-away") == []


def test_work_that_is_finished_in_a_batch_at_closing_time_is_found(worker):
    leaks = [leak_of(worker, n) for n in range(1, 5)]
    for n, leak in enumerate(leaks):
        finish(leak, worker, MONDAY_0900.replace(hour=17, minute=40 + n))
    finding, *others = found("finished-in-batches")
    assert others == []
    assert finding.person_id == worker.pk
    assert finding.facts["cases"] == [leak.number for leak in leaks]
    assert finding.facts["many"] == 4


@pytest.mark.parametrize(
    ("hour", "minutes"), [(11, (40, 41, 42, 43)), (17, (20, 21, 22)), (17, (0, 15, 30, 45))]
)
def test_at_another_time_or_fewer_or_one_after_the_other_it_is_a_days_work(worker, hour, minutes):
    for n, minute in enumerate(minutes):
        finish(leak_of(worker, n), worker, MONDAY_0900.replace(hour=hour, minute=minute))
    assert found("finished-in-batches") == []


def test_where_there_is_a_roster_its_shift_is_what_ends(worker):
    leaks = [leak_of(worker, n) for n in range(4)]
    Shift.objects.create(
        area=worker.area,
        role=worker.role,
        user=worker,
        starts_at=MONDAY_0900,
        ends_at=MONDAY_0900.replace(hour=12),
    )
    for n, leak in enumerate(leaks):
        finish(leak, worker, MONDAY_0900.replace(hour=11, minute=40 + n))
    assert len(found("finished-in-batches")) == 1


# --- closing, opening again, correcting ----------------------------------------------------------
def test_what_is_opened_again_twice_is_found_the_second_time(worker):
    once, twice = leak_of(worker, 1), leak_of(worker, 2)
    for case, times in ((once, 1), (twice, 2)):
        for n in range(times):
            finish(case, worker, MONDAY_0900 + (2 * n + 1) * HOUR)
            door.move(
                case.number, "reopen", actor=staff("agent"), at=MONDAY_0900 + (2 * n + 2) * HOUR
            )
    finding, *others = found("reopened")
    assert (finding.case, finding.facts["times"], others) == (twice.number, 2, [])
    assert finding.seq == twice.events.filter(action="reopen").last().seq


def corrected(case, start):
    """Paused at ten and for half an hour, which a lead says was from `start` on."""
    pause(case, MONDAY_0900 + HOUR)
    end = MONDAY_0900 + 1.5 * HOUR
    door.move(case.number, "resume", actor=staff("clerk"), at=end)
    changes = {"pause": 1, "start": start.isoformat(), "end": end.isoformat(), "note": "记错了"}
    return door.move(
        case.number, "correct_pause", actor=staff("lead"), at=MONDAY_0900 + 2 * HOUR,
        changes=changes,
    )  # fmt: skip


def test_a_correction_that_gives_more_time_is_found_and_one_that_takes_some_is_not():
    more, less = application(1), application(2)
    corrected(more, MONDAY_0900 + 0.5 * HOUR)
    corrected(less, MONDAY_0900 + 1.25 * HOUR)
    finding, *others = found("stopped-by-correction")
    assert (finding.case, finding.facts["minutes"], others) == (more.number, 30, [])
    assert finding.person_id == staff("lead").pk


# --- burdens -------------------------------------------------------------------------------------
def trip(case, at, happened):
    changes = {"reason": "hand-in", "happened": happened.isoformat()}
    return door.move(case.number, "trip", actor=staff("clerk"), at=at, changes=changes)


def test_a_trip_that_is_told_two_days_later_is_found_and_one_of_today_is_not():
    late, soon = application(1), application(2)
    trip(late, MONDAY_0900 + 1.9 * DAY, MONDAY_0900 + HOUR)
    trip(soon, MONDAY_0900 + 1.9 * DAY, MONDAY_0900 + 1.8 * DAY)
    finding, *others = found("burden-recorded-late")
    assert (finding.case, finding.facts["hours"], others) == (late.number, 44, [])


# --- what all of them share ----------------------------------------------------------------------
@pytest.mark.parametrize("code", sorted(known()))
def test_nothing_is_found_where_nothing_was_done(code):
    application()
    assert found(code) == []


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("pause-near-limit", {"percent": 0}),
        ("pause-near-limit", {"percent": "10"}),
        ("pause-near-limit", {"percent": True}),
        ("pause-near-limit", {"metres": 10}),
        ("pause-near-limit", []),
        ("no-such-rule", {}),
    ],
)
def test_limits_that_are_none_are_refused(code, limits):
    with pytest.raises(LimitError):
        check(code, limits)
