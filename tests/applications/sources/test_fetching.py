"""From an opened application to its facts: what is due, what comes in, what the record says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.models import FactsDue, FetchedFact
from applications.sources.fetching import LATER, LEASE, fetch_next, outcomes_of
from applications.sources.outcomes import Known, Unknown, Why
from applications.sources.tasks import fetch_facts
from notifications import nudge
from tests.applications.sources.far_end import KEY
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.disclosure import for_customer
from waterdesk.core.errors import Conflict, NotAllowed
from waterdesk.core.flow import allowed, flow_of
from waterdesk.core.record import verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

LATER_ON = MONDAY_0900 + MINUTE
USCC = "91350100M000100Y43"


def company(**over):
    given = {
        "applicant_kind": "organisation",
        "name": "示例物流公司",
        "uscc": USCC,
        "calibre_mm": 80,
    }
    return open_application(**given | {"use": "non-residential"} | over)


def fetched(case):
    return {row.code: row.outcome for row in case.fetched.all()}


def came(case):
    return [event.data for event in case.events.filter(action="facts_came")]


def again_at(case):
    return FactsDue.objects.get(case=case).next_at


def test_what_a_household_needs_comes_from_three_sources(sources):
    case = open_application()
    assert fetch_next(LATER_ON)
    assert fetched(case) == {"identity": "known", "ownership": "known", "arrears": "known"}
    assert {row.fetched_at for row in case.fetched.all()} == {LATER_ON}


def test_a_company_is_looked_up_by_its_credit_code(sources):
    case = company()
    fetch_next(LATER_ON)
    assert sources.asked_at("/registry") == [{"uscc": USCC}]
    assert outcomes_of(case)["registration"] == Known(
        {"status": "active", "name_matches": True}, "registry", LATER_ON
    )


def test_the_record_says_what_each_came_to_and_nothing_personal(sources):
    sources.told("/arrears", 200, {"owed": "8123.45", "since": "2026-01-05"})
    sources.told("/property", 200, {"owner": "李四光", "acquired_on": None, "legal": True})
    case = open_application()
    fetch_next(LATER_ON)
    [said] = came(case)
    assert said == {
        "from": "accepted",
        "to": "accepted",
        "identity": "match",
        "ownership": "other-owner",
        "arrears": "owed",
    }
    assert list(verify(case.events)) == []


def test_of_others_nothing_is_kept(sources):
    sources.told("/property", 200, {"owner": "李四光", "acquired_on": None, "legal": True})
    case = open_application()
    fetch_next(LATER_ON)
    assert "李四光" not in str([row.value for row in case.fetched.all()])


def test_the_desk_itself_made_the_move_and_the_customer_does_not_read_it(sources):
    case = open_application()
    fetch_next(LATER_ON)
    event = case.events.get(action="facts_came")
    assert (event.actor, event.at) == ("", LATER_ON)
    assert for_customer(event, flow_of(case), frozenset()) is None


def test_no_person_may_make_that_move(sources):
    case, admin = open_application(), staff("admin")
    assert "facts_came" not in {move.action for move in allowed(admin, case)}
    with pytest.raises(NotAllowed):
        door.move(case.number, "facts_came", actor=admin, at=LATER_ON)


def test_arrears_refuse_nobody(sources):
    sources.told("/arrears", 200, {"owed": "500.00", "since": None})
    case = open_application()
    fetch_next(LATER_ON)
    case.refresh_from_db()
    assert (case.status, case.outcome, case.closed_at) == ("accepted", "", None)


def test_asking_twice_changes_nothing(sources):
    case = open_application()
    fetch_next(LATER_ON)
    FactsDue.objects.update(next_at=LATER_ON)
    fetch_next(LATER_ON + HOUR)
    assert len(came(case)) == 1
    assert len(sources.asked) == 3


def test_once_all_is_known_nothing_is_due(sources):
    case = open_application()
    fetch_next(LATER_ON)
    assert again_at(case) is None
    assert not fetch_next(LATER_ON + DAY)


def test_what_was_not_answered_in_time_is_asked_again_and_then_left_to_the_survey(sources):
    sources.told("/property", 503)
    case = open_application()
    at, waited = LATER_ON, []
    fetch_next(at)
    for pause in LATER:
        waited.append(again_at(case) - at)
        at += pause
        fetch_next(at)
    assert waited == list(LATER)
    assert again_at(case) is None
    assert len(came(case)) == 1
    assert outcomes_of(case)["ownership"] == Unknown(Why.TIMEOUT)


def test_what_comes_later_is_added_to_the_record_and_the_rest_not_asked_again(sources):
    sources.told("/property", 503)
    case = open_application()
    fetch_next(LATER_ON)
    sources.answers.clear()
    fetch_next(LATER_ON + LATER[0])
    assert [sorted(said.keys() - {"from", "to"}) for said in came(case)] == [
        ["arrears", "identity", "ownership"],
        ["ownership"],
    ]
    assert fetched(case)["ownership"] == "known"
    assert len(sources.asked_at("/identity")) == 1


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [(404, None, "not-found"), (403, None, "refused"), (200, {"match": "?"}, "malformed")],
)
def test_what_no_other_try_would_mend_is_not_asked_again(sources, status, body, why):
    sources.told("/identity", status, body)
    case = open_application()
    fetch_next(LATER_ON)
    assert fetched(case)["identity"] == why
    assert again_at(case) is None


def test_what_is_not_connected_is_kept_as_such(sources, elsewhere):
    elsewhere("property", "")
    case = open_application()
    fetch_next(LATER_ON)
    assert fetched(case)["ownership"] == "not-connected"


@pytest.mark.usefixtures("unconnected")
def test_where_nothing_is_connected_nothing_is_due():
    open_application()
    assert not FactsDue.objects.exists()


def test_where_nothing_that_is_needed_is_connected_nothing_is_due(settings):
    settings.SOURCES = dict.fromkeys(("identity", "property", "arrears"), ("", "")) | {
        "registry": ("http://127.0.0.1:1/", KEY)
    }
    open_application()
    assert not FactsDue.objects.exists()


def test_opening_asks_nobody_and_nudges_the_worker_after_the_commit(
    sources, monkeypatch, django_capture_on_commit_callbacks
):
    nudged = []
    monkeypatch.setattr(nudge, "nudge", lambda *task: nudged.extend(each.name for each in task))
    with django_capture_on_commit_callbacks(execute=True):
        open_application()
        assert nudged == []
    assert sources.asked == []
    assert "applications.fetch_facts" in nudged


def test_one_run_of_the_task_works_off_all_that_is_due(sources):
    cases = [
        open_application(phone=f"1381234{n:04d}", address=f"城东区朝阳路 {n} 号") for n in range(3)
    ]
    assert fetch_facts() == 3
    assert [len(came(case)) for case in cases] == [1, 1, 1]


def test_a_pause_does_not_keep_the_facts_away(sources):
    case = open_application()
    reason = {"reason": "site-not-ready"}
    door.move(case.number, "pause", actor=staff("lead"), at=LATER_ON, changes=reason)
    fetch_next(LATER_ON + MINUTE)
    assert len(came(case)) == 1


def test_of_an_application_that_has_ended_nobody_is_asked(sources):
    case = open_application()
    door.move(case.number, "cancel", actor=staff("lead"), at=LATER_ON)
    assert fetch_next(LATER_ON + MINUTE)
    assert sources.asked == []
    assert again_at(case) is None


def test_the_door_takes_no_answers_for_what_has_ended(sources):
    case = open_application()
    door.move(case.number, "cancel", actor=staff("lead"), at=LATER_ON)
    with pytest.raises(Conflict):
        door.by_desk(case.number, lambda _case: door.Doing("facts_came"), at=LATER_ON)
    assert came(case) == []


def test_a_killed_workers_application_is_found_again_when_its_lease_is_over(sources):
    case = open_application()
    FactsDue.objects.filter(case=case).update(next_at=LATER_ON + LEASE, tries=1)
    assert not fetch_next(LATER_ON + LEASE - timedelta(seconds=1))
    assert fetch_next(LATER_ON + LEASE)
    assert len(came(case)) == 1


def test_the_one_that_has_waited_longest_is_first(sources):
    second = open_application(
        at=MONDAY_0900 + MINUTE, phone="13812345679", address="城东区建设路 9 号"
    )
    first = open_application(at=MONDAY_0900)
    fetch_next(LATER_ON)
    assert (len(came(first)), len(came(second))) == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "known", "value": {}},
        {"outcome": "timeout", "value": {"matches": True}},
    ],
)
def test_the_database_holds_no_fact_without_a_value_nor_a_value_without_a_fact(wrong):
    given = {"case": open_application(), "code": "identity", "source": "identity"}
    with pytest.raises(IntegrityError), transaction.atomic():
        FetchedFact.objects.create(fetched_at=LATER_ON, **given, **wrong)


def test_the_database_holds_each_fact_of_a_case_once(sources):
    case = open_application()
    fetch_next(LATER_ON)
    row = case.fetched.get(code="identity")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
