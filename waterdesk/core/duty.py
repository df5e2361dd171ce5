"""值班表: who is on duty, and the only writer of shifts. Every change is kept with who made it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Invalid, Message, NotAllowed, NotFound
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.people import Role, User

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

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


@transaction.atomic
def add(
    *,
    area_id: int,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    actor: User,
    at: datetime,
    policy: Policy,
) -> Shift:
    """Put somebody on duty from `starts_at` up to `ends_at` (aware). Raises NotAllowed or Invalid.

    A repetition overlaps the first one and is refused.
    """
    _may(actor, [area_id], policy)
    if ends_at <= starts_at:
        raise _wrong("ends_at", _("班次的结束必须晚于开始。"))
    if ends_at <= at:
        raise _wrong("ends_at", _("这段时间已经过去。"))
    _hold([user.pk])
    if not user.is_active or user.role == Role.CUSTOMER:
        raise _wrong("user", _("此人不能值班。"))
    shift = Shift(
        area_id=area_id, role=user.role, user=user, starts_at=starts_at, ends_at=ends_at, note=note
    )
    _refuse_overlap(user, shift, but=[], field="user")
    shift.save()
    _record(RosterChange.Action.ADD, actor, at, area_id, shift=facts(shift))
    return shift


@transaction.atomic
def swap(first_id: int, second_id: int, *, actor: User, at: datetime, policy: Policy) -> None:
    """Let the people of two shifts change places. Raises NotFound, NotAllowed or Invalid."""
    first, second = _locked([first_id, second_id])
    _may(actor, [first.area_id, second.area_id], policy)
    _still_to_come([first, second], at)
    if first.user_id == second.user_id:
        raise _wrong("second", _("两个班次是同一个人，不用换。"))
    _hold([first.user_id, second.user_id])
    both = [first.pk, second.pk]
    _refuse_overlap(second.user, first, but=both, field="first")
    _refuse_overlap(first.user, second, but=both, field="second")
    before = [facts(first), facts(second)]
    # One statement: between two of them somebody would be in two places.
    Shift.objects.filter(pk__in=both).update(
        user=Case(When(pk=first.pk, then=Value(second.user_id)), default=Value(first.user_id)),
        role=Case(When(pk=first.pk, then=Value(second.role)), default=Value(first.role)),
    )
    _record(RosterChange.Action.SWAP, actor, at, first.area_id, shifts=before)


@transaction.atomic
def remove(shift_id: int, *, actor: User, at: datetime, policy: Policy) -> None:
    """Take a shift off the roster. One that is over stays. Raises NotFound, NotAllowed, Invalid."""
    (shift,) = _locked([shift_id])
    _may(actor, [shift.area_id], policy)
    _still_to_come([shift], at)
    _record(RosterChange.Action.REMOVE, actor, at, shift.area_id, shift=facts(shift))
    shift.delete()


def uncovered(user: User, policy: Policy, now: datetime) -> list[str]:
    """The names of this person's areas for which nobody is on duty, though a ladder tells "duty".

    The smallest areas only, where cases lie. No query while no ladder asks for a duty roster.
    """
    if not asked_for(policy):
        return []
    held = set(Shift.objects.at(now).filter(user__is_active=True).values_list("area_id", flat=True))
    mine = areas_of(user, policy)
    parents = {policy.areas[each].parent_id for each in policy.areas}
    return [
        policy.areas[each].name
        for each in mine
        if each not in parents and not held.intersection(policy.above(each))
    ]


def asked_for(policy: Policy) -> bool:
    """Whether a ladder that is promised by tells whoever is on duty."""
    ladders = {row.ladder_id: row.ladder for rows in policy.promises.values() for row in rows}
    return any("duty" in rung.get("tell", ()) for each in ladders.values() for rung in each.levels)


def facts(shift: Shift) -> dict[str, Any]:
    """A shift as the log keeps it: codes and values."""
    return {
        "area": shift.area.code,
        "user": shift.user.username,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
    }


def _may(actor: User, area_ids: Iterable[int], policy: Policy) -> None:
    if set(area_ids) - set(areas_of(actor, policy)):
        raise NotAllowed


def _locked(shift_ids: list[int]) -> list[Shift]:
    """The shifts in the order asked for, locked in the order of their keys."""
    rows = Shift.objects.select_for_update(of=("self",)).select_related("user", "area")
    found = {shift.pk: shift for shift in rows.filter(pk__in=shift_ids).order_by("pk")}
    if set(shift_ids) - set(found):
        raise NotFound(_("没有找到该班次，可能已被他人取消。"))
    return [found[each] for each in shift_ids]


def _hold(user_ids: list[int]) -> None:
    """Of two changes to one person's shifts the second waits for the first."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=user_ids).order_by("pk"))


def _still_to_come(shifts: Iterable[Shift], at: datetime) -> None:
    if any(shift.ends_at <= at for shift in shifts):
        raise Invalid(_("已结束的班次不能更改。"))


def _refuse_overlap(user: User, wanted: Shift, *, but: list[int], field: str) -> None:
    taken = Shift.objects.touching(wanted.starts_at, wanted.ends_at).filter(user=user)
    other = taken.exclude(pk__in=but).select_related("area").first()
    if other is not None:
        said = {"name": user, "area": other.area, "time": span(other)}
        raise _wrong(field, _("%(name)s 在%(area)s已有班次：%(time)s。") % said)


def span(shift: Shift) -> str:
    """11-21 08:30–18:00 in the current zone; the second date where it is another."""
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{start:%m-%d %H:%M}–{until}"


def _wrong(field: str, message: Message) -> Invalid:
    return Invalid(message, fields={field: message})


def _record(action: str, actor: User, at: datetime, area_id: int, **data: Any) -> None:
    RosterChange.objects.create(
        at=at, actor=actor.username, action=action, area_id=area_id, data=data
    )
