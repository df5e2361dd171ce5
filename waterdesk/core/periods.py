"""The period and the areas that a figure is asked for, the same for every report of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Invalid

LONGEST = timedelta(days=366)
_MONTH = timedelta(days=31)  # from the first day of any month it leads into the next


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `since` to the end of `until`, days as people mean them.

    `areas` None is every area.
    """

    since: date
    until: date
    areas: frozenset[int] | None = None

    @property
    def begins(self) -> datetime:
        return midnight(self.since)

    @property
    def ends(self) -> datetime:
        """The first instant that is not in it any more."""
        return midnight(self.until + timedelta(days=1))


def check(since: date, until: date) -> None:
    """Raises Invalid for a period that ends before it begins, or is longer than a year."""
    if until < since:
        raise Invalid(fields={"until": _("止日不能早于起日。")})
    if until - since >= LONGEST:
        raise Invalid(fields={"until": _("一次最多统计一年，请缩短区间。")})


def months(many: int, today: date) -> Period:
    """The last `many` months to the end of this one, which is the last of them."""
    count = today.year * 12 + today.month - many
    first = date(count // 12, count % 12 + 1, 1)
    return Period(first, month(today).until)


def month(day: date) -> Period:
    """The month that this day is in."""
    first = day.replace(day=1)
    return Period(first, (first + _MONTH).replace(day=1) - timedelta(days=1))


def midnight(day: date) -> datetime:
    """The instant at which the day begins where the desk is."""
    return timezone.make_aware(datetime.combine(day, time()))
