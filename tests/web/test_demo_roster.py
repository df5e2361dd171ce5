"""The roster of the demo."""

from __future__ import annotations

import pytest

from tests.factories import staff
from tests.web.desk import NOW
from waterdesk.core import policy
from waterdesk.core.models import Pattern, Shift
from waterdesk.web.demo import duties

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_week_of_shifts_and_making_it_again_makes_none():
    cast = {
        "lead": staff("lead"),
        "admin": staff("admin"),
        "field-east-1": staff("field", "east-1"),
        "field-east-2": staff("field", "east-2"),
    }
    assert duties.rota(cast, policy.current(), NOW) == 14
    assert duties.rota(cast, policy.current(), NOW) == 0
    assert (Shift.objects.count(), Pattern.objects.count()) == (14, 2)
    assert Shift.objects.on_duty(NOW).get().user == cast["lead"]
