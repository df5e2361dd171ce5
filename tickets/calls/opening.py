"""What people do with a call: see it, take it up, log it, call back. Exchanges tell the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tickets.calls import announcing
from tickets.calls.phones import LEADS
from tickets.models import MISSED, Call, Ring, WrapUp
from waterdesk.core import numbers
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.flow import DISPATCH
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User


class Taken(Conflict):
    """Somebody else is logging this call."""

    code = "call_taken"

    def __init__(self, who: User) -> None:
        self.who = who
        super().__init__(_("%(who)s 正在登记这通来电。") % {"who": who})


class NoCall(NotFound):
    message = _("没有找到这通来电。")


def visible_to(user: User) -> QuerySet[Call]:
    """The calls `user` may see: their own, what rang at them, and what anybody may call back.

    Leads see all; who logs no calls sees none.
    """
    rows = Call.objects.all()
    if user.role in LEADS:
        return rows
    if user.role not in DISPATCH:
        return rows.none()
    rang = Exists(Ring.objects.filter(call=OuterRef("pk"), user=user))
    missed = Q(state__in=MISSED, direction="in")
    return rows.filter(Q(agent=user) | Q(opened_by=user) | missed | Q(rang))


def call_of(user: User, pk: str) -> Call | None:
    """The call of this key if `user` may see it; None for what is no key of one."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return visible_to(user).filter(pk=int(pk)).first()


def initial_of(user: User, query: Mapping[str, str]) -> dict[str, str]:
    """What the hotline's form begins with: the number of a call, or one given in the address."""
    call = call_of(user, query.get("call", ""))
    if call is not None:
        return {"phone": call.number, "call": str(call.pk)}
    given = query.get("phone", "")[:40]
    found = numbers.read(given)
    return {"phone": given if found.kind == "other" else found.value}


def take_up(pk: int, *, by: User, at: datetime, over: bool = False) -> Call:
    """Say that `by` logs this call. Again by the same person: nothing changes.

    Raises Taken while somebody else has it, unless `over`, and NoCall for one out of sight.
    """
    with transaction.atomic():
        call = visible_to(by).select_for_update(of=("self",)).filter(pk=pk).first()
        if call is None:
            raise NoCall
        if call.opened_by_id not in (None, by.pk) and not over:
            raise Taken(call.opened_by)
        if call.opened_by_id != by.pk:
            call.opened_by, call.opened_at = by, at
            call.save(update_fields=["opened_by", "opened_at"])
            _announce(call)
    return call


def join(call: Call, case: Case, *, by: User, at: datetime) -> None:
    """Let the call belong to the case it opened or was about; the first case stands."""
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call.pk)
        call.case_id = call.case_id or case.pk
        call.opened_by_id = call.opened_by_id or by.pk
        call.opened_at = call.opened_at or at
        call.save(update_fields=["case", "opened_by", "opened_at"])
        _announce(call)


# What a call came to when nobody says otherwise, by what was done; codes of seeds/wrap_ups.json.
AFTER = {
    "open": "logged", "settle": "answered", "chase": "chased", "promise_callback": "callback",
}  # fmt: skip


def wrap_up(call: Call, code: str, *, by: User, at: datetime, alone: bool = False) -> None:
    """Say how a call ended; "" or a reason that the utility no longer has says nothing.

    `alone`: nothing is logged of it, which only some reasons allow. Said again, the last one
    stands. Raises Invalid for a reason that there is not, or that asks for a ticket.
    """
    reason = WrapUp.objects.filter(code=code).first()
    if alone and (reason is None or not reason.alone):
        raise Invalid(_("请选择一个可以不登记工单的话后原因。"))
    if reason is None:
        return
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call.pk)
        call.wrap_up = reason.code
        call.opened_by_id = call.opened_by_id or by.pk
        call.opened_at = call.opened_at or at
        call.save(update_fields=["wrap_up", "opened_by", "opened_at"])
        _announce(call)


def called_back(pk: int, *, by: User, at: datetime) -> Call:
    """Say that a missed caller was called back; the first who says so stands. Raises NoCall."""
    with transaction.atomic():
        rows = visible_to(by).select_for_update(of=("self",))
        call = rows.filter(pk=pk, state__in=MISSED, direction="in").first()
        if call is None:
            raise NoCall
        if call.called_back_at is None:
            call.called_back_by, call.called_back_at = by, at
            call.save(update_fields=["called_back_by", "called_back_at"])
    return call


def _announce(call: Call) -> None:
    announcing.announce(call.rings.values_list("user_id", flat=True))
