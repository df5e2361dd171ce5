"""How a question travels: POST, JSON, signed; tried again only where that may help.

Request: {"…": "…"} as the body, so that nothing personal stands in an address or in its logs, with
    X-Desk-Time       seconds since 1970, of this try
    X-Desk-Nonce      32 hexadecimal digits, another one at each try
    X-Desk-Signature  HMAC-SHA256 with the source's key, hexadecimal, over five lines:
                      method, path with its query, time, nonce, SHA-256 of the body
Answer: 200 with an object; 404, or {"found": false}, is no such entry. 408, 425, 429, 5xx and a
broken or silent connection are temporary; whatever else is a refusal. Redirects are not followed:
the question is for this source alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from applications.sources.outcomes import Why
from notifications.tls import authorities

log = logging.getLogger(__name__)

LATER = {408, 425, 429}
# Seconds before the second and the third try. *chosen*
WAITS = (0.2, 0.8)
# The most that one question takes, all tries together, seconds. *chosen*
PATIENCE = 10.0
# No answer is longer; whatever is, is none.
ANSWER_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Source:
    """One source as the settings name it."""

    code: str
    url: str
    key: str


class Unanswered(Exception):
    """The source gave no answer that could be used."""

    def __init__(self, why: Why, detail: str) -> None:
        """`detail` is for the log: a status or the name of an error, nothing personal."""
        super().__init__(f"{why}: {detail}")
        self.why = why


def connected(code: str) -> Source | None:
    """The source of this code, or None where the utility has none."""
    url, key = settings.SOURCES[code]
    return Source(code, url, key) if url else None


def ask(source: Source, question: Mapping[str, str]) -> dict[str, Any] | None:
    """The answer, None for "no such entry". Raises Unanswered; takes PATIENCE seconds at most.

    A question changes nothing at the source, so it may be asked any number of times.
    """
    body = json.dumps(question, ensure_ascii=False, sort_keys=True).encode()
    ends = time.monotonic() + PATIENCE
    # The environment's proxies and .netrc are for people.
    with httpx.Client(verify=authorities(), trust_env=False) as client:
        for wait in (*WAITS, None):
            try:
                return _try(client, source, body, ends)
            except Unanswered as problem:
                last = wait is None or time.monotonic() + wait >= ends
                if problem.why is not Why.TIMEOUT or last:
                    log.warning("source %s gave no answer: %s", source.code, problem)
                    raise
                time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def signed(source: Source, target: str, body: bytes) -> dict[str, str]:
    """The headers of one try; `target` is the path with its query."""
    at, nonce = str(int(time.time())), secrets.token_hex(16)
    return {
        "Content-Type": "application/json",
        "X-Desk-Time": at,
        "X-Desk-Nonce": nonce,
        "X-Desk-Signature": signature(source.key, target, at, nonce, body),
    }


def signature(key: str, target: str, at: str, nonce: str, body: bytes) -> str:
    lines = ("POST", target, at, nonce, hashlib.sha256(body).hexdigest())
    return hmac.new(key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def _try(client: httpx.Client, source: Source, body: bytes, ends: float) -> dict[str, Any] | None:
    target = httpx.URL(source.url).raw_path.decode("ascii")
    left = max(0.05, ends - time.monotonic())
    timeout = httpx.Timeout(
        min(settings.SOURCE_READ_TIMEOUT, left),
        connect=min(settings.SOURCE_CONNECT_TIMEOUT, left),
    )
    headers = signed(source, target, body)
    try:
        with client.stream(
            "POST", source.url, content=body, headers=headers, timeout=timeout
        ) as response:
            _refuse(response.status_code)
            if response.status_code == httpx.codes.NOT_FOUND:
                return None
            return _parsed(_whole(response, ends))
    except httpx.TransportError as problem:
        raise Unanswered(Why.TIMEOUT, type(problem).__name__) from problem
    except httpx.HTTPError as problem:  # an encoding that is none
        raise Unanswered(Why.MALFORMED, type(problem).__name__) from problem


def _refuse(status: int) -> None:
    if status in LATER or status >= 500:
        raise Unanswered(Why.TIMEOUT, f"HTTP {status}")
    if status not in (httpx.codes.OK, httpx.codes.NOT_FOUND):
        raise Unanswered(Why.REFUSED, f"HTTP {status}")


def _whole(response: httpx.Response, ends: float) -> bytes:
    """The body, as far as one is waited for: a source that drips holds nobody up."""
    read = b""
    for piece in response.iter_bytes():
        read += piece
        if len(read) > ANSWER_BYTES:
            raise Unanswered(Why.MALFORMED, "too long")
        if time.monotonic() > ends:
            raise Unanswered(Why.TIMEOUT, "too slow")
    return read


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Unanswered(Why.MALFORMED, "no JSON") from None
    if not isinstance(answer, dict):
        raise Unanswered(Why.MALFORMED, "no object")
    found = answer.get("found", True)
    if not isinstance(found, bool):
        raise Unanswered(Why.MALFORMED, "found")
    return answer if found else None
