"""Whoever asks about the water hears of the incident next door."""

from __future__ import annotations

import pytest

from tests.factories import HOUR, MONDAY_0900, staff
from tests.tickets.incidents.street import two_joined, worked_on
from tickets.console import covering
from tickets.console.covering import Where
from waterdesk.core.models import Area

pytestmark = pytest.mark.django_db

AT = MONDAY_0900 + HOUR


def told(area="east-1", subject="consultation", by="agent"):
    where = Where(area=Area.objects.get(code=area), subject=subject)
    return [line.words for line in covering.lines(where, staff(by), AT)]


def test_an_open_incident_of_the_area_is_told_with_its_stage():
    incident, *_ = two_joined()
    worked_on(incident, AT, "arrive")
    assert told() == [f"已到场，{incident.address}"]
    assert told(area="west-1") == []


def test_a_fault_that_may_be_joined_is_offered_by_the_form_alone():
    two_joined()
    assert told(subject="repair.burst") == []
    assert len(told(subject="")) == 1


def test_what_is_restored_is_told_no_more():
    incident, *_ = two_joined()
    worked_on(incident, AT, "arrive", "restore")
    assert told() == []
