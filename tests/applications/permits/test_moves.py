"""Permits from the scheme to the last answer."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.db import connection

from applications.models import Application, PermitKind
from applications.permits.kinds import limits
from applications.projects import turning
from tests.applications.permits.made import (
    SCHEME_AT,
    designed,
    file,
    go,
    grant,
    job,
    permit,
)
from tests.applications.projects.made import project
from tests.factories import DAY, HOUR, SHANGHAI, customer, staff
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.flow import allowed
from waterdesk.core.models import Promise

pytestmark = pytest.mark.django_db


def actions(case):
    return list(case.events.order_by("seq").values_list("action", flat=True))


def test_the_scheme_makes_all_permits_that_it_needs_at_once():
    case = designed("digs_road", "digs_green")
    rows = case.permits.values_list("kind", "authority", "state")
    assert list(rows) == [("road", "城管市政", "wanted"), ("green", "园林绿化", "wanted")]
    assert case.events.get(action="permits_needed").data["permits"] == ["road", "green"]
    assert job(case) == "ready"


def test_a_scheme_that_needs_none_leaves_nothing_to_wait_for():
    case = designed()
    assert not case.permits.exists()
    assert job(case) == "done"
    assert case.jobs.get(code="external").state == "ready"


def test_the_last_grant_finishes_the_job_and_nobody_can_before():
    case = designed("digs_road", "digs_green")
    assert "job-permits" not in [row.action for row in allowed(staff("clerk"), case)]
    file(case, "road")
    file(case, "green")
    grant(case, "road")
    assert job(case) == "ready"
    grant(case, "green", SCHEME_AT + 3 * HOUR)
    assert job(case) == "done"
    done = case.events.get(action="job-permits")
    assert (done.actor, done.at) == ("", SCHEME_AT + 3 * HOUR)
    assert permit(case, "road").document == "PZ-road"


def test_the_limit_is_that_of_the_authority_in_working_days():
    case = designed("digs_road", "digs_highway")
    file(case, "road")
    file(case, "highway")
    assert permit(case, "road").due_at == datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI)
    assert permit(case, "highway").due_at == datetime(2026, 12, 14, 18, 0, tzinfo=SHANGHAI)


def test_natural_days_are_counted_around_the_clock():
    kind = PermitKind(amount=3, unit="natural", remind_percent=50)
    due, told = limits(kind, staff("clerk").area_id, SCHEME_AT)
    assert (due, told) == (SCHEME_AT + 3 * DAY, SCHEME_AT + 1.5 * DAY)


def test_the_clock_stands_still_from_the_first_filing_to_the_last_answer():
    case = designed("digs_road", "digs_green")
    file(case, "road", SCHEME_AT + HOUR)
    file(case, "green", SCHEME_AT + 2 * HOUR)
    grant(case, "road", SCHEME_AT + 3 * HOUR)
    pause = case.pauses.get()
    assert (pause.reason, pause.started_at) == ("administrative", SCHEME_AT + HOUR)
    assert pause.ended_at is None
    grant(case, "green", SCHEME_AT + 4 * HOUR)
    pause.refresh_from_db()
    assert pause.ended_at == SCHEME_AT + 4 * HOUR
    assert Application.objects.get(pk=case.pk).paused_reason == ""


def test_a_promise_that_allows_no_such_pause_runs_on_and_the_record_says_so_once():
    Promise.objects.filter(kind="application").update(pause_reasons=["payment"])
    policy.forget()
    case = designed("digs_road", "digs_green")
    file(case, "road")
    file(case, "green")
    assert not case.pauses.exists()
    assert actions(case).count("permits_not_paused") == 1


def test_a_refused_permit_is_filed_again_with_another_limit():
    case = designed("digs_road")
    file(case, "road")
    go(case, "permit_refused", SCHEME_AT + DAY, permit="road", why="缺交通组织方案")
    assert permit(case, "road").note == "缺交通组织方案"
    assert Application.objects.get(pk=case.pk).paused_reason == ""
    file(case, "road", SCHEME_AT + 2 * DAY, number="SL-2")
    again = permit(case, "road")
    assert (again.state, again.number) == ("filed", "SL-2")
    assert again.due_at == datetime(2026, 11, 25, 18, 0, tzinfo=SHANGHAI)
    assert case.pauses.count() == 2


def test_what_is_not_needed_after_all_holds_up_nothing():
    case = designed("digs_green")
    go(case, "permit_void", permit="green", why="改走人行道")
    assert (permit(case, "green").state, job(case)) == ("void", "done")


def test_a_permit_that_the_scheme_forgot_is_added():
    case = designed("digs_road")
    go(case, "permit_add", permit="traffic")
    assert permit(case, "traffic").state == "wanted"
    with pytest.raises(Conflict):
        go(case, "permit_add", permit="traffic")


@pytest.mark.parametrize(
    ("details", "until"),
    [
        ({"road_opened_on": "2022-03-01"}, "2027-02-28"),
        ({"road_opened_on": "2024-06-01", "road_overhauled": True}, "2027-05-31"),
        ({"road_opened_on": "2024-02-29"}, "2029-02-28"),
    ],
)
def test_a_young_road_is_flagged_and_waits_for_a_lead(details, until):
    case = designed("digs_road", **details)
    assert str(permit(case, "road").protected_until) == until
    assert case.events.get(action="permits_needed").data["protected_until"] == until
    with pytest.raises(Conflict, match="保护期"):
        file(case, "road")
    with pytest.raises(NotAllowed):
        go(case, "permit_override", by=staff("clerk"), permit="road", why="急")
    go(case, "permit_override", by=staff("lead"), permit="road", why="无其他路由")
    file(case, "road")
    assert permit(case, "road").state == "filed"


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"road_opened_on": "2021-11-16"},
        {"road_opened_on": "2023-11-16", "road_overhauled": True},
    ],
)
def test_an_old_road_is_not_flagged(details):
    assert permit(designed("digs_road", **details), "road").protected_until is None


def test_in_an_emergency_the_work_comes_first_and_the_permit_after():
    case = designed("digs_road", road_opened_on="2026-01-01")
    with pytest.raises(NotAllowed):
        go(case, "permit_emergency", by=staff("clerk"), why="爆管")
    go(case, "permit_emergency", by=staff("lead"), why="爆管抢修")
    assert job(case) == "done"
    assert permit(case, "road").afterwards
    go(case, "job-external", laid_metres="12")
    go(case, "install", meter_number="Z1")
    go(case, "water_on")
    file(case, "road")
    grant(case, "road")
    assert permit(case, "road").state == "granted"
    assert not case.pauses.exists()


def test_a_case_that_ends_needs_no_permit_any_more():
    case = designed("digs_road")
    file(case, "road")
    go(case, "cancel", SCHEME_AT + 2 * HOUR)
    assert permit(case, "road").state == "void"


def test_a_scheme_from_before_the_application_leaves_it_to_a_person_what_is_needed():
    one = project(survey_on="2026-11-10", scheme_on="2026-11-12", external_line="yes")
    case, _fresh = turning.turn(one.pk, by=staff("clerk"), at=SCHEME_AT)
    assert (job(case), case.permits.count()) == ("ready", 0)
    offered = [row.action for row in allowed(staff("clerk"), case)]
    assert {"permit_add", "job-permits"} <= set(offered)
    go(case, "permit_add", permit="road")
    case = Application.objects.get(pk=case.pk)
    assert "job-permits" not in [row.action for row in allowed(staff("clerk"), case)]


@pytest.mark.parametrize(
    ("action", "changes", "refusal"),
    [
        ("file_permit", {"permit": "green", "number": "1"}, Invalid),
        ("file_permit", {"permit": "road"}, Invalid),
        ("permit_granted", {"permit": "road", "document": "1"}, Conflict),
        ("permit_override", {"permit": "road", "why": "1"}, Conflict),
        ("permit_add", {"permit": "rail"}, Invalid),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(action, changes, refusal):
    case = designed("digs_road")
    with pytest.raises(refusal):
        go(case, action, **changes)
    assert permit(case, "road").state == "wanted"


def test_an_answer_is_given_once():
    case = designed("digs_road", "digs_green")
    file(case, "road")
    file(case, "green")
    grant(case, "road")
    with pytest.raises(Conflict, match="已批准"):
        grant(case, "road")


def test_the_customer_is_never_asked():
    case = designed("digs_road")
    assert not [row for row in allowed(customer(), case) if "permit" in row.action]


@pytest.mark.slow
def test_two_who_grant_the_last_two_at_once_finish_the_job_once(committed):
    case, clerk = designed("digs_road", "digs_green"), staff("clerk")
    file(case, "road")
    file(case, "green")
    ready = threading.Barrier(2)

    def answer(kind):
        ready.wait()
        door.move(
            case.number, "permit_granted", actor=clerk, at=SCHEME_AT + 3 * HOUR,
            changes={"permit": kind, "document": f"PZ-{kind}"},
        )  # fmt: skip
        connection.close()

    threads = [threading.Thread(target=answer, args=[kind]) for kind in ("road", "green")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(case.permits.values_list("state", flat=True)) == {"granted"}
    assert actions(case).count("job-permits") == 1
    assert actions(case).count("resume") == 1
    assert job(case) == "done"
