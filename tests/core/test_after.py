"""办结以后: the call back, the answer, and the complaint that a bad answer opens."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from notifications.models import Message
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_ticket, staff
from tests.finished import answered, finished, with_water
from tickets.models import Ticket
from waterdesk.core import door
from waterdesk.core.after import complaints, links
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.flow import allowed
from waterdesk.core.models import Case
from waterdesk.core.models.after import Aftercare
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db

DONE = MONDAY_0900 + 3 * HOUR


def row_of(case):
    return Aftercare.objects.get(case_id=case.pk)


def call(case, by=None, at=DONE + HOUR, **said):
    return door.move(case.number, "call_back", actor=by or staff("agent"), at=at, changes=said)


def rate(case, value, at=DONE + HOUR, **said):
    changes = {"value": value, "by": "link"} | said
    return door.move(case.number, "rated", actor=None, at=at, changes=changes)


def actions(case):
    return [event.action for event in Case.objects.get(pk=case.pk).events]


def complaints_of(case):
    return Ticket.objects.filter(category="complaint", phone=case.phone)


# --- the call -----------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [finished, answered, with_water])
def test_what_is_done_waits_for_a_call_from_that_instant(make):
    row = row_of(make())
    assert (row.call, row.done_at, row.due_at) == ("waiting", DONE, DONE)


def test_what_ended_on_the_telephone_waits_for_no_call():
    ticket = open_ticket(category="consultation", subtype="", remark="水价多少")
    door.move(
        ticket.number, "settle", actor=staff("agent"), at=DONE, changes={"result": "三元五角"}
    )
    assert row_of(ticket).call == ""


def test_what_is_not_done_has_nothing_after_it():
    assert not Aftercare.objects.filter(case_id=open_ticket().pk).exists()


def test_nobody_else_calls_while_somebody_has_taken_the_call():
    case, other = finished(), staff("agent", name="other")
    door.move(case.number, "take_call", actor=staff("agent"), at=DONE + HOUR)
    with pytest.raises(Conflict):
        door.move(case.number, "take_call", actor=other, at=DONE + HOUR + 14 * MINUTE)
    with pytest.raises(Conflict):
        call(case, by=other, at=DONE + HOUR + 14 * MINUTE, call="refused")
    with pytest.raises(Conflict):
        said = {"satisfaction": "satisfied"}
        door.move(case.number, "follow_up", actor=other, at=DONE + HOUR, changes=said)
    assert row_of(case).taken_by == staff("agent")


def test_a_call_that_was_taken_and_not_made_is_free_after_a_quarter_of_an_hour():
    case, other = finished(), staff("agent", name="other")
    door.move(case.number, "take_call", actor=staff("agent"), at=DONE + HOUR)
    door.move(case.number, "take_call", actor=other, at=DONE + HOUR + 15 * MINUTE)
    assert row_of(case).taken_by == other


def test_a_call_that_reached_the_customer_closes_the_ticket_with_the_answer():
    case = finished()
    closed = call(case, call="reached", value="5", reasons=["quick", "kind"], words="师傅好")
    assert (closed.status, closed.satisfaction) == ("closed", "satisfied")
    row = row_of(case)
    assert (row.call, row.called_at) == ("reached", DONE + HOUR)
    assert (row.value, row.reasons, row.words) == (5, ["quick", "kind"], "师傅好")
    rated = closed.events.get(action="rated")
    assert (rated.actor, rated.data["value"], rated.data["by"]) == ("agent-company", 5, "call")
    assert closed.events.filter(action="follow_up", actor="agent-company").count() == 1
    assert list(verify(closed.events)) == []


def test_a_call_about_water_that_runs_keeps_the_answer_and_leaves_the_rest_open():
    case = call(with_water(), call="reached", value="4")
    assert (case.status, case.satisfaction) == ("water_on", 4)


def test_who_was_reached_is_asked_for_a_grade():
    with pytest.raises(Invalid) as refused:
        call(finished(), call="reached")
    assert set(refused.value.fields) == {"value"}


def test_after_three_tries_nobody_calls_any_more():
    case = finished()
    for tries in (1, 2):
        call(case, at=DONE + tries * DAY, call="unreached")
        assert row_of(case).call == "waiting"
    assert row_of(case).due_at > DONE + 2 * DAY
    closed = call(case, at=DONE + 3 * DAY, call="unreached")
    assert (closed.status, closed.satisfaction) == ("closed", "unreachable")
    assert (row_of(case).call, row_of(case).attempts) == ("unreached", 3)
    with pytest.raises(Conflict):
        call(case, at=DONE + 4 * DAY, call="unreached")


def test_a_call_is_put_off_to_the_time_the_customer_named():
    case, then = finished(), DONE + 2 * DAY
    call(case, call="later", when=then.isoformat())
    assert (row_of(case).call, row_of(case).due_at, row_of(case).attempts) == ("waiting", then, 0)


@pytest.mark.parametrize("when", [None, DONE, DONE + 40 * DAY])
def test_a_call_is_put_off_neither_into_the_past_nor_for_ever(when):
    said = {"when": when.isoformat()} if when else {}
    with pytest.raises(Invalid) as refused:
        call(finished(), call="later", **said)
    assert set(refused.value.fields) == {"when"}


def test_who_will_not_be_asked_is_left_alone():
    closed = call(finished(), call="refused")
    assert (closed.status, closed.satisfaction) == ("closed", "refused")


def test_the_follow_up_on_the_case_page_is_the_same_call():
    case = finished()
    said = {"satisfaction": "satisfied"}
    door.move(case.number, "follow_up", actor=staff("agent"), at=DONE + HOUR, changes=said)
    row = row_of(case)
    assert (row.call, row.value, row.rated_by) == ("reached", 4, "call")


def test_a_late_ticket_is_called_at_once_and_closes_when_its_lateness_is_explained():
    case = finished(after=40 * HOUR)
    at = MONDAY_0900 + 41 * HOUR
    assert call(case, at=at, call="reached", value="5").status == "finished"
    why = {"reason": "crew-short", "note": "两处同时爆管"}
    closed = door.move(case.number, "explain", actor=staff("lead"), at=at + HOUR, changes=why)
    assert (closed.status, closed.satisfaction) == ("closed", "satisfied")


def test_a_customer_takes_no_call_and_a_stranger_no_answer():
    case = finished()
    with pytest.raises(NotAllowed):
        door.move(case.number, "take_call", actor=customer(case.phone), at=DONE + HOUR)
    answer = {"value": 5, "by": "link"}
    with pytest.raises(NotAllowed):
        door.move(case.number, "rated", actor=staff("admin"), at=DONE, changes=answer)
    assert "rated" not in [each.action for each in allowed(staff("admin"), case, DONE)]


def test_work_that_goes_on_again_calls_nobody_and_voids_the_link():
    case = finished()
    token = links.token(case.pk, row_of(case).link_serial)
    door.move(case.number, "reopen", actor=staff("agent"), at=DONE + HOUR)
    assert row_of(case).call == ""
    assert links.opened_by(token, DONE + HOUR) is None
    result = {"result": "重新更换管段"}
    crew = staff("field", "east-1")
    door.move(case.number, "arrive", actor=crew, at=DONE + 2 * HOUR)
    door.move(case.number, "contain", actor=crew, at=DONE + 2 * HOUR)
    door.move(case.number, "finish", actor=crew, at=DONE + 3 * HOUR, changes=result)
    assert (row_of(case).call, row_of(case).due_at) == ("waiting", DONE + 3 * HOUR)
    assert Message.objects.filter(case=case.number, key="after.rate.customer").count() == 2
    assert links.opened_by(token, DONE + 4 * HOUR) is None


def test_work_that_goes_on_again_leaves_the_list_of_calls_that_were_made():
    case = finished()
    call(case, call="reached", value="2")
    door.move(case.number, "reopen", actor=staff("agent"), at=DONE + 2 * HOUR)
    assert (row_of(case).called_at, row_of(case).value) == (None, 2)


@pytest.mark.parametrize(
    ("make", "migration"),
    [
        (finished, "tickets.migrations.0004_after_waiting"),
        (with_water, "applications.migrations.0015_after"),
    ],
)
def test_a_desk_at_work_calls_back_what_was_done_before(make, migration):
    case = make()
    Aftercare.objects.filter(case_id=case.pk).delete()
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(import_module(migration).WAITS)
    row = row_of(case)
    assert (row.call, row.done_at, row.link_until) == ("waiting", DONE, None)
    call(case, call="reached", value="5")
    assert row_of(case).value == 5


# --- the link -----------------------------------------------------------------------------------
def test_the_customer_is_sent_a_link_that_staff_do_not_read(settings):
    case = with_water()
    message = Message.objects.get(case=case.number, key="after.rate.customer")
    token = links.token(case.pk, 1)
    assert f"{settings.SITE_URL}/s/{token}/" in message.body
    assert (message.secret, message.address) == (True, case.phone)
    assert links.opened_by(token, DONE + DAY).case_id == case.pk


def test_a_link_opens_for_thirty_days():
    case = finished()
    token = links.token(case.pk, 1)
    assert links.opened_by(token, DONE + timedelta(days=30) - MINUTE) is not None
    assert links.opened_by(token, DONE + timedelta(days=30)) is None


def test_a_link_that_was_changed_in_any_place_opens_nothing():
    token = links.token(finished().pk, 1)
    forged = [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(24)]
    assert [each for each in forged if links.opened_by(each, DONE + HOUR)] == []
    assert links.opened_by("", DONE) is None
    assert links.opened_by("水" * 24, DONE) is None


def test_a_lead_voids_a_link(settings):
    case = finished()
    door.move(case.number, "revoke_link", actor=staff("lead"), at=DONE + HOUR)
    assert links.opened_by(links.token(case.pk, 1), DONE + HOUR) is None
    assert links.opened_by(links.token(case.pk, 2), DONE + HOUR) is None


def test_a_new_key_leaves_the_links_of_the_old_one_open(settings):
    case = finished()
    token = links.token(case.pk, 1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert links.opened_by(token, DONE + HOUR) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert links.opened_by(token, DONE + HOUR) is None


def test_an_answer_by_link_is_a_follow_up_and_closes_the_ticket():
    closed = rate(finished(), 4, reasons=["quick"])
    row = row_of(closed)
    assert (closed.status, closed.satisfaction) == ("closed", "satisfied")
    assert (row.call, row.value, row.rated_by) == ("answered", 4, "link")
    data = closed.events.get(action="rated").data
    assert (data["value"], data["reasons"], data["by"]) == (4, ["quick"], "link")


def test_an_answer_may_be_changed_and_both_stand_in_the_record():
    case = with_water()
    rate(case, 5)
    changed = rate(case, 3, at=DONE + 2 * HOUR, reasons=["slow"])
    assert (changed.satisfaction, row_of(case).value, row_of(case).reasons) == (3, 3, ["slow"])
    told = changed.events.filter(action="rated").order_by("seq")
    assert [each.data["value"] for each in told] == [5, 3]


@pytest.mark.parametrize("value", [0, 6])
def test_no_grade_but_one_to_five(value):
    with pytest.raises(Invalid):
        rate(finished(), value)


def test_a_reason_of_the_other_list_is_left_out():
    case = finished()
    rate(case, 2, reasons="slow,kind")
    assert row_of(case).reasons == ["slow"]


# --- the complaint ------------------------------------------------------------------------------
def test_a_bad_answer_opens_a_complaint_that_says_why():
    case = with_water()
    rate(case, 1, reasons=["slow", "unsolved"], words="来了三次")
    complaint = complaints_of(case).get()
    assert row_of(case).complaint_id == complaint.pk
    assert complaint.area == case.area
    for said in (case.number, "1 分", "办得慢", "问题没有解决", "来了三次"):
        assert said in complaint.remark
    assert complaint.clocks.filter(code="answer").exists()
    told = Case.objects.get(pk=case.pk).events.get(action="complaint_opened")
    assert told.data == {"complaint": complaint.number}


def test_a_fair_answer_opens_none():
    case = finished()
    rate(case, 3)
    assert not complaints_of(case).exists()


def test_one_case_opens_one_complaint_whatever_is_repeated_or_changed():
    case = finished()
    for hours, value in enumerate([2, 2, 5, 1], 1):
        rate(case, value, at=DONE + hours * HOUR)
    assert complaints_of(case).count() == 1


def test_what_is_said_later_goes_to_the_same_complaint():
    case = finished()
    rate(case, 2)
    rate(case, 2, at=DONE + 2 * HOUR, words="表井没盖好")
    assert "表井没盖好" in complaints_of(case).get().events.get(action="note").data["note"]


def test_a_bad_answer_on_the_telephone_opens_one_as_well():
    case = finished()
    call(case, call="reached", value="2", words="没修好")
    assert complaints_of(case).get().channel == "hotline"


def test_a_bad_answer_where_the_customer_confirms_opens_one_as_well():
    case = with_water()
    said = {"satisfaction": "1"}
    door.move(case.number, "confirm", actor=customer(case.phone), at=DONE + HOUR, changes=said)
    assert (row_of(case).rated_by, row_of(case).call) == ("page", "answered")
    assert complaints_of(case).count() == 1


def test_a_bad_answer_about_such_a_complaint_opens_no_other():
    case = finished()
    rate(case, 1)
    complaint = complaints_of(case).get()
    done = DONE + 2 * HOUR
    said = {"result": "已上门致歉"}
    door.move(complaint.number, "answer", actor=staff("lead"), at=done, changes=said)
    rate(complaint, 1, at=done + HOUR)
    assert complaints_of(case).count() == 1
    assert row_of(complaint).complaint_id is None


def test_a_crash_between_the_answer_and_the_complaint_leaves_neither(monkeypatch):
    case, opener = finished(), complaints._openers[0]

    def crash(grievance, at):
        opener(grievance, at)
        raise MemoryError

    monkeypatch.setattr(complaints, "_openers", [crash])
    with pytest.raises(MemoryError):
        rate(case, 1)
    assert (row_of(case).value, "rated" in actions(case)) == (None, False)
    assert not complaints_of(case).exists()

    monkeypatch.setattr(complaints, "_openers", [opener])
    rate(case, 1)
    assert (row_of(case).value, complaints_of(case).count()) == (1, 1)
