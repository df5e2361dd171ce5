"""What rings at somebody now: the whole of it, so that nothing has to be remembered.

A stream sends this at its beginning and after every change. Whoever lost the connection is told the
truth of the moment on coming back, and besides what rang in between and was answered by nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from tickets.models import LIVE, MISSED, Call, CallState, Ring
from waterdesk.core import numbers
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User

# Two transactions may commit in another order than their instants; doubles do no harm here.
OVERLAP = timedelta(seconds=10)
# A browser that slept over the week-end is not told of all that it missed.
LONGEST_AWAY = timedelta(hours=1)
MOST_MISSED = 5


def pops_of(users: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """What rings at, or is spoken at, the extensions of these users; [] where nothing is.

    Three queries, and one for each user with somebody on the line: names are seen by area.
    """
    found: dict[int, list[dict[str, Any]]] = {user: [] for user in users}
    rows = Ring.objects.filter(user__in=users, until__isnull=True, call__state__in=LIVE)
    # A call of which no end was told rings no longer than the desk keeps it open.
    rings = list(rows.select_related("call__opened_by").order_by("since", "pk"))
    people = User.objects.in_bulk({ring.user_id for ring in rings})
    for ring in rings:
        if ring.answered or ring.call.state in (CallState.RINGING, CallState.WAITING):
            found[ring.user_id].append(_pop(ring, people[ring.user_id]))
    return found


def missed_since(user: User, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """What rang at `user` after `since` and was answered by nobody, the newest first."""
    since = max(since - OVERLAP, now - LONGEST_AWAY)
    rows = Ring.objects.filter(user=user, since__gte=since, call__state__in=MISSED)
    rows = rows.filter(call__called_back_at__isnull=True)
    return [
        {"id": ring.call_id, "number": ring.call.number}
        for ring in rows.select_related("call").order_by("-since")[:MOST_MISSED]
    ]


def _pop(ring: Ring, user: User) -> dict[str, Any]:
    call = ring.call
    opened = call.opened_by if call.opened_by_id != user.pk else None
    return {
        "id": call.pk,
        "state": "talking" if ring.answered else "ringing",
        "direction": call.direction,
        "number": call.number,
        "who": who(call.number, user),
        "since": ring.since.astimezone(UTC).isoformat(timespec="milliseconds"),
        "opened_by": str(opened) if opened else "",
        "is_opened": call.opened_by_id is not None,
        "url": reverse("call-open", args=[call.pk]),
    }


def who(number: str, user: User) -> list[str]:
    """Names of those who called from a number before, the last first, as `user` may see them."""
    spellings = numbers.spellings(number, settings.CALLS_AREA_CODE)
    if not spellings:
        return []
    rows = Case.objects.visible_to(user).filter(phone__in=spellings).exclude(name="")
    return list(dict.fromkeys(rows.order_by("-pk").values_list("name", flat=True)[:5]))[:2]


def last_calls(number: str, most: int = 5) -> list[Call]:
    """The last calls of a number, the newest first; none of a withheld one."""
    spellings = numbers.spellings(number, settings.CALLS_AREA_CODE)
    if not spellings:
        return []
    rows = Call.objects.filter(Q(number__in=spellings)).select_related("agent", "case")
    return list(rows.order_by("-pk")[:most])
