"""A device that is handed out again knows nothing of who held it before."""

from __future__ import annotations

import pytest

from tests.factories import staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAVE = """async () => {
  localStorage.setItem("left", "1");
  await caches.open("left");
  await new Promise(done => { indexedDB.open("left").onsuccess = done; });
}"""
LEFT = """async () => [
  localStorage.length,
  (await caches.keys()).length,
  (await indexedDB.databases()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]"""


def test_a_device_that_was_put_away_is_handed_out_empty(devices):
    phone = devices.phone(staff("field", "east-1"))
    before = phone.context
    phone.goto("/desk/crew/")
    phone.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    phone.evaluate(LEAVE)
    before.route("**/login/", lambda route: route.abort())
    before.set_offline(True)
    devices.put_away()

    again = devices.phone()
    assert again.context is before
    again.goto("/desk/jobs/")
    assert "/login/" in again.url
    assert again.evaluate(LEFT) == [0, 0, 0, 0]


def test_two_people_hold_two_devices(devices):
    assert devices.phone().context is not devices.phone().context
