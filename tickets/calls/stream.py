"""GET /desk/calls/stream/: what rings at the extension of whoever asks, as server-sent events.

Events:
  calls   {"now": [...], "missed": [...]}: all that rings or is spoken at their extension now, and
          after a lost connection what was missed; its id is the instant in milliseconds
  off     no extension is theirs: the browser asks again with its next page
  moved   another page of the same tab has the stream now
A line of a comment every HEARTBEAT seconds keeps proxies from closing it.

A stream holds a thread, so a process takes settings.CALLS_STREAMS and answers 503 to others, which
come again a little later. Many agents are served by a process of their own: see deploy/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from tickets.calls import phones
from tickets.calls.hub import Full, Stream, hub
from tickets.calls.pops import missed_since, pops_of
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import DISPATCH

HEARTBEAT = 15.0
# Milliseconds after which a browser comes back by itself. *chosen*: nobody waits, nobody storms.
RETRY = 1500
_TAB = re.compile(r"[0-9A-Za-z-]{1,40}")


@require_safe
def stream(request: HttpRequest) -> HttpResponse:
    """The stream of whoever is signed in; 403 for others, 503 when this process is full."""
    if not request.user.is_authenticated or request.user.role not in DISPATCH:
        raise NotAllowed
    tab = request.GET.get("tab", "")
    if not (settings.TELEPHONY and phones.extension_of(request.user)):
        return _answer(iter([_event("off", {})]))
    # The listener needs a connection, too: whoever waits for it may not keep one from it.
    connection.close()
    try:
        held = hub.join(request.user.pk, tab if _TAB.fullmatch(tab) else "")
    except Full:
        full = HttpResponse(status=503, headers={"Retry-After": "2"})
        return _readable(full)
    try:
        now = pops_of([request.user.pk])[request.user.pk]
        first = {"now": now, "missed": _missed(request)}
    except Exception:
        hub.leave(held)
        raise
    # Nothing is read for this stream any more: the hub does that for all.
    connection.close()
    return _answer(_Lines(held, first))


class _Lines:
    """What goes down one stream. The server closes it when the browser has gone."""

    def __init__(self, held: Stream, first: dict[str, Any]) -> None:
        self._held = held
        self._lines = self._all(first)

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def close(self) -> None:
        hub.leave(self._held)
        self._lines.close()

    def _all(self, first: dict[str, Any]) -> Iterator[bytes]:
        try:
            yield f"retry: {RETRY}\n\n".encode() + _event("calls", first)
            while True:
                fresh = self._held.wait(HEARTBEAT)
                if self._held.replaced:
                    yield _event("moved", {})
                    return
                yield b":\n\n" if fresh is None else _event("calls", {"now": fresh, "missed": []})
        finally:
            hub.leave(self._held)


def _event(name: str, data: dict[str, Any]) -> bytes:
    key = int(timezone.now().timestamp() * 1000)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {key}\nevent: {name}\ndata: {text}\n\n".encode()


def _missed(request: HttpRequest) -> list[dict[str, Any]]:
    """What rang since the event the browser had last; nothing for one that comes the first time."""
    last = request.headers.get("Last-Event-ID", "") or request.GET.get("last", "")
    if not (last.isascii() and last.isdigit() and len(last) < 16):
        return []
    since = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(last))
    return missed_since(request.user, since, timezone.now())


def _answer(lines: Iterator[bytes] | _Lines) -> HttpResponse:
    answer = StreamingHttpResponse(lines, content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"  # nginx would wait for more
    return _readable(answer)


def _readable(answer: Any) -> Any:
    """Let pages of the desk read it where it is served at an address of its own."""
    if settings.CALLS_STREAM_URL:
        answer["Access-Control-Allow-Origin"] = settings.SITE_URL
        answer["Access-Control-Allow-Credentials"] = "true"
        patch_vary_headers(answer, ["Origin"])
    return answer
