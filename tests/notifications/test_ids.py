from __future__ import annotations

from datetime import timedelta

from notifications.ids import uuid7
from tests.notifications.conftest import NOW


def test_ids_sort_by_instant_and_within_one_by_order_of_asking():
    ids = [uuid7(NOW + timedelta(microseconds=n // 3)) for n in range(300)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 300


def test_ids_say_what_they_are():
    made = uuid7(NOW)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(NOW.timestamp() * 1000)
