"""One delivery over HTTP: what is sent, and what each answer means.

2xx: done. 410: the receiver wants nothing any more. 408, 409, 425, 429, 5xx and silence: later.
Everything else, redirects included, is a refusal; nothing is ever followed.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

from notifications.answers import ANSWER_BYTES, LATER, retry_after
from notifications.rendering import cut, printable
from notifications.results.guard import Backend, NotAllowed
from notifications.results.models import Delivery
from notifications.results.signing import NoSecret, headers, secrets_of
from notifications.sending import Sent
from notifications.transports import PermanentFailure, TemporaryFailure

GONE = 410


@dataclass(frozen=True, slots=True)
class Gone:
    """The receiver says that it is no more."""

    reason: str


def post(delivery: Delivery, at: datetime) -> Sent | Gone:
    """Send one delivery, signed at `at`. Raises TemporaryFailure or PermanentFailure.

    Touches no database: it is called from threads, and its subscriber was read before.
    """
    subscriber = delivery.subscriber
    try:
        secrets = secrets_of(subscriber.secret)
        status, named, answer = _exchanged(delivery, subscriber.url, secrets, at)
    except NoSecret as problem:
        raise TemporaryFailure(str(problem)) from problem
    except NotAllowed as problem:
        raise PermanentFailure(str(problem)) from problem
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as problem:
        raise TemporaryFailure(f"{type(problem).__name__}: {problem}") from problem
    reason = cut(printable(f"HTTP {status} {answer.decode('utf-8', 'replace')}".strip()), 200)
    if 200 <= status < 300:
        return Sent(reason)
    if status == GONE:
        return Gone(reason)
    if status >= 500 or status in LATER:
        raise TemporaryFailure(reason, retry_after(named.get(b"retry-after", b"").decode("latin")))
    raise PermanentFailure(reason)


def _exchanged(
    delivery: Delivery, url: str, secrets: list[str], at: datetime
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and the beginning of the answer.

    A connection of its own: one that was kept would go on to an address judged long ago.
    """
    body = delivery.body.encode()
    sent = headers(str(delivery.pk), delivery.topic, body, secrets, at) | {
        "Host": _authority(url),
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "waterdesk",
        "Waterdesk-Replay": str(delivery.replays),
        "Connection": "close",
    }
    patience = dict.fromkeys(("connect", "read", "write", "pool"), float(settings.RESULTS_TIMEOUT))
    plain = urlsplit(url).scheme == "http"
    with (
        httpcore.ConnectionPool(network_backend=Backend(plain), ssl_context=_tls()) as pool,
        pool.stream(
            "POST", url, headers=sent, content=body, extensions={"timeout": patience}
        ) as response,
    ):
        answer = next(iter(response.iter_stream()), b"")[:ANSWER_BYTES]
        named = {name.lower(): value for name, value in response.headers}
        return response.status, named, answer


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked; SSL_CERT_FILE may name an authority of the utility's own."""
    return httpx.create_ssl_context()


def _authority(url: str) -> str:
    return urlsplit(url).netloc
