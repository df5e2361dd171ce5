"""请假: who is away, from when until when. Their shifts stay on the roster, as uncovered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from waterdesk.core.duty import rules
from waterdesk.core.duty.rules import log, wrong
from waterdesk.core.errors import Invalid, NotFound
from waterdesk.core.models.duty import RosterChange
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Leave

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy


@transaction.atomic
def take_leave(
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    *,
    actor: User,
    at: datetime,
    policy: Policy,
) -> Leave:
    """Keep that somebody is away from `starts_at` up to `ends_at` (aware), and why.

    The lead of the person's own area says so, for it may have begun: nobody plans to fall ill.
    Shifts of that time stay and count as uncovered until somebody stands in. Leave that overlaps
    other leave is refused, and so is a repetition. Raises NotAllowed or Invalid.
    """
    rules.may(actor, [_home(user, policy)], policy)
    if ends_at <= starts_at:
        raise wrong("ends_at", _("请假的结束必须晚于开始。"))
    if ends_at <= at:
        raise wrong("ends_at", _("这段时间已经过去。"))
    rules.in_reach(starts_at, ends_at, at)
    if not rules.is_watcher(rules.hold([user.pk])[user.pk]):
        raise wrong("user", _("此人不参加值班，不用登记请假。"))
    other = Leave.objects.filter(user=user, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if other is not None:
        said = {"name": user, "time": rules.span(other)}
        raise wrong("starts_at", _("%(name)s 已经请假：%(time)s。") % said)
    leave = Leave.objects.create(user=user, starts_at=starts_at, ends_at=ends_at, reason=reason)
    log(RosterChange.Action.LEAVE, actor, at, _home(user, policy), leave=leave_facts(leave))
    return leave


@transaction.atomic
def end_leave(leave_id: int, *, actor: User, at: datetime, policy: Policy) -> None:
    """销假: the person is back at `at`, or does not go at all. Leave that is over stays.

    Raises NotFound, also on a repetition, NotAllowed or Invalid.
    """
    user_id = Leave.objects.filter(pk=leave_id).values_list("user", flat=True).first()
    held = rules.hold([user_id] if user_id else [])
    leave = Leave.objects.filter(pk=leave_id).select_related("user__area").first()
    if leave is None or not held:
        raise NotFound(_("没有找到该请假，可能已被他人销去。"))
    rules.may(actor, [_home(leave.user, policy)], policy)
    if leave.ends_at <= at:
        raise Invalid(_("已结束的请假不能更改。"))
    log(RosterChange.Action.BACK, actor, at, _home(leave.user, policy), leave=leave_facts(leave))
    if leave.starts_at < at:
        leave.ends_at = at
        leave.save(update_fields=["ends_at"])
    else:
        leave.delete()


def leave_facts(leave: Leave) -> dict[str, Any]:
    """Leave as the log keeps it. Why somebody is away stays with the row: it is personal."""
    return {
        "user": leave.user.username,
        "starts_at": leave.starts_at.astimezone(UTC).isoformat(),
        "ends_at": leave.ends_at.astimezone(UTC).isoformat(),
    }


def _home(user: User, policy: Policy) -> int:
    return user.area_id or policy.root.pk
