"""重新办理: what had ended goes on, with a new promise beside the one that was made before."""

from __future__ import annotations

import pytest
from django.test import Client

from notifications.models import Message
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_application, staff
from tests.web.desk import as_role, client_of, text_of
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.flow import allowed, steps_of
from waterdesk.core.models import Utility
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

CLOSED = MONDAY_0900 + 3 * HOUR
NEXT_DAY = MONDAY_0900 + DAY


def go(case, action, by=None, at=MONDAY_0900 + MINUTE, note="", **changes):
    return door.move(case.number, action, actor=by, at=at, note=note, changes=changes)


def with_water(at=MONDAY_0900, **over):
    """An application that is closed three hours after it was opened, in time."""
    case = open_application(at=at, **over)
    plumber = staff("field", "east")
    go(case, "assign", staff("lead", "east"), at, handler=plumber.username)
    go(case, "survey", plumber, at + HOUR)
    go(case, "install", plumber, at + HOUR, meter_number="ZZ-1")
    go(case, "water_on", plumber, at + 2 * HOUR)
    return go(case, "confirm", customer(), at + 3 * HOUR)


def reopen(case, by=None, at=NEXT_DAY, status="installed"):
    return go(case, "reopen", by or customer(), at, status=status)


def clocks(case):
    return list(case.clocks.order_by("pk"))


def offered(case, user, at):
    return [move.action for move in allowed(user, case, at)]


@pytest.mark.parametrize("status", ["installed", "surveyed"])
def test_the_work_goes_on_where_the_fault_is_and_a_new_promise_runs(status):
    case = reopen(with_water(), status=status)
    case.refresh_from_db()
    assert (case.status, case.closed_at, case.reopened) == (status, None, 1)
    before, again = clocks(case)
    assert (before.state, before.stopped_at) == ("met", MONDAY_0900 + 2 * HOUR)
    assert (again.state, again.started_at) == ("running", NEXT_DAY)
    assert again.due_at == NEXT_DAY.replace(hour=14, minute=30)
    assert list(verify(case.events)) == []


def test_what_was_done_again_is_closed_again():
    case = reopen(with_water(), status="surveyed")
    plumber = staff("field", "east")
    go(case, "install", plumber, NEXT_DAY + HOUR, meter_number="ZZ-2")
    go(case, "water_on", plumber, NEXT_DAY + 2 * HOUR)
    case = go(case, "confirm", customer(), NEXT_DAY + 3 * HOUR)
    assert (case.status, case.meter_number) == ("closed", "ZZ-2")
    assert [clock.state for clock in clocks(case)] == ["met", "met"]


def test_the_second_promise_is_broken_for_itself():
    case = reopen(with_water())
    sweep(NEXT_DAY + DAY)
    assert [clock.state for clock in clocks(case)] == ["met", "breached"]
    case.refresh_from_db()
    assert case.explanation == "owed"


def test_an_explanation_that_was_accepted_stays_so():
    case = open_application()
    plumber, lead = staff("field", "east"), staff("lead", "east")
    late = MONDAY_0900 + 8 * HOUR
    go(case, "assign", lead, late, handler=plumber.username)
    go(case, "survey", plumber, late)
    go(case, "install", plumber, late, meter_number="ZZ-1")
    go(case, "water_on", plumber, late)
    go(case, "explain", plumber, late, reason="crew-short", note="两处同时施工")
    go(case, "accept_explanation", lead, late)
    case = reopen(go(case, "confirm", customer(), late), at=late + HOUR)
    assert case.explanation == "accepted"
    before, again = clocks(case)
    assert (before.state, before.cause, before.cause_accepted) == ("breached", "crew-short", True)
    assert (again.state, again.cause) == ("running", "")


@pytest.mark.parametrize(("days", "fits"), [(30, True), (31, False)])
def test_it_may_be_asked_for_until_the_last_of_the_days(days, fits):
    case = with_water()
    at = CLOSED + days * DAY
    assert ("reopen" in offered(case, customer(), at)) is fits
    assert ("reopen" in offered(case, staff("clerk"), at)) is fits


def test_after_that_it_is_refused_in_words():
    with pytest.raises(Conflict, match="超过 30 天"):
        reopen(with_water(), at=CLOSED + 31 * DAY)


def test_the_utility_says_how_many_days():
    case = with_water()
    Utility.objects.update(days_to_reopen=2)
    Utility.touch()
    policy.forget()
    with pytest.raises(Conflict, match="超过 2 天"):
        reopen(case, at=CLOSED + 3 * DAY)
    assert reopen(case, at=CLOSED + 2 * DAY).reopened == 1


def test_what_is_wrong_must_be_said():
    case = with_water()
    for wrong in ({}, {"status": "pending"}):
        with pytest.raises(Invalid) as refusal:
            go(case, "reopen", customer(), NEXT_DAY, **wrong)
        assert list(refusal.value.fields) == ["status"]


def test_a_plumber_takes_nothing_up_again():
    with pytest.raises(NotAllowed):
        reopen(with_water(), by=staff("field", "east"))


def test_what_is_under_way_cannot_be_reopened():
    case = open_application()
    with pytest.raises(Conflict):
        reopen(case, by=staff("clerk"))


def test_customer_and_plumber_are_told_and_the_lead_s_lead_the_second_time():
    staff("lead", "east")
    upper = staff("lead", "company")
    inbox = Message.objects.filter(recipient=upper, key="application.reopen.upper")
    case = reopen(with_water())
    assert not inbox.exists()
    keys = set(Message.objects.filter(case=case.number).values_list("key", flat=True))
    assert {"application.reopen.customer", "application.reopen.handler"} <= keys
    go(case, "water_on", staff("field", "east"), NEXT_DAY + HOUR)
    go(case, "confirm", customer(), NEXT_DAY + HOUR)
    assert reopen(case, at=NEXT_DAY + 2 * HOUR).reopened == 2
    assert inbox.filter(channel="inbox").count() == 1


@pytest.mark.parametrize(
    ("ending", "by", "changes"),
    [("cancel", "customer", {}), ("refuse", "clerk", {"reason": "arrears"})],
)
def test_what_ended_by_mistake_goes_on_where_it_stood(ending, by, changes):
    person = {"customer": customer(), "clerk": staff("clerk")}[by]
    case = open_application()
    go(case, "assign", staff("lead", "east"), handler=staff("field", "east").username)
    go(case, "survey", staff("field", "east"))
    ended = go(case, ending, person, **changes)
    back = go(ended, "reinstate", staff("clerk"), NEXT_DAY, note="点错了")
    assert (back.status, back.closed_at, back.reopened, back.outcome) == ("surveyed", None, 1, "")
    before, again = clocks(back)
    assert before.stopped_at == MONDAY_0900 + MINUTE
    assert (again.state, again.started_at) == ("running", NEXT_DAY)
    assert list(verify(back.events)) == []


def test_a_mistake_is_taken_back_by_the_desk_alone_and_with_a_reason():
    case = go(open_application(), "cancel", customer())
    with pytest.raises(NotAllowed):
        go(case, "reinstate", customer(), note="我点错了")
    with pytest.raises(Invalid) as refusal:
        go(case, "reinstate", staff("clerk"))
    assert list(refusal.value.fields) == ["note"]
    assert "reopen" not in offered(case, staff("clerk"), NEXT_DAY)


def test_one_mistake_after_another_tells_the_lead_s_lead():
    upper = staff("supervisor")
    case = open_application()
    for n in (1, 2):
        go(case, "cancel", customer(), MONDAY_0900 + n * HOUR)
        go(case, "reinstate", staff("clerk"), MONDAY_0900 + n * HOUR, note="点错了")
    told = Message.objects.filter(recipient=upper, key="application.reinstate.upper")
    assert told.filter(channel="inbox").count() == 1


def test_what_ended_twice_counts_whichever_way_it_was_taken_up_again():
    upper = staff("supervisor")
    case = reopen(with_water(), status="surveyed")
    go(case, "cancel", customer(), NEXT_DAY + HOUR)
    case = go(case, "reinstate", staff("clerk"), NEXT_DAY + 2 * HOUR, note="点错了")
    assert (case.status, case.reopened) == ("surveyed", 2)
    told = Message.objects.filter(recipient=upper, key="application.reinstate.upper")
    assert told.filter(channel="inbox").count() == 1


def test_the_customer_may_hurry_us_anew():
    case = open_application()
    plumber = staff("field", "east")
    go(case, "assign", staff("lead", "east"), handler=plumber.username)
    go(case, "survey", plumber)
    go(case, "chase", customer())
    go(case, "install", plumber, meter_number="ZZ-1")
    go(case, "water_on", plumber, MONDAY_0900 + HOUR)
    case = reopen(go(case, "confirm", customer(), CLOSED), status="surveyed")
    assert "chase" in offered(case, customer(), NEXT_DAY)


def test_the_steps_go_back():
    case = with_water()
    assert [step["status"] for step in steps_of(case)] == ["done", "done"]
    assert [step["status"] for step in steps_of(reopen(case))] == ["done", "active"]


def test_the_customer_reads_it_on_the_tracking_page_with_both_promises(time_machine):
    case = with_water()
    time_machine.move_to(NEXT_DAY, tick=False)
    client = client_of(customer())
    seen = client.get(f"/track/{case.number}/")
    assert "重新办理" in text_of(seen)
    sent = {"status": "surveyed", "seen": str(case.version)}
    assert client.post(f"/track/{case.number}/moves/reopen/", sent).status_code == 302
    text = text_of(client.get(f"/track/{case.number}/"))
    assert "已为您重新办理" in text
    assert "按时完成" in text
    assert "还剩 4 小时" in text
    assert "水表不走" in text


def test_a_look_by_number_reopens_nothing():
    case = with_water()
    assert Client().post(f"/track/{case.number}/moves/reopen/").status_code == 404


def test_staff_see_both_promises_and_how_often(time_machine):
    case = reopen(with_water())
    time_machine.move_to(NEXT_DAY + MINUTE, tick=False)
    text = text_of(as_role("clerk").get(f"/desk/cases/{case.number}/"))
    assert "重新办理 1 次" in text
    assert text.count("两环节通水（无外线）") >= 2


def test_the_programs_reopen_and_read_how_often(time_machine):
    case = with_water()
    time_machine.move_to(NEXT_DAY, tick=False)
    client = client_of(customer())
    sent = {"action": "reopen", "changes": {"status": "installed"}}
    url = f"/api/v1/applications/{case.number}/"
    answer = client.post(f"{url}moves/", sent, content_type="application/json")
    assert answer.status_code == 200, answer.content
    body = client.get(url).json()
    assert (body["status"], body["reopened"]) == ("installed", 1)
    assert [promise["state"] for promise in body["promises"]] == ["met", "running"]
