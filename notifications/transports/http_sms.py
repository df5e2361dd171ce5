"""Short messages over HTTP: POST {to, text} to the utility's gateway.

Request: `Authorization: Bearer <SMS_TOKEN>` and `Idempotency-Key: <message id>`. The gateway must
take the same key for the same message: a worker that is killed between the sending and the
noting sends again, with the same key.
Answer: 2xx with {"id": …} took it; 4xx will never take it; 408, 409 (the first try with this key is
still in hand), 425, 429 and everything else may take it later. Retry-After is honoured.
"""

from __future__ import annotations

import json

import httpx
from django.conf import settings

from notifications.answers import ANSWER_BYTES, LATER, retry_after
from notifications.rendering import cut, printable
from notifications.tls import authorities
from notifications.transports import Letter, PermanentFailure, TemporaryFailure


class HttpSms:
    def __init__(self, url: str, token: str, timeout: float) -> None:
        """`timeout` in seconds holds for connecting, writing and every read, each by itself."""
        self._url = url
        # The environment's proxies and .netrc are for people: they would replace the token.
        self._client = httpx.Client(
            verify=authorities(),
            timeout=timeout,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trust_env=False,
        )

    @classmethod
    def from_settings(cls) -> HttpSms:
        return cls(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_TIMEOUT)

    def send(self, letter: Letter) -> str:
        body = {"to": letter.address, "text": letter.text}
        headers = {"Idempotency-Key": letter.id}
        try:
            with self._client.stream("POST", self._url, json=body, headers=headers) as response:
                answer = next(response.iter_bytes(ANSWER_BYTES), b"")
        except httpx.HTTPError as problem:
            raise TemporaryFailure(f"{type(problem).__name__}: {problem}") from problem
        if response.is_success:
            return _carrier_id(answer)
        reason = cut(printable(f"HTTP {response.status_code} {_text(answer)}".strip()), 200)
        if response.is_client_error and response.status_code not in LATER:
            raise PermanentFailure(reason)
        raise TemporaryFailure(reason, retry_after(response.headers.get("Retry-After", "")))

    def close(self) -> None:
        self._client.close()


def _carrier_id(answer: bytes) -> str:
    """The id of an accepted message; "" when the gateway names none."""
    try:
        parsed = json.loads(answer)
    except ValueError:
        return ""
    found = parsed.get("id") if isinstance(parsed, dict) else None
    return "" if found is None else cut(printable(str(found)), 128)


def _text(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")
