"""The rows by which a case is quoted and paid, and what comes of them.

Staff give quantities and what has been found out; the desk itself quotes by the rules and tells the
customer. Staff or the gateway record a payment; the desk itself says `paid`, which is what burdens
and reports count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.catalogue import held
from applications.fees import payments, quoting
from applications.fees.engine import CHARGED
from applications.fees.rules import FOUND_OUT
from applications.models.fees import Payment, Side
from waterdesk.core.flow import CREW, DISPATCH, Field, Label, Move
from waterdesk.core.models.cases import Case
from waterdesk.core.turn import Turn

QUOTE, QUOTED, QUOTED_OPEN = "quote", "quoted", "quoted_open"
PAY, PAID = "pay", "paid"
REFERENCE_LENGTH = 64
# What people may record; the gateway speaks for itself.
BY_HAND = tuple(each for each in Payment.Method.choices if each[0] != Payment.Method.GATEWAY.value)


def _costs(case: Case) -> bool:
    """Whether this case may cost anything: a change of name has no pipe that could."""
    service = held.service(case.subject)
    return service is None or bool(service.fee)


def _charged(case: Case) -> list[tuple[str, Label]]:
    """What is to be paid by the quote that holds, by code and name."""
    last = quoting.latest(case)  # type: ignore[arg-type]
    items = last.items if last else []
    return [(item["code"], item["name"]) for item in items if item["state"] == CHARGED]


_SUMS = (
    Field("quote", _("报价版本"), "number"),
    Field("total", _("应交（元）"), "money"),
    Field("waived", _("免收（元）"), "money"),
)
_PAYMENT = (
    Field("amount", _("金额（元）"), "money"),
    Field("for", _("用于"), "choice", choices=tuple(Side.choices)),
    Field(
        "fee",
        _("收费项目"),
        required=False,
        max_length=40,
        help=_("不选为本侧全部。"),
        offered=_charged,
    ),
    Field("ref", _("流水号"), max_length=REFERENCE_LENGTH),
)


def moves(open_statuses: Iterable[str]) -> tuple[Move, ...]:
    """The rows for the statuses in which a case is open; a pause stands in the way of none."""
    still = frozenset(open_statuses)
    return (
        Move(
            QUOTE,
            _("报价"),
            before=still,
            roles=DISPATCH | CREW,
            fields=(
                Field("quantities", _("数量"), "figures"),
                Field("land", FOUND_OUT["land"], "date", required=False),
                Field("developer", FOUND_OUT["developer"], "flag", required=False),
            ),
            paused=None,
            when=_costs,
        ),
        # The desk itself makes these two after a quote, and tells the sums.
        Move(QUOTED, _("报价已告知"), before=still, fields=_SUMS, paused=None, tell=("customer",)),
        Move(
            QUOTED_OPEN,
            _("报价待定，已告知"),
            before=still,
            fields=(*_SUMS, Field("least", _("至少应交（元）"), "money")),
            paused=None,
            tell=("customer",),
        ),
        Move(
            PAY,
            _("登记收款"),
            before=still,
            roles=DISPATCH,
            fields=(
                *_PAYMENT,
                Field(
                    "method",
                    _("付款方式"),
                    "choice",
                    required=False,
                    choices=BY_HAND,
                ),
                Field("paid_at", _("付款时间"), "moment", required=False, help=_("不填为现在。")),
            ),
            paused=None,
        ),
        # And this one after a payment.
        Move(PAID, _("收到付款"), before=still, fields=_PAYMENT, paused=None, tell=("customer",)),
    )


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """What comes of a quote and of a payment, in the same transaction. Raises Invalid."""
    if move.action == QUOTE:
        _quoted(turn, values)
    elif move.action == PAY:
        _paid(turn, values)


def _quoted(turn: Turn, values: Mapping[str, Any]) -> None:
    made = quoting.made(turn, values)
    turn.keep(made)
    sums = {"total": f"{made.total:.2f}", "waived": f"{made.waived:.2f}"}
    said = sums | {"quote": made.version}
    if made.depends_on:
        said |= {"least": f"{made.least:.2f}", "depends_on": made.depends_on}
    row = turn.flow.move(QUOTED_OPEN if made.depends_on else QUOTED)
    turn.make(row, said, "", by_desk=True)


def _paid(turn: Turn, values: Mapping[str, Any]) -> None:
    payment, left = payments.received(turn, values)
    turn.keep(payment)
    said = {name: values.get(name, "") for name in ("amount", "for", "fee", "ref")}
    turn.make(turn.flow.move(PAID), said, "", by_desk=True)
    if turn.case.paused_reason == "payment" and not left:
        # The desk waited for this; nobody has to end the pause by hand.
        turn.make(turn.flow.move("resume"), {}, "", by_desk=True)
