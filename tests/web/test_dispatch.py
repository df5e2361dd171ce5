"""The dispatch board: what waits in each grid, who can be sent, and one tap that sends."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_ticket, staff
from tests.tickets.dispatch.roster import on_duty
from tests.web.desk import MINUTE, NOW, as_role, client_of, inline_in, text_of
from tickets.models import Ticket
from waterdesk.core import door, policy
from waterdesk.core.models import Utility

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

BOARD = "/desk/dispatch/"


@pytest.fixture
def by_hand():
    """Nobody is sent by rule."""
    Utility.objects.update(dispatch_by_rule=False)
    policy.forget()


def grid(response, code="east-1"):
    return next(each for each in response.context["grids"] if each["grid"].code == code)


def cards(response, column, code="east-1"):
    found = grid(response, code)
    return next(each for each in found["columns"] if each["code"] == column)["cards"]


def numbers(response, column, code="east-1"):
    return [card.ticket.number for card in cards(response, column, code)]


def send(client, ticket, who, seen=None, back=""):
    given = {"handler": who.username, "seen": ticket.version if seen is None else seen}
    return client.post(f"{BOARD}{ticket.number}/", given | {"back": back}, follow=True)


@pytest.mark.usefixtures("by_hand")
def test_each_ticket_stands_where_it_is():
    crew = on_duty("crew", at=NOW)
    waiting, sent, accepted, there = (
        open_ticket(at=NOW - each * MINUTE, address=f"城东区朝阳路 {each} 号")
        for each in (4, 3, 2, 1)
    )
    lead = staff("lead", "east")
    for ticket in (sent, accepted, there):
        changes = {"handler": crew.username}
        door.move(ticket.number, "dispatch", actor=lead, at=NOW, changes=changes)
    door.move(accepted.number, "accept", actor=crew, at=NOW)
    door.move(there.number, "arrive", actor=crew, at=NOW)
    response = as_role("lead").get(BOARD)
    columns = {code: numbers(response, code) for code in ("waiting", "sent", "accepted", "on_site")}
    assert columns == {
        "waiting": [waiting.number],
        "sent": [sent.number],
        "accepted": [accepted.number],
        "on_site": [there.number],
    }
    assert grid(response)["grid"].counts == dict.fromkeys(columns, 1)
    assert inline_in(response) == []


@pytest.mark.usefixtures("by_hand")
def test_whom_the_rule_would_send_is_chosen_already_and_one_tap_sends():
    busy, free = on_duty("a-busy", at=NOW), on_duty("b-free", at=NOW)
    lead = staff("lead", "east")
    first = open_ticket(at=NOW, urgent=True)
    door.move(first.number, "dispatch", actor=lead, at=NOW, changes={"handler": busy.username})
    ticket = open_ticket(at=NOW, address="城东区朝阳路 2 号")
    client = client_of(lead)
    (card,) = cards(client.get(BOARD), "waiting")
    assert [each.user for each in card.people][:2] == [free, busy]
    assert "已派给b-free" in text_of(send(client, ticket, card.people[0].user))
    assert Ticket.objects.get(pk=ticket.pk).handler == free


@pytest.mark.usefixtures("by_hand")
def test_of_two_dispatchers_the_second_is_told_who_has_it():
    first, second = on_duty("a", at=NOW), on_duty("b", at=NOW)
    ticket = open_ticket(at=NOW)
    send(client_of(staff("lead", "east")), ticket, first)
    answer = send(client_of(staff("agent")), ticket, second, seen=ticket.version)
    assert "现由a处理" in text_of(answer)
    assert Ticket.objects.get(pk=ticket.pk).handler == first


def test_a_grid_without_anybody_on_duty_says_so_in_red():
    on_duty("crew", "west-1", at=NOW)
    open_ticket(at=NOW)
    response = as_role("lead").get(BOARD)
    assert grid(response)["grid"].crew == []
    assert "无人当班 · 待派工单需人工派单" in text_of(response)
    assert [each.user.username for each in grid(response, "west-1")["grid"].crew] == ["crew"]


def test_what_nobody_accepted_in_time_is_marked():
    on_duty("crew", at=NOW)
    open_ticket(at=NOW - 10 * MINUTE)
    (card,) = cards(as_role("lead").get(BOARD), "sent")
    assert card.late


@pytest.mark.usefixtures("by_hand")
def test_filters_stand_in_the_address_and_survive_a_dispatch():
    crew = on_duty("crew", at=NOW)
    ticket = open_ticket(at=NOW)
    open_ticket(at=NOW, subtype="burst", address="城东区朝阳路 3 号")
    client = as_role("lead")
    filtered = f"{BOARD}?area=east-1&subtype=leak&column=waiting"
    response = client.get(filtered)
    assert numbers(response, "waiting") == [ticket.number]
    assert [each["code"] for each in grid(response)["columns"]] == ["waiting"]
    answer = send(client, ticket, crew, back=response.context["here"])
    assert answer.redirect_chain == [(filtered, 302)]


def test_nobody_is_sent_elsewhere_by_the_address_to_come_back_to():
    ticket = open_ticket(at=NOW)
    answer = send(as_role("lead"), ticket, staff("lead", "east"), back="//evil.example/?x=1")
    assert answer.redirect_chain == [(f"{BOARD}?", 302)]


def test_a_supervisor_sees_the_board_and_sends_nobody():
    ticket = open_ticket(at=NOW)
    client = as_role("supervisor")
    assert not client.get(BOARD).context["may_send"]
    send(client, ticket, staff("field", "east-1"))
    assert Ticket.objects.get(pk=ticket.pk).handler is None


def test_a_lead_sees_the_grids_of_the_own_branch_alone():
    open_ticket(at=NOW)
    response = as_role("lead", "west").get(BOARD)
    assert {each["grid"].code for each in response.context["grids"]} == {"west-1", "west-2"}


@pytest.mark.usefixtures("by_hand")
def test_the_number_of_queries_does_not_follow_the_number_of_tickets():
    client = as_role("lead")
    on_duty("crew", at=NOW)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(BOARD)
        return len(seen)

    open_ticket(at=NOW)
    client.get(BOARD)
    before = queries()
    for place in range(5):
        open_ticket(at=NOW, address=f"城东区朝阳路 {place} 号")
    assert queries() == before


def test_who_was_sent_finds_accepting_and_declining_among_his_jobs():
    crew = on_duty("crew", at=NOW)
    open_ticket(at=NOW)
    text = text_of(client_of(crew).get("/desk/jobs/"))
    assert "接单" in text
    assert "退回派单" in text
