from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.factories import open_ticket
from waterdesk.core.models import Clock

pytestmark = pytest.mark.django_db


def again(clock: Clock) -> Clock:
    clock.pk = None
    clock._state.adding = True
    clock.save()
    return clock


def test_a_promise_runs_once_on_a_case():
    clock = open_ticket().clocks.filter(stopped_at=None).first()
    with pytest.raises(IntegrityError, match="clock_one_open_a_promise"), transaction.atomic():
        again(clock)


def test_a_promise_may_have_been_kept_many_times_on_a_case():
    clock = open_ticket().clocks.filter(stopped_at=None).first()
    clock.stopped_at, clock.state, clock.next_at = clock.due_at, "met", None
    clock.save()
    assert again(clock).case.clocks.filter(code=clock.code, state="met").count() == 2
