"""What one test commits the next one must not meet."""

from __future__ import annotations

from django.apps import apps

from tests import kept
from tests.conftest import SEEDED
from tests.factories import open_application
from waterdesk.core import policy
from waterdesk.core.models import Case, Event, Promise, Reason, Utility


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.db_table: model._base_manager.count() for model in apps.get_models()}


def test_what_was_committed_goes_and_the_seeds_come_back(committed):
    before, promises = rows(), list(Promise.objects.order_by("pk").values())
    open_application()
    Reason.objects.all().delete()
    Promise.objects.update(amount=1)
    assert Event.objects.exists()
    kept.restore()
    assert rows() == before
    assert list(Promise.objects.order_by("pk").values()) == promises


def test_what_is_named_stays_when_the_work_goes(committed):
    open_application()
    kept.clear("core_event")
    assert not Case.objects.exists()
    assert Event.objects.exists()
    assert Promise.objects.exists()


def test_each_test_begins_with_the_policy_of_the_seeds(db):
    assert policy.current().promises is SEEDED[0].promises


def test_an_edit_before_a_test_first_asks_is_seen(db):
    Utility.touch()
    assert policy.current().promises is not SEEDED[0].promises
