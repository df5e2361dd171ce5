from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model

from notifications import texts
from notifications.models import Message, Text
from notifications.outbox import Notice, queue
from tests.notifications.far_end import Gateway, serve, silent_server

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PHONE = "13800001234"


@pytest.fixture(autouse=True)
def _no_text_of_another_test() -> Iterator[None]:
    texts.forget()
    yield
    texts.forget()


@pytest.fixture
def text(db: None) -> Callable[..., Text]:
    """Make a text; by default for "told" as a short message."""

    def make(
        key: str = "told", channel: str = "sms", body: str = "办件 {number}", **more: Any
    ) -> Text:
        return Text.objects.create(key=key, channel=channel, body=body, **more)

    return make


@pytest.fixture
def person(db: None) -> Callable[..., Any]:
    def make(username: str = "wang", role: str = "customer", **more: Any) -> Any:
        return get_user_model().objects.create(username=username, role=role, **more)

    return make


@pytest.fixture
def admin(person: Callable[..., Any]) -> Any:
    return person("chief", role="admin", is_staff=True, is_superuser=True)


def notice(occurrence: str = "A1#1", **more: Any) -> Notice:
    given = {"key": "told", "user_id": None, "phone": PHONE, "context": {"number": "A1"}, **more}
    return Notice(occurrence=occurrence, **given)


@pytest.fixture
def queued(text: Callable[..., Text]) -> Callable[..., list[Message]]:
    """Queue so many short messages at NOW; returns them in the order of queueing."""

    def make(count: int = 1, at: datetime = NOW, **more: Any) -> list[Message]:
        if not Text.objects.filter(key="told", channel="sms").exists():
            text()
        queue([notice(f"A{n}#1", **more) for n in range(count)], at)
        return list(Message.objects.order_by("id"))

    return make


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    far_end = Gateway()
    server = serve(far_end)
    settings.SMS_TRANSPORT, settings.SMS_URL, settings.SMS_TOKEN = "http", far_end.url, "secret"
    settings.SMS_TIMEOUT = 5
    yield far_end
    if far_end.slow is not None:
        far_end.slow.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts and never answers."""
    listening = silent_server()
    yield listening.getsockname()[1]
    listening.close()
