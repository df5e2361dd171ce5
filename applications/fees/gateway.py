"""The gateway at which customers pay online: what is asked of it, and what it tells us.

Asked: POST PAY_URL with {order, case, for, amount, subject, notify_url}; the answer is 2xx with
{"pay_url": an address for the customer's browser}. The same `order` is the same order.
Told: POST /api/v1/payments/callback/ with {case, for, amount, ref, paid_at}.
Both bodies are signed in `X-Signature: t=<seconds since 1970>,v1=<hex>`, the HMAC-SHA256 under
PAY_SECRET of "<t>.<body>"; a signature older than TOLERANCE is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.tls import authorities
from waterdesk.core.errors import DeskError

TOLERANCE = 300  # seconds that the two clocks may differ, and the way may take. *chosen*
ANSWER_BYTES = 16_384
HEADER = "X-Signature"
_SIGNED = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class Unavailable(DeskError):
    """The gateway did not take the order, or is not there; nothing was paid."""

    code = "gateway_unavailable"
    status = 503
    message = gettext_lazy("支付平台暂时不可用，没有扣款，请稍后再试，或到窗口、转账。")


@dataclass(frozen=True, slots=True)
class Order:
    """What one customer is to pay for one side of a case, by the quote of this version."""

    case: str
    side: str
    amount: Decimal
    version: int

    @property
    def key(self) -> str:
        """The same for the same sum of the same quote: a second click makes no second order."""
        return f"{self.case}-{self.side}-{self.version}-{self.amount:.2f}"


class Gateway(Protocol):
    def place(self, order: Order) -> str:
        """Make the order, or find it made; the address at which to pay. Raises Unavailable."""
        ...


class HttpGateway:
    """The gateway over HTTP, as the head of this file says."""

    def __init__(self, url: str, secret: str, timeout: float) -> None:
        """`timeout` in seconds holds for connecting, writing and every read, each by itself."""
        self._url, self._secret, self._timeout = url, secret, timeout

    def place(self, order: Order) -> str:
        body = json.dumps(
            {
                "order": order.key,
                "case": order.case,
                "for": order.side,
                "amount": f"{order.amount:.2f}",
                "subject": _("用水报装 %(number)s") % {"number": order.case},
                "notify_url": f"{settings.SITE_URL}{reverse('api-payments-callback')}",
            },
            ensure_ascii=False,
        ).encode()
        headers = {
            "Content-Type": "application/json",
            HEADER: signature(self._secret, body, timezone.now()),
        }
        try:
            with (
                httpx.Client(
                    verify=authorities(), timeout=self._timeout, trust_env=False
                ) as client,
                client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                said = next(answer.iter_bytes(ANSWER_BYTES), b"")
        except httpx.HTTPError as problem:
            raise Unavailable from problem
        if not answer.is_success:
            raise Unavailable
        return _address(said)


def from_settings() -> Gateway:
    return HttpGateway(settings.PAY_URL, settings.PAY_SECRET, settings.PAY_TIMEOUT)


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of the header for a body that is sent at `at`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_mac(secret, seconds, body)}"


def is_signed(secret: str, body: bytes, header: str, now: datetime) -> bool:
    """Whether the header is a signature of just this body, made about now; never without secret."""
    found = _SIGNED.fullmatch(header)
    if not secret or found is None:
        return False
    seconds = int(found[1])
    fresh = abs(now.timestamp() - seconds) <= TOLERANCE
    return fresh and hmac.compare_digest(_mac(secret, seconds, body), found[2])


def _mac(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _address(said: bytes) -> str:
    """The address in an answer; only one of the web is followed."""
    try:
        address = json.loads(said)["pay_url"]
        if urlsplit(address).scheme in ("http", "https"):
            return str(address)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Unavailable
