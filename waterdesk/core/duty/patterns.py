"""Recurring shifts: a pattern is shown first, then laid out, and may be withdrawn from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.duty import rules
from waterdesk.core.duty.days import MOST_DAYS, Wanted, digest, wanted
from waterdesk.core.duty.layout import Layout, Row, layout_of
from waterdesk.core.duty.rules import log, wrong
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Pattern

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

Action = RosterChange.Action


def preview(pattern: Pattern, *, actor: User, at: datetime, policy: Policy) -> Layout:
    """What laying out this pattern (not saved) would do. Raises NotAllowed or Invalid."""
    _check(pattern, actor, at, policy)
    stands = Pattern.objects.filter(digest=digest(pattern), withdrawn_from=None).first()
    people = User.objects.in_bulk(pattern.people)
    return layout_of(pattern, wanted(pattern, policy), people, stands, at, policy)


@transaction.atomic
def lay_out(
    pattern: Pattern,
    *,
    actor: User,
    at: datetime,
    policy: Policy,
    skip: bool = True,
    seen: str = "",
) -> tuple[Pattern, int]:
    """Write the shifts of a pattern (not saved); returns the row and how many shifts are new.

    The same pattern again, or twice at once, adds what is missing and so nothing. With `skip` the
    days that clash are left out, without it they refuse the whole. `seen` is the digest of the
    layout a person agreed to. Raises NotAllowed, Invalid, or Conflict when another stands now.
    """
    _check(pattern, actor, at, policy)
    people = rules.hold(pattern.people)
    rows = Pattern.objects.select_for_update(no_key=True)
    stands = rows.filter(digest=digest(pattern), withdrawn_from=None).first()
    days = wanted(pattern, policy)
    layout = layout_of(pattern, days, people, stands, at, policy)
    if not layout.new and stands is not None:
        return stands, 0
    if seen and seen != layout.seen:
        raise Conflict(_("预览之后值班表已被他人修改，请重新核对。"))
    if layout.clashes and not skip:
        raise Invalid(_("有 %(days)d 天冲突，没有排班。") % {"days": len(layout.clashes)})
    if not layout.new:
        raise Invalid(_("这个规律排不出任何班次。"))
    if stands is None:
        stands, stands.digest = pattern, digest(pattern)
        stands.laid = [str(each.day) for each in days]
        stands.save()
    _write(stands, layout.new)
    skipped = [str(row.wanted.day) for row in layout.clashes]
    log(
        Action.LAY_OUT, actor, at, stands.area_id,
        pattern=facts_of(stands, people), added=_days(layout.new), skipped=skipped,
    )  # fmt: skip
    return stands, len(layout.new)


def to_withdraw(pattern: Pattern, since: date, at: datetime) -> list[Shift]:
    """The shifts that withdrawing a pattern from a day on would take away: none that has begun."""
    rows = pattern.shifts.filter(day__gte=since, starts_at__gt=at).order_by("starts_at")
    return list(rows.select_related("user", "area"))


@transaction.atomic
def withdraw(
    pattern_id: int, since: date, *, actor: User, at: datetime, policy: Policy, seen: int | None
) -> int:
    """Take the shifts of a pattern from a day on off the roster; returns how many.

    Those that have begun stay. `seen` is the number that a person agreed to. A repetition is
    refused.
    Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    pattern = _own(pattern_id, actor, policy, lock=False)
    # Shifts before their pattern, as everybody locks; what was laid out meanwhile goes as well.
    list(pattern.shifts.filter(starts_at__gt=at).select_for_update().order_by("pk"))
    pattern = _own(pattern_id, actor, policy, lock=True)
    gone = list(pattern.shifts.filter(day__gte=since, starts_at__gt=at))
    if pattern.withdrawn_from is not None and pattern.withdrawn_from <= since:
        raise Invalid(_("该规律已经停用。"))
    if since < timezone.localdate(at):
        raise wrong("since", _("只能从今天或以后停用。"))
    if since > pattern.last:
        raise wrong("since", _("该规律在这一天之前就结束了。"))
    if seen is not None and seen != len(gone):
        raise Conflict(_("预览之后值班表已被他人修改，请重新核对。"))
    pattern.withdrawn_from = since
    pattern.save(update_fields=["withdrawn_from"])
    Shift.objects.filter(pk__in=[shift.pk for shift in gone]).delete()
    log(
        Action.WITHDRAW, actor, at, pattern.area_id,
        pattern=facts_of(pattern, User.objects.in_bulk(pattern.people)),
        since=str(since), removed=sorted(str(shift.day) for shift in gone),
    )  # fmt: skip
    return len(gone)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A pattern whose days are others since the calendar changed: shifts too many, days without."""

    pattern: Pattern
    strays: tuple[Shift, ...]
    missing: tuple[Wanted, ...]


def misfits(area_ids: list[int], policy: Policy, at: datetime) -> list[Misfit]:
    """The patterns of these areas that no longer fit the work calendar, for days to come."""
    rows = Pattern.objects.filter(area__in=area_ids, last__gte=timezone.localdate(at))
    rows = rows.exclude(on=Pattern.On.ALL).select_related("area")
    return [found for row in rows if (found := _misfit(row, policy, at)) is not None]


@transaction.atomic
def lay_anew(
    pattern_id: int, *, actor: User, at: datetime, policy: Policy
) -> tuple[int, int, list[Row]]:
    """Bring a pattern into line with the calendar; returns (taken away, added, clashing days).

    Only days to come whose kind changed: whoever has a shift that still fits keeps it. A
    repetition finds nothing to do. Raises NotFound or NotAllowed.
    """
    pattern = _own(pattern_id, actor, policy, lock=False)
    list(pattern.shifts.filter(starts_at__gt=at).select_for_update().order_by("pk"))
    people = rules.hold(pattern.people)
    pattern = _own(pattern_id, actor, policy, lock=True)
    misfit = _misfit(pattern, policy, at)
    if misfit is None:
        return 0, 0, []
    Shift.objects.filter(pk__in=[shift.pk for shift in misfit.strays]).delete()
    layout = layout_of(pattern, list(misfit.missing), people, pattern, at, policy)
    _write(pattern, layout.new)
    pattern.laid = [str(each.day) for each in wanted(pattern, policy)]
    pattern.save(update_fields=["laid"])
    log(
        Action.LAY_ANEW, actor, at, pattern.area_id, pattern=facts_of(pattern, people),
        added=_days(layout.new), removed=[str(shift.day) for shift in misfit.strays],
    )  # fmt: skip
    return len(misfit.strays), len(layout.new), layout.clashes


def facts_of(pattern: Pattern, people: dict[int, User]) -> dict[str, Any]:
    """A pattern as the log keeps it: codes and values."""
    return {
        "id": pattern.pk,
        "people": [people[each].username for each in pattern.people],
        "starts": f"{pattern.starts:%H:%M}",
        "ends": f"{pattern.ends:%H:%M}",
        "on": str(pattern.on),
        "first": str(pattern.first),
        "last": str(pattern.last),
    }


def _check(pattern: Pattern, actor: User, at: datetime, policy: Policy) -> None:
    rules.may(actor, [pattern.area_id], policy)
    if not pattern.people:
        raise wrong("person_1", _("请至少选一人。"))
    if pattern.last < pattern.first:
        raise wrong("last", _("规律的结束日期不能早于开始日期。"))
    if (pattern.last - pattern.first).days >= MOST_DAYS:
        raise wrong("last", _("一次最多排 %(days)d 天。") % {"days": MOST_DAYS})
    if pattern.last < timezone.localdate(at):
        raise wrong("last", _("这段时间已经过去。"))
    if pattern.first > timezone.localdate(at) + rules.FARTHEST:
        raise wrong("first", _("请填写两年之内的日期。"))
    if pattern.every < 1:
        raise wrong("every", _("至少每 1 天一班。"))


def _own(pattern_id: int, actor: User, policy: Policy, *, lock: bool) -> Pattern:
    rows = Pattern.objects.select_for_update(no_key=True) if lock else Pattern.objects
    pattern = rows.filter(pk=pattern_id).first()
    if pattern is None:
        raise NotFound(_("没有这个排班规律。"))
    rules.may(actor, [pattern.area_id], policy)
    return pattern


def _misfit(pattern: Pattern, policy: Policy, at: datetime) -> Misfit | None:
    days = wanted(pattern, policy)
    now = {str(each.day) for each in days}
    before = set(pattern.laid)
    if now == before or not pattern.laid:
        return None
    ahead = pattern.shifts.filter(starts_at__gt=at).select_related("user", "area")
    strays = tuple(shift for shift in ahead.order_by("day") if str(shift.day) not in now)
    held = {shift.day for shift in ahead}
    missing = tuple(
        d for d in days if d.starts_at > at and d.day not in held and str(d.day) not in before
    )
    return Misfit(pattern, strays, missing) if strays or missing else None


def _write(pattern: Pattern, rows: list[Row]) -> None:
    Shift.objects.bulk_create(
        Shift(
            area_id=pattern.area_id,
            role=row.user.role,
            user=row.user,
            starts_at=row.wanted.starts_at,
            ends_at=row.wanted.ends_at,
            note=pattern.note,
            pattern=pattern,
            day=row.wanted.day,
        )
        for row in rows
        if row.user is not None
    )


def _days(rows: list[Row]) -> list[str]:
    return [str(row.wanted.day) for row in rows]
