"""Two customers at once for the last place of a window: one wins."""

from __future__ import annotations

from functools import partial
from threading import Event

import pytest
from django.db import transaction

from applications.models import Job
from tests.applications.visits import TUESDAY_0900, book, one_more
from tests.tickets.test_two_at_once import conflicts, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

# How long the first one, whose booking is made and not committed, waits for the second, in seconds.
PATIENCE = 1


def test_of_two_customers_who_want_the_last_place_exactly_one_gets_it():
    book(one_more())
    first, second = one_more(), one_more()
    outcomes = together(partial(book, first), partial(book, second))
    assert len(conflicts(outcomes)) == 1
    assert Job.objects.filter(window_from=TUESDAY_0900).count() == 2


def test_who_comes_while_the_last_place_is_being_booked_waits_and_is_refused():
    book(one_more())
    first, second = one_more(), one_more()
    booked, tried = Event(), Event()

    def books_and_takes_its_time():
        with transaction.atomic():
            book(first)
            booked.set()
            tried.wait(PATIENCE)

    def comes_meanwhile():
        booked.wait(10)
        try:
            return book(second)
        finally:
            tried.set()

    outcomes = together(books_and_takes_its_time, comes_meanwhile)
    assert len(conflicts(outcomes)) == 1
    assert Job.objects.filter(window_from=TUESDAY_0900).count() == 2
