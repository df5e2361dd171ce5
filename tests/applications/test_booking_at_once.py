"""Two customers at once for the last place of a window: one wins."""

from __future__ import annotations

from functools import partial

import pytest

from applications.models import Job
from tests.applications.visits import TUESDAY_0900, book, one_more
from tests.factories import DAY
from tests.tickets.test_two_at_once import conflicts, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

ROUNDS = 5


def test_of_two_customers_who_want_the_last_place_exactly_one_gets_it():
    for each in range(ROUNDS):
        starts = TUESDAY_0900 + each % 3 * DAY + 7 * (each // 3) * DAY
        book(one_more(), starts)
        first, second = one_more(), one_more()
        outcomes = together(partial(book, first, starts), partial(book, second, starts))
        assert len(conflicts(outcomes)) == 1
        assert Job.objects.filter(window_from=starts).count() == 2
