"""Which incident or ticket may be the same fault as a repair that is being called in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from tickets.incidents import sorts
from tickets.incidents.joining import BEFORE, JOINED
from tickets.models import Joined, Ticket, place_of
from waterdesk.core import policy
from waterdesk.core.flow import Status, status_of
from waterdesk.core.models.cases import Case
from waterdesk.core.places import near, placing, points

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from waterdesk.core.models.people import User
    from waterdesk.core.places.points import Point

# Issue 5, point 5: an open one within 100 m, or in the same grid, of the last 72 hours.
METRES = 100
WITHIN = timedelta(hours=72)
SHOWN = 5
OPEN = ("logged", "dispatched", "on_site", *sorts.BETWEEN)
ALONE = Q(kind="ticket", status__in=BEFORE)
INCIDENTS = Q(kind="incident", status__in=OPEN)


class Same(NamedTuple):
    """`metres` is None where one of the two has no position: they share a grid or an address."""

    case: Case
    subject: str
    status: Status
    metres: int | None


def same(draft: Ticket, user: User, at: datetime) -> list[Same]:
    """Open incidents and lone tickets that may be this fault; incidents first, the nearest first.

    `draft` need not be whole. None for what is nobody else's fault. At most SHOWN.
    """
    subjects = sorts.alike(draft.subject)
    if not subjects:
        return []
    visible = Case.objects.visible_to(user).select_related("handler")
    since, point = at - WITHIN, _point(draft)
    found: dict[int, tuple[Case, int | None]] = {}
    if point is not None:
        found = _within(visible.filter(ALONE | INCIDENTS), point, since, subjects)
        found = found or _through_members(visible, point, since, subjects)
    rest = visible.filter(ALONE | INCIDENTS, subject__in=subjects, opened_at__gte=since)
    for case in _unplaced(rest, draft, point):
        found.setdefault(case.pk, (case, None))
    ordered = sorted(found.values(), key=lambda each: _order(*each))
    rules = policy.current()
    return [
        Same(case, rules.subject(case.kind, case.subject), status_of(case), metres)
        for case, metres in ordered[:SHOWN]
        if case.pk != draft.pk
    ]


def _point(draft: Ticket) -> Point | None:
    """Picked, or that of the address book."""
    row = draft if draft.lat is not None else placing.known(draft.address)
    return points.of_row(row) if row is not None else None


def _within(
    rows: QuerySet[Case], point: Point, since: datetime, subjects: list[str]
) -> dict[int, tuple[Case, int | None]]:
    found = near.near(point, METRES, since, subjects, among=rows)
    return {each.row.pk: (each.row, round(each.metres)) for each in found}


def _through_members(
    visible: QuerySet[Case], point: Point, since: datetime, subjects: list[str]
) -> dict[int, tuple[Case, int | None]]:
    """Incidents of which a caller was near: a long main is called about all along it."""
    joined = _within(visible.filter(kind="ticket", status=JOINED), point, since, subjects)
    rows = Joined.objects.filter(case__in=list(joined), left_at__isnull=True).order_by("pk")
    found: dict[int, tuple[Case, int | None]] = {}
    for row in rows.filter(incident__status__in=OPEN).select_related("incident__handler"):
        found.setdefault(row.incident_id, (row.incident, joined[row.case_id][1]))
    return found


def _unplaced(rows: QuerySet[Case], draft: Ticket, point: Point | None) -> list[Case]:
    """Of the same grid where a position is missing, of the same address text in any case."""
    root = policy.current().root
    at_all = Q(pk__in=[])
    if draft.area_id not in (None, root.pk):
        at_all |= Q(area=draft.area_id) & (Q() if point is None else Q(lat__isnull=True))
    if place := place_of(draft.address):
        at_all |= Q(ticket__place=place)
    return list(rows.filter(at_all).order_by("-kind", "-pk")[: SHOWN * 2])


def _order(case: Case, metres: int | None) -> tuple[bool, bool, int, int]:
    return (case.kind != "incident", metres is None, metres or 0, -case.pk)
