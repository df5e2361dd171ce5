"""The figures: what was judged, whose it was, and sums that are never out of step with it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import staff
from waterdesk.core import policy
from waterdesk.core.figures import reading
from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.figures.tally import Tally

pytestmark = pytest.mark.django_db

YEAR = Asked(date(2026, 1, 1), date(2026, 12, 31))


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
