"""回访与满意: the two shares of several periods at once, and the rows behind each figure.

A row belongs to the case's area of today, as everywhere in the pages of satisfaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, QuerySet

from waterdesk.core.after.figures import BAD, PLEASED
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.people import User
from waterdesk.core.periods import Period
from waterdesk.core.visibility import visible


class Part(StrEnum):
    """What a figure counts. WANTED a call and had it IN_TIME or not; RATED are the answers."""

    WANTED = "wanted"
    IN_TIME = "in_time"
    NOT_IN_TIME = "not_in_time"
    RATED = "rated"
    PLEASED = "pleased"
    BAD = "bad"


OF_ANSWERS = (Part.RATED, Part.PLEASED, Part.BAD)
COUNTED = (Part.WANTED, Part.IN_TIME, *OF_ANSWERS)
_WANTED = ~Q(call=Aftercare.Call.NONE.value)


@dataclass(frozen=True, slots=True)
class Shares:
    """Of one period: calls wanted and made in time by when the work was done; answers by when."""

    wanted: int
    in_time: int
    rated: int
    pleased: int
    bad: int

    @property
    def called_back(self) -> float | None:
        """Per cent, to a tenth and never up by rounding; None of nothing."""
        return self.in_time * 1000 // self.wanted / 10 if self.wanted else None

    @property
    def satisfied(self) -> float | None:
        return self.pleased * 1000 // self.rated / 10 if self.rated else None


def of(user: User, periods: Sequence[Period], kinds: Sequence[str], days: int) -> list[Shares]:
    """What `user` may see of each period, of some kinds of case or (none) all: one query.

    The periods ask for the same areas; a call is in time within `days` days of the work.
    """
    wanted = [(place, period, part) for place, period in enumerate(periods) for part in COUNTED]
    within = [_span(part, period) for _place, period, part in wanted]
    counts = {
        f"{part}_{place}": Count("id", filter=_part(part, days) & span)
        for (place, _period, part), span in zip(wanted, within, strict=True)
    }
    # Either span has an index of its own, and PostgreSQL puts both together.
    found = _rows(user, periods[0], kinds).filter(reduce(or_, within)).aggregate(**counts)
    return [
        Shares(**{part.value: found[f"{part}_{place}"] for part in COUNTED})
        for place in range(len(periods))
    ]


def counted(
    user: User, period: Period, kinds: Sequence[str], days: int, part: Part
) -> QuerySet[Aftercare]:
    """Exactly the rows that one figure counts."""
    return _rows(user, period, kinds).filter(_part(part, days), _span(part, period))


def _rows(user: User, period: Period, kinds: Sequence[str]) -> QuerySet[Aftercare]:
    # The rule of Aftercare.visible_to; it joins the case only where an area is asked for.
    rows = visible(Aftercare.objects.all(), user, phone="case__phone", area="case__area")
    if period.areas is not None:
        rows = rows.filter(case__area__in=period.areas)
    return rows.filter(case__kind__in=kinds) if kinds else rows


def _span(part: Part, period: Period) -> Q:
    at = "rated_at" if part in OF_ANSWERS else "done_at"
    return Q(**{f"{at}__gte": period.begins, f"{at}__lt": period.ends})


def _part(part: Part, days: int) -> Q:
    in_time = Q(called_at__lte=F("done_at") + timedelta(days=days))
    return {
        Part.WANTED: _WANTED,
        Part.IN_TIME: _WANTED & in_time,
        Part.NOT_IN_TIME: _WANTED & (~in_time | Q(called_at__isnull=True)),
        Part.RATED: Q(),
        Part.PLEASED: Q(value__in=PLEASED),
        Part.BAD: Q(value__in=BAD),
    }[part]
