"""Who is there and who is not: the gaps of the roster, now and ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from waterdesk.core.duty.rules import areas_of
from waterdesk.core.models.duty import Shift
from waterdesk.core.models.rota import Leave

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Nobody is on duty for an area, from `starts_at` up to `ends_at`, as far as was looked."""

    starts_at: datetime
    ends_at: datetime
    area_id: int


def asked_for(policy: Policy) -> bool:
    """Whether a ladder that is promised by tells whoever is on duty."""
    ladders = {row.ladder_id: row.ladder for rows in policy.promises.values() for row in rows}
    return any("duty" in rung.get("tell", ()) for each in ladders.values() for rung in each.levels)


def smallest(area_ids: Iterable[int], policy: Policy) -> list[int]:
    """Those of the areas that have none below them: there cases lie."""
    parents = {area.parent_id for area in policy.areas.values()}
    return [each for each in area_ids if each not in parents]


def uncovered(user: User, policy: Policy, now: datetime) -> list[str]:
    """The names of this person's areas for which nobody is on duty, though a ladder tells "duty".

    The smallest areas only. No query while no ladder asks for a duty roster.
    """
    if not asked_for(policy):
        return []
    return [policy.areas[each].name for each in unmanned(areas_of(user, policy), policy, now)]


def unmanned(area_ids: Iterable[int], policy: Policy, now: datetime) -> list[int]:
    """Of these areas the smallest ones for which nobody is on duty at `now`; one query."""
    held = set(Shift.objects.on_duty(now).values_list("area_id", flat=True))
    return [
        each for each in smallest(area_ids, policy) if not held.intersection(policy.above(each))
    ]


def vacant(area_ids: Iterable[int], now: datetime, until: datetime) -> list[Shift]:
    """The shifts of these areas from now until then whose people are away or have left."""
    rows = Shift.objects.filter(area__in=area_ids).touching(now, until).vacant()
    return list(rows.select_related("user", "area"))


def gaps(area_ids: Iterable[int], policy: Policy, since: datetime, until: datetime) -> list[Gap]:
    """When nobody is on duty for these areas, between two instants; by time, two queries.

    For the smallest areas; who is on duty for an area above is on duty for them. Where all areas
    below one have the same gap, it is told once, of that one.
    """
    wanted = set(area_ids)
    manned = spans_by_area(since, until)
    found: dict[int, set[Span]] = {
        each: set(holes([s for up in policy.above(each) for s in manned[up]], since, until))
        for each in smallest(wanted, policy)
    }
    return sorted(
        Gap(start, end, area_id)
        for area_id, mine in _climbed(found, wanted, policy).items()
        for start, end in mine
    )


def spans_by_area(since: datetime, until: datetime) -> defaultdict[int, list[Span]]:
    """When somebody is there, by area: shifts without the time that their people are away."""
    leaves: dict[int, list[Span]] = defaultdict(list)
    for leave in Leave.objects.filter(starts_at__lt=until, ends_at__gt=since):
        leaves[leave.user_id].append((leave.starts_at, leave.ends_at))
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for shift in Shift.objects.touching(since, until).filter(user__is_active=True):
        away = leaves.get(shift.user_id, [])
        found[shift.area_id] += holes(away, shift.starts_at, shift.ends_at)
    return found


def holes(spans: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """What `spans` leave open between two instants, in order."""
    found, reached = [], since
    for start, end in sorted(spans):
        if start >= until:
            break
        if start > reached:
            found.append((reached, start))
        reached = max(reached, end)
    return [*found, (reached, until)] if reached < until else found


def _climbed(found: dict[int, set[Span]], wanted: set[int], policy: Policy) -> dict[int, set[Span]]:
    """What all areas below one share is that one's, and theirs no more; wanted areas only."""
    below: dict[int, list[int]] = defaultdict(list)
    for area in policy.areas.values():
        if area.parent_id is not None:
            below[area.parent_id].append(area.pk)
    found = dict(found)
    # The deepest first, so that a gap climbs as far as it is shared.
    for each in sorted(wanted & below.keys(), key=lambda pk: -len(policy.above(pk))):
        if all(child in found for child in below[each]):
            found[each] = set.intersection(*(found[child] for child in below[each]))
            for child in below[each]:
                found[child] = found[child] - found[each]
    return found
