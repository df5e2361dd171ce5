"""The figures: what was judged, whose it was, and sums that are never out of step with it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from waterdesk.core import door, policy
from waterdesk.core.figures import reading
from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.figures.folding import fold
from waterdesk.core.figures.tally import Tally
from waterdesk.core.models import ClockFact
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

YEAR = Asked(date(2026, 1, 1), date(2026, 12, 31))


def go(case, action, by, at, note="", **changes):
    return door.move(case.number, action, actor=by, at=at, note=note, changes=changes)


def dispatched(at=MONDAY_0900, sent=10 * MINUTE, **over):
    """A leak to which the crew of the east was sent by the agent."""
    ticket = open_ticket(at=at, **over)
    crew = staff("field", "east-1")
    return go(ticket, "dispatch", staff("agent"), at + sent, handler=crew.username)


def total(**asked):
    return reading.total(staff("supervisor"), Asked(YEAR.since, YEAR.until, **asked))


def test_a_month_without_cases_has_no_share():
    tally = reading.total(staff("supervisor"), Asked(date(2026, 2, 1), date(2026, 2, 28)))
    assert (tally, tally.share, tally.net) == (Tally(), None, None)
    assert reading.by(staff("supervisor"), YEAR, By.MONTH) == {}


@pytest.mark.parametrize("parted", list(By))
def test_every_parting_asks_two_statements(parted, django_assert_num_queries):
    supervisor = staff("supervisor")
    policy.current()
    with django_assert_num_queries(2):
        reading.by(supervisor, Asked(date(2026, 1, 9), date(2026, 12, 9)), parted)


def test_what_was_kept_is_whose_it_was_as_it_was_kept():
    ticket = dispatched()
    fact = ClockFact.objects.get(code="respond")
    assert (fact.number, fact.on_time, fact.judged_at) == (
        ticket.number, True, MONDAY_0900 + 10 * MINUTE,
    )  # fmt: skip
    assert (fact.net, fact.gross) == (600, 600)
    assert (fact.person, fact.team.code) == (staff("agent"), "company")
    assert fact.area == ticket.area
    assert total() == Tally(1, 1, 0, 1, fact_spread(10), fact_spread(10))


def fact_spread(minutes):
    from waterdesk.core.figures.tally import Spread

    return Spread(minutes * MINUTE, minutes * MINUTE)


def test_what_is_late_counts_at_once_and_is_whose_it_was_then():
    ticket = dispatched()
    sweep(MONDAY_0900 + 3 * HOUR)
    late = ClockFact.objects.get(code="arrive")
    assert (late.judged_at, late.person) == (MONDAY_0900 + HOUR, staff("field", "east-1"))
    assert (late.open_late, late.net) == (True, None)
    tally = total()
    assert (tally.judged, tally.late, tally.open_late) == (2, 1, 1)
    go(ticket, "transfer", staff("lead"), MONDAY_0900 + DAY, area="west-1") if False else None
    assert fold() > 0
    assert total() == tally
