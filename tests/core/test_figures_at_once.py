"""The sums while several close, fold and read at once: nobody waits, and nothing is lost."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from tests.core.test_figures import crew, dispatched, go, total
from tests.factories import MINUTE, MONDAY_0900, staff
from waterdesk.core.figures import checking, folding
from waterdesk.core.models import FigureDelta, FigureSum

AT = MONDAY_0900 + 20 * MINUTE


def aside(doing):
    """Done by somebody else, on a connection of their own; what it gave."""
    given = []

    def run():
        try:
            given.append(doing())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    return given


def test_two_closings_of_one_area_and_a_fold_do_not_wait_for_one_another(committed):
    one, other = dispatched(), dispatched()
    staff("supervisor")
    folding.fold()
    with transaction.atomic():
        go(one, "arrive", crew(), AT)
        assert aside(lambda: go(other, "arrive", crew(), AT).status) == ["on_site"]
        assert aside(folding.fold) == [1]
    assert total(code="arrive").judged == 2
    assert FigureDelta.objects.count() == 1
    assert checking.wrong_sums(checking.Period(date(2026, 11, 1), date(2026, 11, 30))) == []


def test_while_one_folds_another_has_nothing_to_do(committed):
    dispatched()
    with transaction.atomic():
        assert folding.fold() == 1
        assert aside(folding.fold) == [0]
        assert aside(FigureDelta.objects.count) == [1]
    assert FigureSum.objects.get(grain="month").judged == 1


def test_a_fold_that_was_killed_loses_nothing(committed):
    dispatched()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        folding.fold()
        raise KeyboardInterrupt
    assert (FigureDelta.objects.count(), FigureSum.objects.count()) == (1, 0)
    assert folding.fold() == 1
