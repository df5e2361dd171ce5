"""An exchange that tells of calls, signed as it should be."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from tests.factories import MONDAY_0900, staff
from tickets.calls import phones
from tickets.models import Call
from waterdesk.core.models import User

KEY = "k" * 32
URL = "/api/v1/calls/events/"
BACKEND = "waterdesk.web.accounts.backends.StaffPassword"


class Exchange:
    """Tells of calls to the API, as the one named `main`."""

    def __init__(self) -> None:
        self.client = Client()

    def post(self, body: bytes, **headers: str) -> Any:
        stamp = headers.pop("stamp", str(int(timezone.now().timestamp())))
        key = headers.pop("key", KEY)
        signed = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        sent = {"X-Provider": "main", "X-Timestamp": stamp, "X-Signature": f"v1={signed}"}
        return self.client.post(URL, body, content_type="application/json", headers=sent | headers)

    def tell(self, kind: str, call: str = "c1", after: float = 0, **more: Any) -> Any:
        """Tell that `kind` happened `after` seconds from now."""
        event = {
            "event": f"{call}-{kind}-{after}-{more.get('extension', '')}",
            "call": call,
            "kind": kind,
            "at": (timezone.now() + timedelta(seconds=after)).isoformat(),
        } | more
        return self.post(json.dumps(event).encode())

    def ring(self, extension: str, call: str = "c1", number: str = "13987654321") -> Call:
        self.tell("ringing", call, extension=extension, number=number, called="96390")
        return Call.objects.get(provider_call=call)


@pytest.fixture(autouse=True)
def _telephony(settings: LazySettings) -> None:
    settings.CALLS_SECRETS = {"MAIN": [KEY]}
    settings.TELEPHONY = True
    settings.CALLS_STREAMS = 40


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_0900, tick=False) as clock:
        yield clock


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def at_phone(extension: str, name: str, at: datetime = MONDAY_0900, role: str = "agent") -> User:
    user = staff(role, name=name)
    phones.sit_down(user, extension, by=user, at=at)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client
