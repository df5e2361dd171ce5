"""The rows of the workflow that only an order has: signing it, and giving it back."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import DISPATCH, Field, Label, Move
from waterdesk.core.models.cases import Case

SIGN, RETURN = "sign_in", "return"


def is_order(case: Case) -> bool:
    return bool(case.reference)


def term_of(case: Case) -> str:
    """By when it is ordered to be answered; "" of what nobody ordered."""
    if not case.reference:
        return ""
    order = getattr(case, "ordered", None) or case.order
    return str(order.term)


def is_unsigned(case: Case) -> bool:
    return is_order(case) and case.order.signed_at is None


def _why_not_signed(case: Case) -> Label:
    return _("已经签收。") if is_order(case) else _("这不是转办单。")


def _why_not_returned(case: Case) -> Label:
    return _("这不是转办单。")


def moves(open_statuses: Iterable[str]) -> tuple[Move, ...]:
    """`open_statuses` are those in which an order may still be signed."""
    return (
        Move(
            SIGN,
            _("签收"),
            before=frozenset(open_statuses),
            roles=DISPATCH,
            stop=("sign_in",),
            paused=None,
            when=is_unsigned,
            why_not=_why_not_signed,
            tone="primary",
        ),
        Move(
            RETURN,
            _("退单"),
            before={"logged", "dispatched"},
            after="returned",
            roles=DISPATCH,
            fields=(
                Field("reason", _("退单原因"), kind="reason", use="return"),
                Field("note", _("退单说明")),
            ),
            note=False,
            stop=("sign_in",),
            paused=None,
            when=is_order,
            why_not=_why_not_returned,
            tell=("handler",),
            tone="danger",
            confirm=_("退单后由来源单位另行转办，确定退回？"),
        ),
    )
