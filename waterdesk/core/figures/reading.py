"""The figures, and the facts behind each: one statement for the counts, one for how long it took.

Whoever asks sees the areas of theirs, as everywhere; what lies under an area is what lies under it
today, so a tree that was rearranged shows its past as it is cut now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q, QuerySet

from waterdesk.core import policy
from waterdesk.core.figures import sources
from waterdesk.core.figures.asked import Asked, By, Result
from waterdesk.core.figures.tally import Tally, spread
from waterdesk.core.models.figures import ClockFact

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

Key = Any
_PAIRS = frozenset({By.STEP, By.SERVICE})

RESULTS = {
    Result.JUDGED: Q(),
    Result.ON_TIME: Q(on_time=True),
    Result.LATE: Q(on_time=False),
    Result.OPEN_LATE: Q(on_time=False, stopped_at__isnull=True),
    Result.OUTSIDE: Q(outside=True),
    Result.DONE: Q(stopped_at__isnull=False),
}


def total(user: User, asked: Asked, *, spreads: bool = True) -> Tally:
    """The figures of all that is asked, as this person sees it: two statements.

    Without `spreads` one, and neither `net` nor `gross`.
    """
    return _read(user, asked, None, spreads).get("", Tally())


def by(user: User, asked: Asked, parted: By, *, spreads: bool = True) -> dict[Key, Tally]:
    """The same parted: keys as `By` says, only those of which something was judged."""
    return _read(user, asked, parted, spreads)


def cases(user: User, asked: Asked, result: str = Result.JUDGED) -> QuerySet[ClockFact]:
    """Exactly the facts that one figure of `total` counts, newest first; see `figures.listing`.

    Raises ValueError for no Result.
    """
    found = ClockFact.objects.visible_to(user).filter(
        RESULTS[Result(result)], judged_at__gte=asked.begins, judged_at__lt=asked.ends
    )
    if asked.areas is not None:
        found = found.filter(area__in=asked.areas)
    wanted = {n: getattr(asked, n) for n in ("kind", "code", "subject", "channel")}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    for name in ("team", "person"):
        value = getattr(asked, name)
        if value is not None:
            found = found.filter(**({f"{name}__isnull": True} if value == 0 else {name: value}))
    return found.order_by("-judged_at", "-clock")


def areas_of(user: User, asked: Asked) -> frozenset[int] | None:
    """The areas of which this person is told something; None is every area there is."""
    if not (user.is_authenticated and user.is_desk):
        return frozenset()
    if user.area_id is None:
        return asked.areas if user.is_superuser else frozenset()
    below = policy.current().below(user.area_id)
    if below is None or asked.areas is None:
        return asked.areas if below is None else below
    return below & asked.areas


def _read(user: User, asked: Asked, parted: By | None, spreads: bool) -> dict[Key, Tally]:
    areas = areas_of(user, asked)
    if areas is not None and not areas:
        return {}
    found = {
        key: Tally(judged=judged, on_time=on_time, outside=outside, done=done)
        for key, (judged, on_time, outside, done) in _rows(
            sources.counts(asked, areas, parted), parted
        )
    }
    if not spreads:
        return found
    taken: dict[Key, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for key, (measure, bucket, many) in _rows(sources.spreads(asked, areas, parted), parted):
        taken[key][measure][bucket] = many
    for key, measures in taken.items():
        if key in found:
            found[key].net = spread(measures["net"])
            found[key].gross = spread(measures["gross"])
    return found


def _rows(sql: sources.Sql, parted: By | None) -> Iterator[tuple[Key, tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.values)
        for row in cursor.fetchall():
            if parted in _PAIRS:
                yield row[:2], row[2:]
            else:
                yield row[0], row[1:]
