"""What the rules do not decide: a person does, in time; nobody in time is a yes (超时默许)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from applications import intake
from applications.models import Application
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    application_facts,
    customer,
    open_application,
    staff,
)
from waterdesk.core import door
from waterdesk.core.errors import Conflict
from waterdesk.core.models import Clock
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

UNKNOWN = {"address": "不知何处 1 号"}
NIGHT = MONDAY_0900 + 14 * HOUR
TUESDAY_0800 = MONDAY_0900 + 23 * HOUR


def asked(service, at=MONDAY_0900, **answers):
    facts = application_facts(answers=answers)
    draft = intake.draft(facts, by=None, channel="web", service=service)
    return door.open_case(draft, actor=None, at=at)


def meter_of_a_building(building, at=MONDAY_0900):
    return asked("household-meter", at, households=6, building=building)


def review_of(case):
    return case.clocks.get(code="review")


def test_a_doubt_starts_a_clock_of_its_own():
    clock = review_of(open_application(**UNKNOWN))
    assert (clock.amount, clock.unit, clock.public) == (pytest.approx(0.25), "days", True)
    assert MONDAY_0900 < clock.due_at < MONDAY_0900 + 4 * HOUR


def test_what_is_accepted_at_once_has_none():
    assert not open_application().clocks.filter(code="review").exists()


@pytest.mark.parametrize(("action", "changes"), [("accept", {}), ("refuse", {"reason": "arrears"})])
def test_a_person_who_decides_stops_it(action, changes):
    case = open_application(**UNKNOWN)
    at = MONDAY_0900 + 10 * MINUTE
    door.move(case.number, action, actor=staff("clerk"), at=at, changes=changes)
    clock = review_of(case)
    assert (clock.state, clock.stopped_at) == (Clock.State.MET, at)


def test_nobody_in_time_is_a_yes_at_the_true_instant():
    case = open_application(**UNKNOWN)
    due = review_of(case).due_at
    sweep(due - MINUTE)
    case.refresh_from_db()
    assert case.status == "pending"
    sweep(due + 3 * HOUR)
    case.refresh_from_db()
    accepted = case.events.get(action="accept")
    assert (case.status, accepted.at, accepted.actor) == ("accepted", due, "")
    assert accepted.data["promise"] == "review"
    assert list(verify(case.events)) == []


def test_what_comes_at_night_is_reviewed_in_the_morning():
    case = open_application(at=NIGHT, **UNKNOWN)
    sweep(TUESDAY_0800)
    case.refresh_from_db()
    assert case.status == "pending"
    assert review_of(case).due_at > TUESDAY_0800
    sweep(NIGHT + DAY)
    case.refresh_from_db()
    assert case.status == "accepted"


def test_a_person_who_comes_too_late_is_told_that_it_is_accepted():
    case = open_application(**UNKNOWN)
    with pytest.raises(Conflict, match="已受理"):
        door.move(case.number, "accept", actor=staff("clerk"), at=MONDAY_0900 + DAY)


def test_the_customer_reads_that_silence_is_a_yes(client, time_machine):
    case = open_application(**UNKNOWN)
    time_machine.move_to(MONDAY_0900 + MINUTE)
    client.force_login(customer())
    page = client.get(reverse("track", args=[case.number])).content.decode()
    assert "到时未办即视为受理" in page


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_accept_at_once_one_wins_and_the_other_is_told(committed):
    case = open_application(**UNKNOWN)
    clerks = [staff("clerk", name="clerk-1"), staff("clerk", name="clerk-2")]
    together = Barrier(2)

    def accept(clerk):
        together.wait()
        try:
            door.move(case.number, "accept", actor=clerk, at=MONDAY_0900 + MINUTE)
        except Conflict as refusal:
            return str(refusal.message)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(accept, clerks))
    assert told == ["", "办件现在的状态是“已受理”，不能“受理”。"]
    assert case.events.filter(action="accept").count() == 1


@pytest.mark.parametrize("at", [MONDAY_0900, NIGHT])
def test_a_rule_refuses_at_once_day_and_night(at):
    case = meter_of_a_building("illegal", at)
    assert (case.status, case.outcome, case.closed_at) == ("refused", "illegal-building", at)
    assert not case.clocks.filter(stopped_at=None).exists()


def test_the_other_service_refuses_a_plot_that_is_fought_over():
    answers = {"purpose": "building", "until": "2027-03-01"}
    assert asked("temporary", site="dispute", **answers).outcome == "land-dispute"
    assert asked("temporary", site="ready", **answers).status == "accepted"


def test_what_the_customer_does_not_know_a_person_finds_out():
    case = meter_of_a_building("unknown")
    assert (case.status, case.outcome) == ("pending", "declared-unclear")
    assert review_of(case).stopped_at is None


def test_a_refusal_says_why_what_to_do_next_and_whom_to_call(client, time_machine):
    case = meter_of_a_building("illegal")
    time_machine.move_to(MONDAY_0900 + MINUTE)
    client.force_login(customer())
    page = client.get(reverse("track", args=[case.number])).content.decode()
    assert "违章建筑" in page
    assert "取得合法手续后可重新申请" in page
    _why, call = page.split("不明白或不同意")
    assert call.split("tel:")[1][:3].isdigit()


def test_an_application_that_was_refused_leaves_its_address_free():
    case = meter_of_a_building("illegal")
    assert Application.objects.get(pk=case.pk).ended_at == MONDAY_0900


def refused_from_pending():
    """A doubt that a clerk refused within the hour, and regrets on Tuesday."""
    case = open_application(**UNKNOWN)
    changes = {"reason": "arrears"}
    door.move(case.number, "refuse", actor=staff("clerk"), at=MONDAY_0900 + MINUTE, changes=changes)
    return case


def test_what_is_taken_back_to_pending_is_reviewed_within_a_limit_of_its_own():
    case = refused_from_pending()
    again = MONDAY_0900 + DAY
    said = {"note": "点错了"}
    case = door.move(case.number, "reinstate", actor=staff("clerk"), at=again, changes=said)
    fresh = case.clocks.get(code="review", stopped_at=None)
    assert (case.status, fresh.started_at) == ("pending", again)
    assert case.events.filter(action="review").last().data["reason"] == "area-unknown"
    sweep(fresh.due_at + MINUTE)
    case.refresh_from_db()
    assert case.status == "accepted"


def test_what_a_rule_refused_and_is_taken_back_is_decided_by_a_person():
    case = meter_of_a_building("illegal")
    said = {"note": "已补办手续"}
    case = door.move(
        case.number, "reinstate", actor=staff("clerk"), at=MONDAY_0900 + HOUR, changes=said
    )
    assert case.events.filter(action="review").last().data["reason"] == "declared-unclear"
    assert case.clocks.filter(code="review", stopped_at=None).exists()


def test_a_yes_by_default_is_a_breach_that_the_page_and_the_figures_call_by_its_name(
    client, time_machine
):
    case = open_application(**UNKNOWN)
    two_step = case.clocks.get(code="two-step").due_at
    sweep(review_of(case).due_at + MINUTE)
    clock = review_of(case)
    assert clock.breached_at == clock.due_at
    assert case.clocks.get(code="two-step").due_at == two_step
    time_machine.move_to(MONDAY_0900 + DAY, tick=False)
    client.force_login(staff("supervisor"))
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "超时默许，视为受理" in page
    month = {"since": "2026-11-01", "until": "2026-11-30"}
    figures = client.get(reverse("breaches"), month)
    assert figures.context["by_default"] == 1
    assert "其中超时默许 1 项" in figures.content.decode()
