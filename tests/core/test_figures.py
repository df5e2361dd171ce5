"""The figures: what was judged, whose it was, and the facts behind each of them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.core.test_breaches import explain
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_ticket, staff
from waterdesk.core import door, policy
from waterdesk.core.figures import listing, reading
from waterdesk.core.figures.asked import Asked, By, Result
from waterdesk.core.figures.folding import fold
from waterdesk.core.figures.tally import Spread, Tally
from waterdesk.core.models import Area, ClockFact, Promise, Utility
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
YEAR = Asked(SINCE, UNTIL)
LATE = MONDAY_0900 + 3 * HOUR


def go(case, action, by, at, **changes):
    return door.move(case.number, action, actor=by, at=at, changes=changes)


def crew():
    return staff("field", "east-1")


def dispatched(at=MONDAY_0900, after=10 * MINUTE, **over):
    """A leak to which the agent sent the crew of the east."""
    ticket = open_ticket(at=at, **over)
    return go(ticket, "dispatch", staff("agent"), at + after, handler=crew().username)


def total(user=None, **asked):
    return reading.total(
        user or staff("supervisor"), Asked(**{"since": SINCE, "until": UNTIL} | asked)
    )


def parted(by, user=None):
    return {
        key: each.judged for key, each in reading.by(user or staff("supervisor"), YEAR, by).items()
    }


def area(code):
    return Area.objects.get(code=code).pk


def test_a_month_without_cases_has_no_share():
    tally = total(since=date(2026, 2, 1), until=date(2026, 2, 28))
    assert (tally, tally.share, tally.net) == (Tally(), None, None)
    assert reading.by(staff("supervisor"), YEAR, By.MONTH) == {}


def test_what_was_kept_counts_with_its_times_and_is_whose_it_was():
    ticket = dispatched()
    fact = ClockFact.objects.get()
    assert (fact.number, fact.code, fact.on_time) == (ticket.number, "respond", True)
    assert (fact.judged_at, fact.net, fact.gross) == (MONDAY_0900 + 10 * MINUTE, 600, 600)
    assert (fact.person, fact.team.code, fact.area.code) == (staff("agent"), "company", "east-1")
    ten = Spread(10 * MINUTE, 10 * MINUTE)
    assert total() == Tally(judged=1, on_time=1, done=1, net=ten, gross=ten)


def test_what_is_late_counts_at_once_and_its_time_once_it_stops():
    ticket = dispatched()
    sweep(LATE)
    tally = total(code="arrive")
    assert (tally.judged, tally.late, tally.open_late, tally.share) == (1, 1, 1, 0.0)
    assert tally.net is None
    go(ticket, "arrive", crew(), LATE)
    tally = total(code="arrive")
    assert (tally.judged, tally.late, tally.open_late) == (1, 1, 0)
    assert tally.gross == Spread(180 * MINUTE, 180 * MINUTE) == total(code="arrive").net


def test_what_a_level_took_from_somebody_is_late_for_whom_it_was_taken_from():
    dispatched()
    sweep(LATE)
    assert ClockFact.objects.get(code="arrive").person == crew()


def test_what_is_void_is_not_counted():
    go(open_ticket(), "cancel", staff("agent"), MONDAY_0900 + MINUTE, reason="duplicate")
    assert total() == Tally()


def test_a_share_is_never_rounded_up():
    assert Tally(judged=3, on_time=2).share == 66.6
    assert Tally(judged=10_000, on_time=9_999).share == 99.9


def test_a_case_that_moves_on_leaves_behind_what_was_judged_before():
    ticket = open_ticket(address="某处")
    sweep(MONDAY_0900 + 20 * MINUTE)
    go(ticket, "dispatch", staff("agent"), MONDAY_0900 + 30 * MINUTE, handler=crew().username)
    go(ticket, "arrive", crew(), MONDAY_0900 + 40 * MINUTE)
    assert parted(By.AREA) == {area("company"): 1, area("east-1"): 1}
    assert total(areas=frozenset({area("east-1")})).share == 100.0


def test_a_promise_that_changes_in_mid_month_changes_no_verdict():
    dispatched()
    Promise.objects.filter(code="respond").update(amount=5)
    Utility.touch()
    policy.look_again()
    dispatched(at=MONDAY_0900 + DAY)
    sweep(MONDAY_0900 + DAY + 11 * MINUTE)
    days = reading.by(staff("supervisor"), Asked(SINCE, UNTIL, code="respond"), By.DAY)
    assert [tally.share for tally in days.values()] == [100.0, 0.0]


def test_a_tree_that_was_rearranged_shows_its_past_as_it_is_cut_now():
    lead = staff("lead", "west")
    dispatched()
    fold()
    assert total(lead) == Tally()
    Area.objects.filter(code="east-1").update(parent=area("west"))
    Utility.touch()
    policy.look_again()
    assert total(lead).judged == 1
    assert parted(By.AREA, lead) == {area("east-1"): 1}


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (By.STEP, {("ticket", "respond"): 1, ("ticket", "arrive"): 1}),
        (By.SERVICE, {("ticket", "repair.leak"): 2}),
        (By.CHANNEL, {"hotline": 2}),
        (By.MONTH, {date(2026, 11, 1): 2}),
        (By.WEEK, {date(2026, 11, 16): 2}),
        (By.DAY, {date(2026, 11, 16): 2}),
    ],
)
def test_every_parting_names_what_it_counts(by, found):
    dispatched()
    sweep(LATE)
    assert parted(by) == found
    fold()
    assert parted(by) == found


def test_people_and_their_teams_are_counted_and_so_is_nobody():
    dispatched()
    sweep(LATE)
    open_ticket(at=LATE)
    sweep(LATE + 20 * MINUTE)
    assert parted(By.PERSON) == {staff("agent").pk: 1, crew().pk: 1, None: 1}
    assert parted(By.TEAM) == {area("company"): 1, area("east-1"): 1, None: 1}
    assert total(person=0).judged == total(team=area("east-1")).judged == 1


@pytest.mark.parametrize("result", list(Result))
def test_every_figure_lists_exactly_what_it_counted(result):
    case = dispatched()
    sweep(LATE)
    explain(case, staff("agent"), LATE + MINUTE, reason="weather")
    go(case, "accept_explanation", staff("lead", "east"), LATE + 2 * MINUTE)
    supervisor = staff("supervisor")
    listed = reading.cases(supervisor, YEAR, result).count()
    assert listed == getattr(reading.total(supervisor, YEAR), result)


def test_a_cause_outside_counts_once_a_lead_accepts_it_and_stays_late():
    case = dispatched()
    sweep(LATE)
    explain(case, staff("agent"), LATE + MINUTE, reason="weather")
    assert ClockFact.objects.get(code="arrive").cause == "weather"
    assert total().outside == 0
    go(case, "accept_explanation", staff("lead", "east"), LATE + 2 * MINUTE)
    tally = total()
    assert (tally.late, tally.outside, tally.share, tally.share_apart) == (1, 1, 50.0, 100.0)


def test_customers_and_other_areas_are_told_nothing():
    dispatched()
    assert total(customer()) == total(staff("lead", "west")) == Tally()
    assert not reading.cases(customer(), YEAR).exists()


@pytest.mark.parametrize("by", list(By))
def test_every_parting_asks_two_statements(by, django_assert_num_queries):
    supervisor = staff("supervisor")
    policy.current()
    with django_assert_num_queries(2):
        reading.by(supervisor, Asked(date(2026, 1, 9), date(2026, 12, 9)), by)


def test_the_list_goes_on_where_the_page_before_ended(django_assert_num_queries):
    cases = [dispatched(at=MONDAY_0900 + n // 2 * HOUR) for n in range(5)]
    rows = reading.cases(staff("supervisor"), YEAR)
    first = listing.page(rows, size=2)
    second = listing.page(rows, first.after, size=2)
    with django_assert_num_queries(1):
        last = listing.page(rows, second.after, size=2)
    listed = [fact.number for page in (first, second, last) for fact in page.facts]
    assert sorted(listed) == sorted(case.number for case in cases)
    assert last.after == ""
