"""Billing is told when what a service left begins, when it goes on, and when it ends."""

from __future__ import annotations

import json
from datetime import date

import pytest

from applications.standing.ticking import tick
from notifications.results import topics
from notifications.results.models import Delivery
from tests.applications.standing.left import at, go, left
from tests.core.test_results import listens

pytestmark = pytest.mark.django_db

TOPICS = ("standing.begun", "standing.extended", "standing.ended")


@pytest.fixture(autouse=True)
def billing():
    return listens(*TOPICS)


def sent():
    rows = Delivery.objects.order_by("created_at", "id")
    return [(row.topic, json.loads(row.body)["data"]) for row in rows]


def test_a_beginning_names_the_account_and_the_days_and_nobody():
    left("relief", name="王秀兰", phone="13811112222")
    [(topic, data)] = sent()
    assert topic == "standing.begun"
    assert data == {
        "service": "relief", "kind": data["kind"], "account": "100200300",
        "begins_on": "2026-11-16", "ends_on": "2029-11-16", "ended_on": None, "because": "",
    }  # fmt: skip


def test_an_end_that_came_is_told_with_its_day():
    left("temporary")
    tick(at(date(2026, 12, 1)))
    topic, data = sent()[-1]
    assert (topic, data["ended_on"], data["because"]) == ("standing.ended", "2026-11-30", "time")


@pytest.mark.parametrize(
    ("action", "changes", "because"),
    [("end_standing", {}, "decided"), ("review_standing", {"result": "ends"}, "review")],
)
def test_an_end_that_somebody_decided_is_told_as_well(action, changes, because):
    case = left("relief")
    go(case, action, date(2027, 11, 16), **changes)
    topic, data = sent()[-1]
    assert (topic, data["ended_on"], data["because"]) == ("standing.ended", "2027-11-16", because)


def test_an_extension_is_told_with_its_new_end():
    case = left("temporary")
    go(case, "extend_standing", date(2026, 11, 20), months=2)
    topic, data = sent()[-1]
    assert (topic, data["ends_on"]) == ("standing.extended", "2027-01-30")


def test_a_review_that_lets_it_hold_on_changes_nothing_for_billing():
    case = left("relief")
    go(case, "review_standing", date(2027, 11, 16), result="stands")
    assert [topic for topic, _data in sent()] == ["standing.begun"]


def test_whoever_subscribes_can_choose_them():
    assert set(TOPICS) <= set(topics.known())
