"""What every change of the roster keeps to: who may, who waits for whom, what the log says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Conflict, Invalid, Message, NotAllowed, NotFound
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.people import Role, User
from waterdesk.core.models.rota import Leave

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

# Farther away a date is a slip of the keyboard.
FARTHEST = timedelta(days=732)
KEEPERS = frozenset(role.value for role in (Role.LEAD, Role.SUPERVISOR, Role.ADMIN))


def areas_of(user: User, policy: Policy) -> list[int]:
    """The areas whose roster this person keeps: the own one and all below."""
    if user.role not in KEEPERS:
        return []
    below = policy.below(user.area_id or policy.root.pk)
    return sorted(policy.areas if below is None else below)


def watchers(area_ids: Iterable[int]) -> list[User]:
    """Who may be put on duty for these areas: active staff of theirs."""
    people = User.objects.filter(is_active=True, area__in=area_ids).exclude(role=Role.CUSTOMER)
    return list(people.select_related("area").order_by("area__code", "role", "username"))


def may(actor: User, area_ids: Iterable[int], policy: Policy) -> None:
    if set(area_ids) - set(areas_of(actor, policy)):
        raise NotAllowed


def locked(shift_ids: list[int]) -> list[Shift]:
    """The shifts in the order asked for, locked in the order of their keys."""
    # No join: a shift that another change gave to somebody else while this one waited would fall
    # out of it, and seem to be gone.
    rows = Shift.objects.select_for_update().prefetch_related("user", "area")
    found = {shift.pk: shift for shift in rows.filter(pk__in=shift_ids).order_by("pk")}
    if set(shift_ids) - set(found):
        raise NotFound(_("没有找到该班次，可能已被他人取消。"))
    return [found[each] for each in shift_ids]


def as_seen(shift: Shift, seen: str) -> None:
    """Refuse what was decided on a shift that is another by now; "" was decided on nothing seen."""
    if seen and seen != shift.seen:
        raise Conflict(_("该班次已被他人更改，请核对最新内容后再操作。"))


def hold(user_ids: Iterable[int]) -> dict[int, User]:
    """These people as they are now. Of two changes to one person the second waits for the first."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=user_ids)
    return {user.pk: user for user in rows.order_by("pk")}


def still_to_come(shifts: Iterable[Shift], at: datetime) -> None:
    if any(shift.ends_at <= at for shift in shifts):
        raise Invalid(_("已结束的班次不能更改。"))


def in_order(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= starts_at:
        raise wrong("ends_at", _("班次的结束必须晚于开始。"))
    if ends_at <= at:
        raise wrong("ends_at", _("这段时间已经过去。"))
    in_reach(starts_at, ends_at, at)


def in_reach(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Refuse what begins or ends farther from `at` than anybody plans."""
    for field, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not at - FARTHEST <= instant <= at + FARTHEST:
            raise wrong(field, _("请填写两年之内的日期。"))


def is_watcher(user: User) -> bool:
    return user.is_active and user.role != Role.CUSTOMER


def refuse_taken(
    user: User, starts_at: datetime, ends_at: datetime, *, but: Iterable[int], field: str
) -> None:
    """Refuse to put somebody on duty who has another shift then, or is away."""
    taken = Shift.objects.touching(starts_at, ends_at).filter(user=user)
    other = taken.exclude(pk__in=but).select_related("area").first()
    if other is not None:
        said = {"name": user, "area": other.area, "time": span(other)}
        raise wrong(field, _("%(name)s 在%(area)s已有班次：%(time)s。") % said)
    away = Leave.objects.filter(user=user, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if away is not None:
        said = {"name": user, "time": span(away)}
        raise wrong(field, _("%(name)s 请假：%(time)s。") % said)


def facts(shift: Shift) -> dict[str, Any]:
    """A shift as the log keeps it: codes and values, instants in UTC."""
    return {
        "area": shift.area.code,
        "user": shift.user.username,
        "starts_at": shift.starts_at.astimezone(UTC).isoformat(),
        "ends_at": shift.ends_at.astimezone(UTC).isoformat(),
    }


def span(what: Shift | Leave) -> str:
    """11-21 08:30–18:00 in the current zone; the second date where it is another."""
    return span_of(what.starts_at, what.ends_at)


def span_of(starts_at: datetime, ends_at: datetime) -> str:
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{start:%m-%d %H:%M}–{until}"


def wrong(field: str, message: Message) -> Invalid:
    return Invalid(message, fields={field: message})


def log(action: str, actor: User, at: datetime, area_id: int, **data: Any) -> None:
    RosterChange.objects.create(
        at=at, actor=actor.username, action=action, area_id=area_id, data=data
    )
