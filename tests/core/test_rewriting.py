"""Batches of replayed figures: how they are cut, and what they leave alone."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_recompute import FRIDAY_1700, check, date, day, question
from tests.factories import DAY, HOUR, open_ticket, staff
from tests.sla.laws import law
from waterdesk.core import door, policy
from waterdesk.core.aside import Aside
from waterdesk.core.models import Clock
from waterdesk.core.readings import Scope
from waterdesk.core.recompute import recompute
from waterdesk.core.record import verify
from waterdesk.core.rewriting import LOCKED, Line, batches
from waterdesk.core.sheets import pages
from waterdesk.core.sweep import sweep

NOW = FRIDAY_1700 + HOUR


def found(clocks_of_cases):
    return [
        SimpleNamespace(clock=SimpleNamespace(case_id=case, pk=(case, place)))
        for case, many in enumerate(clocks_of_cases)
        for place in range(many)
    ]


@law
@given(st.lists(st.integers(1, 6), max_size=900))
def test_a_batch_locks_no_more_rows_than_it_may_and_has_whole_cases(clocks_of_cases):
    given_ = found(clocks_of_cases)
    parts = list(batches(given_))
    cases = [{each.clock.case_id for each in part} for part in parts]
    assert sorted(each.clock.pk for part in parts for each in part) == [
        each.clock.pk for each in given_
    ]
    assert sum(map(len, cases)) == len(clocks_of_cases)
    assert all(len(p) + len(c) <= LOCKED for p, c in zip(parts, cases, strict=True))


def test_neighbours_are_written_apart():
    first, *_ = batches(found([1] * 1000))
    together = [each.clock.case_id for each in first]
    assert min(later - case for case, later in pairwise(together)) > 1


@pytest.mark.django_db
def test_a_case_that_changed_since_it_was_read_is_left_as_it_is():
    changed, still = question(), question(address="城东区朝阳路 77 号")
    day(date(2026, 11, 24))
    (page,) = pages(Scope(), policy.current())
    door.move(changed.number, "note", actor=staff("agent"), at=NOW, note="已联系")
    before = changed.clocks.get().due_at
    with Aside() as aside:
        line = Line(aside)
        line.send([page.differences], NOW)
        assert [had for _, had in line.arrived()] == [{still.pk}]
    assert changed.clocks.get().due_at == before
    assert recompute(NOW).moved == 1
    assert check()[0] == 0


@pytest.mark.django_db
def test_two_clocks_of_one_case_follow_each_other_in_its_record():
    ticket = open_ticket(at=FRIDAY_1700)
    ticket.clocks.update(unit="minutes", amount=600)
    recompute(FRIDAY_1700)
    day(date(2026, 11, 23))
    outcome = recompute(NOW)
    assert outcome.moved == ticket.clocks.count() > 1
    assert list(verify(ticket.events)) == []
    ticket.refresh_from_db()
    assert ticket.version == ticket.events.count()


@pytest.mark.django_db
def test_figures_alone_are_mended_without_a_word_in_the_record():
    ticket = question()
    said = ticket.events.count()
    Clock.objects.update(next_at=FRIDAY_1700 + 9 * DAY, next_level=3)
    outcome = recompute(NOW)
    assert (outcome.written, outcome.moved) == (1, 0)
    assert ticket.events.count() == said
    assert check()[0] == 0


@pytest.mark.django_db
def test_a_case_with_more_clocks_than_a_page_is_looked_at_whole():
    tickets = [open_ticket(at=FRIDAY_1700, address=f"城东区朝阳路 {n} 号") for n in range(3)]
    assert recompute(NOW, size=2).looked == sum(t.clocks.count() for t in tickets)
    sweep(NOW + timedelta(days=3))
    assert recompute(NOW, size=2).written == 0
