"""The example in docs/results.md, run as a receiver would run it, on what really arrives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notifications.results.delivery import deliver
from notifications.results.signing import WINDOW_SECONDS
from tests.notifications.conftest import NOW
from tests.notifications.results_desk import LOOPBACK, SECRET, queued, subscriber

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "results.md"
ARRIVED = NOW.timestamp()


@pytest.fixture
def is_genuine():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    found: dict = {}
    exec(example, found)
    return found["is_genuine"]


@pytest.fixture
def request_(gateway, settings):
    settings.RESULTS_NETWORKS = [LOOPBACK]
    settings.RESULTS_SECRETS = {"BILLING": ["n" * 32, SECRET]}
    subscriber(gateway)
    queued()
    deliver(NOW)
    return gateway.received[0]


@pytest.mark.parametrize("secret", [SECRET, "n" * 32])
def test_what_arrives_is_genuine_by_either_secret(is_genuine, request_, secret):
    assert is_genuine(secret, request_.headers, request_.raw, ARRIVED)
    assert is_genuine(secret, request_.headers, request_.raw, ARRIVED + WINDOW_SECONDS)


def test_another_secret_another_body_and_another_time_are_not(is_genuine, request_):
    headers, body = request_.headers, request_.raw
    assert not is_genuine("x" * 32, headers, body, ARRIVED)
    assert not is_genuine(SECRET, headers, body + b" ", ARRIVED)
    later = str(int(ARRIVED) + 60)
    assert not is_genuine(SECRET, headers | {"Waterdesk-Timestamp": later}, body, ARRIVED)


@pytest.mark.parametrize("late", [WINDOW_SECONDS + 1, -WINDOW_SECONDS - 1])
def test_what_is_too_old_or_from_the_future_is_not(is_genuine, request_, late):
    assert not is_genuine(SECRET, request_.headers, request_.raw, ARRIVED + late)
