"""转为报装: once, through the door, with what was done beforehand in the record."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from applications import projects
from applications.models import Application, Project
from applications.projects import found, rows, turning
from notifications.models import Message
from tests.applications.projects.made import project
from tests.factories import DAY, MONDAY_0900, open_application, staff
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db


def surveyed(**over):
    return project(survey_on="2026-11-10", scheme_on="2026-11-12", **over)


def turn(one, by=None, at=MONDAY_0900 + DAY):
    return turning.turn(one.pk, by=by or staff("clerk"), at=at)


def refusal_of(**over):
    with pytest.raises(Invalid) as refused:
        turn(project(**over))
    return set(refused.value.fields)


def test_a_project_becomes_an_application_and_both_know_it():
    one = surveyed(uscc="91512081MA62K0260E", external_line="yes")
    application, fresh = turn(one)
    one.refresh_from_db()
    assert fresh
    assert one.application == application
    assert application.found_as == one
    assert one.stage.code == "turned"
    assert (application.name, application.contact) == ("滨江置业有限公司", "王工")
    assert (application.area.code, application.calibre_mm, application.external_line) == (
        "east-1", 150, True,
    )  # fmt: skip
    assert one.changes.get(action="turn").data["application"] == [None, application.number]


def test_the_record_says_which_project_and_what_was_done_before_anything_is_decided():
    application, _fresh = turn(surveyed())
    events = list(application.events)
    assert [event.action for event in events][:2] == ["open", "from_project"]
    said = application.events.get(action="from_project")
    assert (said.data["project"], said.data["done"]) == ("XM-1", ["survey", "scheme"])
    assert said.actor == ""
    assert list(verify(events)) == []


@pytest.mark.parametrize(
    ("done", "jobs"),
    [({}, set()), ({"survey_on": "2026-11-10"}, {"survey"}),
     ({"survey_on": "2026-11-10", "scheme_on": "2026-11-12"}, {"survey", "scheme"})],
)  # fmt: skip
def test_what_was_done_before_is_known_of_the_application(done, jobs):
    application, _fresh = turn(project(**done))
    assert projects.done_before(Application.objects.get(pk=application.pk)) == jobs
    assert projects.done_before(application) == jobs


def test_what_the_scheme_found_makes_the_permits_of_the_application():
    found = {"pipe_metres": "120", "digs_road": "yes", "digs_green": "no"}
    application, _fresh = turn(surveyed(external_line="yes", road_opened_on="2016-05-01", **found))
    assert application.jobs.get(code="scheme").result == {
        "pipe_metres": 120.0, "digs_road": True, "digs_green": False,
        "road_opened_on": "2016-05-01",
    }  # fmt: skip
    assert [permit.kind for permit in application.permits.all()] == ["road"]


def test_a_scheme_of_which_nothing_was_noted_leaves_the_permits_to_a_person():
    application, _fresh = turn(surveyed(external_line="yes"))
    assert application.jobs.get(code="permits").state == "ready"
    assert not application.permits.exists()


def test_what_we_found_ourselves_brought_nobody_to_a_counter():
    application, _fresh = turn(surveyed())
    assert application.channel == "field"
    assert application.burden_trips == 0


def test_of_an_application_that_nobody_foresaw_nothing_was_done():
    assert projects.done_before(open_application()) == frozenset()


def test_the_contact_gets_the_ordinary_message():
    application, _fresh = turn(surveyed(calibre_mm="40"))
    told = Message.objects.filter(case=application.number, channel="sms", address="13700001111")
    assert [message.key for message in told] == ["application.accept.customer"]


def test_clicked_twice_there_is_one_application():
    one = surveyed()
    first, _fresh = turn(one)
    second, again = turn(one, by=staff("lead", "east"))
    assert (first.pk, again) == (second.pk, False)
    assert Application.objects.count() == 1


def test_what_is_missing_is_told_in_the_projects_own_fields():
    assert refusal_of(phone="", calibre_mm="") == {"phone", "calibre_mm"}
    assert refusal_of(code="XM-2", phone="0731-88886666") == {"phone"}
    assert Application.objects.count() == 0


def test_what_has_become_an_application_is_changed_there():
    one = surveyed()
    turn(one)
    with pytest.raises(Conflict):
        rows.change(one.pk, {"name": "x"}, by=staff("clerk"), at=MONDAY_0900)


def test_another_branch_and_those_who_only_read_do_not_turn_it():
    one = surveyed()
    with pytest.raises(NotFound):
        turn(one, by=staff("lead", "west"))
    with pytest.raises(NotAllowed):
        turn(one, by=staff("supervisor"))


def test_a_later_change_of_the_list_changes_no_record():
    one = surveyed()
    application, _fresh = turn(one)
    Project.objects.filter(pk=one.pk).update(survey_on=None)
    known = Application.objects.get(pk=application.pk)
    assert projects.done_before(known) == {"survey", "scheme"}


def test_the_share_of_demands_found_before_they_were_asked_follows_from_the_record():
    company = {"applicant_kind": "organisation", "use": "non-residential", "calibre_mm": 40}
    turn(surveyed())
    open_application(**company)
    open_application(phone="13800000009")  # a household is none of these
    boss = staff("supervisor")
    this, *before = found.months(boss, (MONDAY_0900 + DAY).date())
    assert (this.all, this.found, this.share) == (2, 1, 50)
    assert {(month.all, month.found, month.share) for month in before} == {(0, 0, None)}
    behind = found.of_month(boss, this.first, foreseen=True)
    told = [case for case in found.asked(boss) if case.events.filter(action="from_project")]
    assert list(behind) == told
    assert found.of_month(boss, this.first, foreseen=False).count() == 2
    assert found.months(staff("supervisor", "west"), (MONDAY_0900 + DAY).date())[0].all == 0


@pytest.mark.slow
def test_of_two_at_once_the_second_finds_what_the_first_made(committed):
    one, clerk = surveyed(), staff("clerk")
    ready, made = threading.Barrier(2), []

    def click():
        ready.wait()
        made.append(turn(one, by=clerk))
        connection.close()

    threads = [threading.Thread(target=click) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({application.pk for application, _fresh in made}) == 1
    assert sorted(fresh for _application, fresh in made) == [False, True]
