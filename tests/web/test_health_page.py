"""/healthz: what a machine that watches the desk is told, and how fast."""

from __future__ import annotations

import socket
import time

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone

from tests.core.test_effects import climb
from tests.factories import staff
from tests.web.desk import HOUR, MINUTE, alive
from waterdesk import __version__
from waterdesk.core.models import Area, Shift

pytestmark = pytest.mark.django_db


def test_all_is_well():
    alive(timezone.now())
    response = Client().get("/healthz")
    assert response.status_code == 200
    body = response.json()
    parts = {"database", "broker", "worker", "beat"}
    assert set(body) == {*parts, "warnings", "dead_results", "version"}
    assert body["version"] == __version__
    for part in ("database", "broker", "worker", "beat"):
        assert set(body[part]) == {"ok", "seconds_since"}
        assert body[part]["ok"] is True


def test_a_roster_with_a_gap_is_a_warning_and_no_failure():
    alive(timezone.now())
    assert Client().get("/healthz").json()["warnings"] == []
    climb({"level": 50, "tell": ["duty"]})
    response = Client().get("/healthz")
    assert (response.status_code, response.json()["warnings"]) == (200, ["duty_missing"])
    on = timezone.now() - MINUTE
    Shift.objects.create(
        area=Area.objects.get(code="company"), user=staff("field"), role="field",
        starts_at=on, ends_at=on + HOUR,
    )  # fmt: skip
    assert Client().get("/healthz").json()["warnings"] == []


@pytest.mark.parametrize("silent", ["worker", "beat"])
def test_a_silent_part_makes_it_503_and_is_named(silent):
    now = timezone.now()
    alive(now)
    from waterdesk.core.models import Pulse

    Pulse.objects.filter(name=silent).update(at=now - MINUTE)
    response = Client().get("/healthz")
    assert response.status_code == 503
    assert response.json()[silent]["ok"] is False
    assert response.json()[silent]["seconds_since"] == pytest.approx(60, abs=5)


def test_a_desk_that_never_had_a_worker_says_so():
    body = Client().get("/healthz").json()
    assert body["worker"] == {"ok": False, "seconds_since": None}


def test_a_broker_that_is_away_makes_it_503(settings):
    alive(timezone.now())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/healthz")
    assert response.status_code == 503
    assert response.json()["broker"]["ok"] is False


def test_a_broker_that_accepts_and_never_answers_does_not_hold_the_answer(settings):
    alive(timezone.now())
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.REDIS_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        began = time.monotonic()
        response = Client().get("/healthz")
        took = time.monotonic() - began
    assert response.status_code == 503
    assert took < 5


def test_a_database_that_is_away_makes_it_503_and_not_a_crash(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = Client().get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"]["ok"] is False


def test_it_needs_no_account_answers_head_and_is_never_kept():
    alive(timezone.now())
    response = Client().head("/healthz")
    assert response.status_code == 200
    assert response.content == b""
    assert "no-store" in response.headers["Cache-Control"]


def test_nothing_is_posted_to_it():
    assert Client().post("/healthz").status_code == 405
