"""Single shifts: put on, change, hand to another, swap, take off."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from waterdesk.core.duty import rules
from waterdesk.core.duty.rules import facts, log, wrong
from waterdesk.core.errors import Invalid
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Leave

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

Action = RosterChange.Action


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
    rules.may(actor, [area_id], policy)
    rules.in_order(starts_at, ends_at, at)
    user = _watcher(user)
    rules.refuse_taken(user, starts_at, ends_at, but=[], field="user")
    shift = Shift.objects.create(
        area_id=area_id, role=user.role, user=user, starts_at=starts_at, ends_at=ends_at, note=note
    )
    log(Action.ADD, actor, at, area_id, shift=facts(shift))
    return shift


@transaction.atomic
def edit(
    shift_id: int,
    *,
    area_id: int,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    actor: User,
    at: datetime,
    policy: Policy,
    seen: str = "",
) -> Shift:
    """Give a shift another time, area or note; the person stays.

    Of a shift that has begun only the end and the note change: what was, was. `seen` is
    `Shift.seen` of what the person decided on. A repetition changes and logs nothing.
    Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    (shift,) = rules.locked([shift_id])
    rules.may(actor, [shift.area_id, area_id], policy)
    rules.still_to_come([shift], at)
    rules.as_seen(shift, seen)
    if shift.starts_at <= at and (starts_at, area_id) != (shift.starts_at, shift.area_id):
        raise Invalid(_("已经开始的班次只能改结束时间和说明。"))
    rules.in_order(starts_at, ends_at, at)
    rules.hold([shift.user_id])
    rules.refuse_taken(shift.user, starts_at, ends_at, but=[shift.pk], field="starts_at")
    before = facts(shift) | {"note": shift.note}
    moved = area_id != shift.area_id
    shift.area = policy.areas[area_id]
    shift.starts_at, shift.ends_at, shift.note = starts_at, ends_at, note
    after = facts(shift) | {"note": shift.note}
    if after != before:
        shift.save(update_fields=["area", "starts_at", "ends_at", "note"])
        action = Action.MOVE if moved else Action.EDIT
        log(action, actor, at, area_id, before=before, after=after)
    return shift


@transaction.atomic
def replace(
    shift_id: int, user: User, *, actor: User, at: datetime, policy: Policy, seen: str = ""
) -> Shift:
    """替班: let `user` take a shift, or what is left of one that has begun; returns that shift.

    A shift that has begun is cut at `at`, so that who was there stays to be read. A repetition
    is refused as the same person's. Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    (shift,) = rules.locked([shift_id])
    rules.may(actor, [shift.area_id], policy)
    rules.still_to_come([shift], at)
    rules.as_seen(shift, seen)
    if user.pk == shift.user_id:
        raise wrong("user", _("这本来就是此人的班次。"))
    user = _watcher(user, shift.user_id)
    begins = max(shift.starts_at, at)
    rules.refuse_taken(user, begins, shift.ends_at, but=[], field="user")
    before = facts(shift)
    if shift.starts_at < at:
        until, shift.ends_at = shift.ends_at, at
        shift.save(update_fields=["ends_at"])
        taken = Shift(area=shift.area, starts_at=at, ends_at=until, note=shift.note)
    else:
        taken = shift
    taken.user, taken.role = user, user.role
    taken.save()
    log(Action.REPLACE, actor, at, shift.area_id, before=before, after=facts(taken))
    return taken


def stand_ins(shift: Shift, people: list[User], at: datetime) -> list[User]:
    """Those of `people` who could take this shift from `at` on: free, there, and others."""
    return stand_ins_for([shift], people, at)[shift.pk]


def stand_ins_for(shifts: list[Shift], people: list[User], at: datetime) -> dict[int, list[User]]:
    """For each shift by its key those of `people` who could take it; two queries for any number."""
    if not shifts:
        return {}
    first, last = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
    taken = list(Shift.objects.touching(first, last).filter(user__in=people))
    taken += Leave.objects.filter(user__in=people, starts_at__lt=last, ends_at__gt=first)
    found = {}
    for shift in shifts:
        begins = max(shift.starts_at, at)
        busy = {
            each.user_id
            for each in taken
            if each.starts_at < shift.ends_at and each.ends_at > begins
        }
        found[shift.pk] = [p for p in people if p.pk not in busy and p.pk != shift.user_id]
    return found


@transaction.atomic
def swap(
    first_id: int,
    second_id: int,
    *,
    actor: User,
    at: datetime,
    policy: Policy,
    seen: tuple[str, str] = ("", ""),
) -> None:
    """Let the people of two shifts change places. Raises NotFound, NotAllowed, Invalid, Conflict.

    A repetition would change them back: `seen` are both as the person saw them, `Shift.seen`.
    """
    first, second = rules.locked([first_id, second_id])
    rules.may(actor, [first.area_id, second.area_id], policy)
    rules.still_to_come([first, second], at)
    rules.as_seen(first, seen[0])
    rules.as_seen(second, seen[1])
    if first.user_id == second.user_id:
        raise wrong("second", _("两个班次是同一个人，不用换。"))
    rules.hold([first.user_id, second.user_id])
    both = [first.pk, second.pk]
    rules.refuse_taken(second.user, first.starts_at, first.ends_at, but=both, field="first")
    rules.refuse_taken(first.user, second.starts_at, second.ends_at, but=both, field="second")
    before = [facts(first), facts(second)]
    # One statement: between two of them somebody would be in two places.
    Shift.objects.filter(pk__in=both).update(
        user=Case(When(pk=first.pk, then=Value(second.user_id)), default=Value(first.user_id)),
        role=Case(When(pk=first.pk, then=Value(second.role)), default=Value(first.role)),
    )
    log(Action.SWAP, actor, at, first.area_id, shifts=before)


@transaction.atomic
def remove(shift_id: int, *, actor: User, at: datetime, policy: Policy, seen: str = "") -> None:
    """Take a shift off the roster. One that is over stays.

    Raises NotFound, NotAllowed, Invalid, or Conflict when it is not as `seen` any more.
    """
    (shift,) = rules.locked([shift_id])
    rules.may(actor, [shift.area_id], policy)
    rules.still_to_come([shift], at)
    rules.as_seen(shift, seen)
    log(Action.REMOVE, actor, at, shift.area_id, shift=facts(shift))
    shift.delete()


def _watcher(user: User, *also: int) -> User:
    """This person as the rows have it now, held; refused when it cannot be on duty."""
    user = rules.hold([user.pk, *also])[user.pk]
    if not rules.is_watcher(user):
        raise wrong("user", _("此人不能值班。"))
    return user
