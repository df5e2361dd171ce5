from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from applications.sources import client
from tests.applications.sources.far_end import KEY, Sources, drip, serve
from tests.notifications.far_end import refused_port, silent_server


@pytest.fixture
def sources(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sources]:
    """All four connected, to a server that answers rightly; tries follow without a wait."""
    far_end = Sources()
    server = serve(far_end)
    names = ("registry", "identity", "property", "arrears")
    settings.SOURCES = {name: (f"{far_end.url}/{name}", KEY) for name in names}
    monkeypatch.setattr(client, "WAITS", (0.01, 0.01))
    yield far_end
    server.shutdown()
    server.server_close()


@pytest.fixture
def elsewhere(settings: Any, sources: Sources) -> Callable[..., None]:
    """Give a source another address, or another key, or neither."""

    def move(name: str, url: str | None = None, key: str = KEY) -> None:
        given = settings.SOURCES[name][0] if url is None else url
        settings.SOURCES = settings.SOURCES | {name: (given, key)}

    return move


@pytest.fixture
def unconnected(settings: Any) -> None:
    settings.SOURCES = dict.fromkeys(("registry", "identity", "property", "arrears"), ("", ""))


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    return f"http://127.0.0.1:{refused_port()}/"


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts and never says a word."""
    listening = silent_server()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    listening.close()


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that begins an answer at once and sends a letter of it at a time."""
    listening, over = silent_server(), threading.Event()
    thread = threading.Thread(target=drip, args=(listening, over), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    over.set()
    thread.join(10)
    listening.close()


@pytest.fixture
def fresh_cache(db: None) -> Iterator[None]:
    """No breaker remembers another test."""
    cache.clear()
    yield
    cache.clear()
