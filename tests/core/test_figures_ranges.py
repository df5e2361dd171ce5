"""Free ranges: whole months from the sums, the days beside them, and what is not folded yet."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest

from tests.core.test_figures import crew, dispatched, go
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, staff
from waterdesk.core.figures import buckets, reading, sources
from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.figures.folding import fold
from waterdesk.core.figures.tally import Spread, Tally
from waterdesk.core.models import ClockFact
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

# The ends of months and the days beside them, and some in the middle.
EDGES = [date(2026, 9, 1), date(2026, 9, 17), date(2026, 9, 30), date(2026, 10, 1)]
EDGES += [date(2026, 10, 31), date(2026, 11, 2), date(2026, 11, 30)]
KEYS = {
    By.AREA: lambda fact: fact.area_id,
    By.STEP: lambda fact: (fact.kind, fact.code),
    By.SERVICE: lambda fact: (fact.kind, fact.subject),
    By.CHANNEL: lambda fact: fact.channel,
    By.TEAM: lambda fact: fact.team_id,
    By.PERSON: lambda fact: fact.person_id,
    By.MONTH: lambda fact: fact.day.replace(day=1),
    By.WEEK: lambda fact: fact.day - timedelta(days=fact.day.weekday()),
    By.DAY: lambda fact: fact.day,
}


@pytest.fixture
def autumn():
    """Three months with a case every nine days, some late, some still open; half of it folded."""
    start = MONDAY_0900 - 75 * DAY
    for n in range(5):
        case = dispatched(at=start + 9 * n * DAY, channel=("hotline", "web")[n % 2])
        go(case, "arrive", crew(), start + 9 * n * DAY + (n + 1) * 20 * MINUTE)
    fold()
    for n in range(5, 10):
        dispatched(at=start + 9 * n * DAY)
        sweep(start + 9 * n * DAY + 2 * HOUR)


def spread_of(values):
    """By ranking each value, in the words of their buckets."""
    ranked = sorted(buckets.bucket(value) for value in values if value is not None)
    ranks = [ranked[-(-len(ranked) * share // 100) - 1] for share in (50, 90) if ranked]
    return Spread(*map(buckets.least, ranks)) if ranks else None


def plain(facts):
    return Tally(
        judged=len(facts),
        on_time=sum(fact.on_time for fact in facts),
        outside=sum(fact.outside for fact in facts),
        done=sum(fact.stopped_at is not None for fact in facts),
        net=spread_of([fact.net for fact in facts]),
        gross=spread_of([fact.gross for fact in facts]),
    )


def grouped(facts, key):
    return {each: plain([fact for fact in facts if key(fact) == each]) for each in map(key, facts)}


def test_every_range_gives_what_a_plain_count_gives(autumn):
    boss, facts = staff("supervisor"), list(ClockFact.objects.all())
    for since, until in combinations(EDGES, 2):
        within = [fact for fact in facts if since <= fact.day <= until]
        assert reading.total(boss, Asked(since, until)) == plain(within)


def test_every_parting_gives_what_a_plain_count_gives(autumn):
    boss, facts = staff("supervisor"), list(ClockFact.objects.all())
    since, until = EDGES[1], EDGES[-2]
    within = [fact for fact in facts if since <= fact.day <= until]
    for by, key in KEYS.items():
        assert reading.by(boss, Asked(since, until), by, spreads=True) == grouped(within, key)


def test_what_is_narrowed_gives_what_a_plain_count_gives(autumn):
    boss, facts = staff("supervisor"), list(ClockFact.objects.all())
    since, until = EDGES[1], EDGES[-2]
    within = [fact for fact in facts if since <= fact.day <= until]
    web = [fact for fact in within if fact.channel == "web"]
    theirs = [fact for fact in web if fact.person_id == crew().pk]
    assert reading.total(boss, Asked(since, until, channel="web")) == plain(web)
    both = Asked(since, until, channel="web", person=crew().pk)
    assert reading.total(boss, both) == plain(theirs)
    assert reading.by(boss, both, By.DAY, spreads=True) == grouped(theirs, KEYS[By.DAY])
    area = frozenset(fact.area_id for fact in web)
    assert reading.total(boss, Asked(since, until, area)) == plain(within)


def test_a_period_is_whole_months_and_the_days_beside_them():
    months, edges = sources.parts(Asked(date(2026, 1, 31), date(2026, 4, 1)))
    assert (months.since, months.until) == (date(2026, 2, 1), date(2026, 4, 1))
    assert [(edge.since.day, edge.until.day) for edge in edges] == [(31, 1), (1, 2)]
    assert sources.parts(Asked(date(2026, 2, 1), date(2026, 2, 27)))[0] is None
