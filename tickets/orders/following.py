"""What a move means to the order its ticket came by: its clocks, its answer, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from notifications.results import outbox
from tickets.models import Order, OrderSource
from tickets.orders.moves import RETURN, SIGN
from waterdesk.core import clocks as timing
from waterdesk.core import results
from waterdesk.core.errors import Conflict

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

CLOCKS = ("sign_in", "order")
# What these say is the answer to whoever ordered; who does them has taken the order up.
ANSWERS = frozenset({"settle", "answer", "finish"})
ANSWERED, RETURNED = "order.answered", "order.returned"
TOPICS: dict[str, str | Lazy] = {ANSWERED: _("转办单回复"), RETURNED: _("转办单退单")}


def topics() -> Mapping[str, str | Lazy]:
    return TOPICS


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """For `Flow.follow`. Raises Conflict where an order may not go back any more."""
    if not turn.case.reference:
        return
    if move is turn.flow.opening:
        _begin(turn)
    elif move.action in {SIGN, RETURN} | ANSWERS:
        _go_on(turn, move, values)


def _begin(turn: Turn) -> None:
    """Both clocks count from when it was sent here, which is earlier than now."""
    order = turn.case.ordered
    turn.keep(order)
    facts = turn.flow.facts(turn.case, order.received_at)
    turn.clocks += timing.start(turn.case, CLOCKS, facts, order.received_at, turn.policy)


def _go_on(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    order, at = Order.objects.get(case=turn.case.pk), turn.at
    if move.action == RETURN:
        _refuse_what_is_too_late(order, turn)
        order.returned_at, order.reason = at, values["reason"]
        _tell(turn, order, RETURNED, {"reason": order.reason})
    else:
        order.signed_at = order.signed_at or at
    if move.action in ANSWERS:
        order.answered_at, order.answer = at, values["result"]
        _tell(turn, order, ANSWERED, {"answer": order.answer})
    turn.keep(order)
    # What waits under this case may be asked again in the same request.
    turn.case.order = order


def _refuse_what_is_too_late(order: Order, turn: Turn) -> None:
    """Before it is signed, or within the hours that its source gives."""
    if order.signed_at is None:
        return
    rule = OrderSource.objects.filter(code=order.source).first()
    hours = rule.return_hours if rule is not None else 0
    if turn.at > order.received_at + timedelta(hours=hours):
        raise Conflict(
            _("已签收，且转来已超过 %(hours)d 小时，不能退单；请办理或申请延期。")
            % {"hours": hours}
        )


def _tell(turn: Turn, order: Order, topic: str, said: Mapping[str, Any]) -> None:
    data = {"source": order.source, "order": order.number, **said}
    outbox.queue([results.result(turn, topic, data)], turn.at)
