"""Payments of a case: what is still owed, and what may be recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from applications.fees.engine import CHARGED
from applications.fees.quoting import latest
from applications.fees.sums import ZERO, told
from applications.models import Application, Payment, Quote
from applications.models.fees import Side
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.turn import Turn

# A gateway's clock may be this far ahead of ours. *chosen*
SKEW = timedelta(minutes=5)


class Doubled(Conflict):
    """A payment with this reference was recorded before."""

    code = "doubled_reference"
    message = _("这个流水号已经登记过，请核对。")


def due(quote: Quote | None, side: str) -> Decimal:
    """What is certainly to be paid on this side: nobody pays what may yet be waived."""
    items = quote.items if quote else []
    mine = (item for item in items if item["side"] == side and item["state"] == CHARGED)
    return sum((Decimal(item["amount"]) for item in mine), ZERO)


def paid(rows: list[Payment], side: str) -> Decimal:
    return sum((row.amount for row in rows if row.side == side), ZERO)


def owed(quote: Quote | None, rows: list[Payment]) -> dict[str, Decimal]:
    """What is still to be paid, by side; never below zero."""
    sides = Side.values
    return {side: max(due(quote, side) - paid(rows, side), ZERO) for side in sides}


def of_case(case: Application) -> list[Payment]:
    """The payments of a case, oldest first. One query."""
    rows = Payment.objects.filter(case_id=case.pk).select_related("received_by")
    return list(rows.order_by("paid_at", "pk"))


def received(turn: Turn, values: Mapping[str, Any]) -> tuple[Payment, Decimal]:
    """The row for a payment, and what is still owed after it on both sides together.

    Raises Doubled for a reference that was recorded before, of whichever case, Invalid naming the
    field otherwise.
    """
    side, amount, reference = values["for"], Decimal(values["amount"]), values["ref"]
    _claim(reference)
    quote, rows = latest(turn.case), of_case(turn.case)  # type: ignore[arg-type]
    left = owed(quote, rows)
    _check_amount(quote, side, amount, left[side])
    if (fee := values.get("fee", "")) and fee not in _charged(quote, side):
        raise _wrong("fee", _("报价中这一侧没有应交的“%(what)s”。") % {"what": fee})
    payment = Payment(
        amount=amount,
        side=side,
        fee=fee,
        method=_method(turn, values.get("method", "")),
        reference=reference,
        paid_at=_paid_at(values.get("paid_at", ""), turn.at),
        received_by=turn.actor,
    )
    return payment, sum(left.values(), ZERO) - amount


def _claim(reference: str) -> None:
    """Refuse a reference that stands in a row; of two at once the second waits for the first.

    The lock is the transaction's; whoever takes it has a case locked already, and waits for no
    other case.
    """
    digest = hashlib.blake2b(f"payment {reference}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        key = int.from_bytes(digest, signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    if Payment.objects.filter(reference=reference).exists():
        raise Doubled(fields={"ref": Doubled.message})


def _check_amount(quote: Quote | None, side: str, amount: Decimal, left: Decimal) -> None:
    if amount <= 0:
        raise _wrong("amount", _("收款金额必须大于零。"))
    if quote is None:
        raise _wrong("amount", _("还没有报价，不能收款。"))
    if amount <= left:
        return
    if quote.depends_on and side == Side.OUTSIDE:
        raise _wrong("amount", _("这笔费用是否免收还没有查明，现在不能收。"))
    raise _wrong("amount", _("超过应交金额：还应交 %(left)s 元。") % {"left": told(left)})


def _charged(quote: Quote | None, side: str) -> set[str]:
    items = quote.items if quote else []
    return {i["code"] for i in items if i["side"] == side and i["state"] == CHARGED}


def _method(turn: Turn, method: str) -> str:
    """How it was paid: people say so; the gateway, which is nobody, speaks for itself."""
    if turn.actor is None:
        return Payment.Method.GATEWAY.value
    if method:
        return method
    message = _("请选择现金或转账；在线支付由支付平台登记。")
    raise _wrong("method", message)


def _paid_at(text: str, at: datetime) -> datetime:
    """The instant given, never after `at`; without one it is `at`."""
    if not text:
        return at
    given = datetime.fromisoformat(text)
    if given > at + SKEW:
        raise _wrong("paid_at", _("付款时间不能在现在之后。"))
    return min(given, at)


def _wrong(field: str, message: Any) -> Invalid:
    return Invalid(message, fields={field: message})
