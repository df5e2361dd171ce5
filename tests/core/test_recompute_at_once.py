"""A replay while others hold cases: threads with connections of their own, real commits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from tests.core.test_recompute import FRIDAY_1700, check, day, question
from tests.factories import DAY, HOUR, MINUTE, staff
from tests.tickets.test_two_at_once import together
from waterdesk.core import door, policy, sheets
from waterdesk.core import recompute as replaying
from waterdesk.core.models import Case, Clock, Crossing
from waterdesk.core.recompute import differences, recompute
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

NOW = FRIDAY_1700 + HOUR
MANY = 12


@pytest.fixture
def tickets():
    return [question(address=f"城东区朝阳路 {n} 号") for n in range(MANY)]


def moved(tickets):
    return [ticket.events.filter(action="clock_moved").count() for ticket in tickets]


def whole(tickets):
    return [fault for ticket in tickets for fault in verify(ticket.events)]


def test_what_a_move_holds_is_waited_for_and_written_last(tickets):
    held, release = Signal(), Signal()

    def hold():
        try:
            with transaction.atomic():
                Case.objects.select_for_update(no_key=True).get(pk=tickets[3].pk)
                held.set()
                release.wait(10)
        finally:
            connection.close()

    def others_are_done():
        left = Clock.objects.filter(provisional=False, due_at=due).exclude(case=tickets[3].pk)
        return not left.exists()

    due = tickets[0].clocks.get().due_at
    day(date(2026, 11, 24))
    with ThreadPoolExecutor(2) as threads:
        holder = threads.submit(hold)
        assert held.wait(10)
        replay = threads.submit(run_apart)
        until(others_are_done)
        assert not replay.done()
        assert tickets[3].clocks.get().due_at == due
        release.set()
        assert replay.result(20).moved == MANY
        holder.result(10)
    assert moved(tickets) == [1] * MANY
    assert check()[0] == 0


def run_apart():
    try:
        return recompute(NOW)
    finally:
        connection.close()


def until(holds):
    """Wait for something that is about to be so; the wait itself proves nothing."""
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def test_moves_a_sweep_and_two_replays_at_once_lose_nothing_and_fire_nothing_twice(tickets):
    agent = staff("agent")
    late = tickets[0].clocks.get().due_at + 2 * DAY
    day(date(2026, 11, 24))

    def note():
        policy.current()
        for ticket in tickets:
            door.move(ticket.number, "note", actor=agent, at=late, note="已联系")

    together(
        note,
        lambda: sweep(late),
        lambda: sweep(late),
        lambda: recompute(late, size=5),
        lambda: recompute(late, size=3),
    )
    recompute(late)
    sweep(late)
    assert moved(tickets) == [1] * MANY
    assert [ticket.events.filter(action="note").count() for ticket in tickets] == [1] * MANY
    levels = list(Crossing.objects.values_list("clock", "level"))
    assert len(levels) == len(set(levels)) > 0
    assert [t.events.filter(action="clock_breached").count() for t in tickets] == [1] * MANY
    assert whole(tickets) == []
    assert check()[0] == 0


def test_a_replay_killed_in_the_middle_goes_on_where_it_was(tickets, monkeypatch):
    day(date(2026, 11, 24))
    real, batches = replaying._write, []

    def killed(*arguments):
        batches.append(arguments)
        outcomes = {1: real, 2: real}
        return outcomes[len(batches)](*arguments)

    monkeypatch.setattr(replaying, "_write", killed)
    with pytest.raises(KeyError):
        recompute(NOW, size=5)
    monkeypatch.setattr(replaying, "_write", real)
    # Two pages of five clocks; the fifth may have a sibling on the next page and waits for it.
    assert sorted(moved(tickets)) == [0] * 4 + [1] * (MANY - 4)
    assert recompute(NOW + MINUTE).moved == 4
    assert moved(tickets) == [1] * MANY
    assert whole(tickets) == []


def test_a_clock_that_stops_meanwhile_is_left_alone(tickets, monkeypatch):
    agent = staff("agent")
    due = tickets[0].clocks.get().due_at
    day(date(2026, 11, 24))
    real = replaying._write

    def after_a_move(page, now, line):
        changes = {"reason": "mistake"}
        door.move(tickets[0].number, "cancel", actor=agent, at=NOW, changes=changes)
        real(page, now, line)

    monkeypatch.setattr(replaying, "_write", after_a_move)
    assert recompute(NOW).moved == MANY - 1
    assert tickets[0].clocks.get().due_at == due
    assert moved(tickets[:1]) == [0]


def test_a_move_between_two_questions_is_not_taken_for_a_wrong_figure(tickets, monkeypatch):
    agent = staff("agent")
    real = sheets.read_rows
    changes = {"reason": "customer-correction"}
    moves = [partial(door.move, t.number, "pause", actor=agent, changes=changes) for t in tickets]

    def while_others_move(*asked):
        rows = real(*asked)
        while moves:
            together(partial(moves.pop(), at=NOW))
        return rows

    monkeypatch.setattr(sheets, "read_rows", while_others_move)
    assert list(differences(policy.current())) == []
    assert {ticket.clocks.get().state for ticket in tickets} == {"paused"}
