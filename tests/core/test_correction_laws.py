"""更正停表: laws of correcting, whatever the limit, its unit and the pauses."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.test_corrections import (
    correct,
    due_of,
    paused_once,
)
from tests.factories import (
    HOUR,
    MINUTE,
    MONDAY_0900,
    open_application,
    staff,
)
from tests.sla.laws import law
from waterdesk.core import policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Case, Crossing, Promise, Utility
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db


TIMES = st.integers(0, 300)
UNITS = st.sampled_from([("0.5", "days"), ("3", "workdays"), ("240", "natural"), ("90", "minutes")])
LAWS = settings(
    law,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def spans(minutes):
    """Two pauses after nine, from four times in order, a quarter of an hour apart at least."""
    points = [MONDAY_0900 + (m + 15 * n) * MINUTE for n, m in enumerate(sorted(minutes), 1)]
    return list(pairwise(points))[::2]


def paused_twice(unit, minutes):
    amount, unit = unit
    Promise.objects.filter(code="two-step").update(amount=amount, unit=unit)
    Utility.touch()
    policy.forget()
    case = open_application(at=MONDAY_0900, address=f"城东区朝阳路 {Case.objects.count()} 号")
    for start, end in spans(minutes):
        paused_once(case, start=start, end=end)
    return case


FOUR = st.lists(TIMES, min_size=4, max_size=4)
LATER = MONDAY_0900 + 9 * HOUR


def corrected(case, number, span):
    """Correct it, unless it is so already."""
    try:
        correct(case, *span, number=number, at=LATER, by=staff("lead"))
    except Invalid as refusal:
        assert set(refusal.fields) == {"start"}
        assert "相同" in str(refusal)


@LAWS
@given(UNITS, FOUR, st.integers(1, 14), st.integers(1, 14))
def test_correcting_and_correcting_back_restores_every_due_time(unit, minutes, earlier, shorter):
    case = paused_twice(unit, minutes)
    first, _second = spans(minutes)
    sweep(LATER)
    due = due_of(case)
    corrected(case, 1, (first[0] - earlier * MINUTE, first[1] - shorter * MINUTE))
    corrected(case, 1, first)
    assert due_of(case) == due
    levels = list(Crossing.objects.filter(clock__case=case).values_list("level", flat=True))
    assert len(levels) == len(set(levels))


@LAWS
@given(UNITS, FOUR, st.integers(0, 7), st.integers(0, 7))
def test_the_order_of_two_corrections_does_not_matter_for_the_due_time(unit, minutes, one, two):
    due = []
    for order in ((1, 2), (2, 1)):
        case = paused_twice(unit, minutes)
        for number in order:
            start, end = spans(minutes)[number - 1]
            corrected(case, number, (start - one * MINUTE, end - two * MINUTE))
        due.append(due_of(case))
    assert due[0] == due[1]
