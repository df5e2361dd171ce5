"""The kinds of permits of this desk, held as long as the policy is, and what each means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from applications.models.permits import PermitKind
from waterdesk.core import policy
from waterdesk.core.policy import holds
from waterdesk.sla.clock import Count, Limit, Unit

MINUTES_A_DAY = 24 * 60

_held: tuple[policy.Policy, dict[str, PermitKind]] | None = None


def kinds() -> Mapping[str, PermitKind]:
    """By code, in the utility's order; read again when the policy was."""
    global _held
    rules = policy.current()
    if _held is None or _held[0] is not rules:
        _held = rules, {kind.code: kind for kind in PermitKind.objects.all()}
    return _held[1]


def name_of(code: str) -> str:
    """What the record calls by its code; the code itself where nobody knows it any more."""
    return kinds()[code].name if code in kinds() else code


def needed(facts: Mapping[str, Any]) -> list[PermitKind]:
    """The permits that works with these facts need."""
    return [kind for kind in kinds().values() if holds(kind.conditions, facts)]


def protected_until(kind: PermitKind, facts: Mapping[str, Any], today: date) -> date | None:
    """The last day on which this road may not be opened; None when it may.

    Counted in years from the day on which it was opened or overhauled; of the 29th of February
    the day is the 28th. Unknown days protect nothing: nobody can count from them.
    """
    years = kind.overhauled_years if facts.get("road_overhauled") else kind.protected_years
    said = facts.get("road_opened_on")
    if not years or not said:
        return None
    opened = date.fromisoformat(said)
    leap = (opened.month, opened.day) == (2, 29)
    until = opened.replace(year=opened.year + years, day=28 if leap else opened.day)
    last = until if leap else until - timedelta(days=1)
    return last if today <= last else None


def limits(kind: PermitKind, area_id: int, filed_at: datetime) -> tuple[datetime, datetime]:
    """By when the authority has to answer what was filed then, and when the lead is told.

    Working days by civil count in the area's calendar, natural days of 24 hours.
    """
    rules = policy.current()
    if kind.unit == PermitKind.Unit.WORKDAYS:
        limit = Limit(Decimal(kind.amount), Unit.WORKDAYS)
    else:
        limit = Limit(Decimal(kind.amount * MINUTES_A_DAY), Unit.NATURAL)
    count = Count(rules.calendars[rules.calendar_of(area_id)], filed_at, limit)
    return count.at(1), count.at(Decimal(kind.remind_percent) / 100)


def authorities() -> Iterable[str]:
    """Each once, in the utility's order."""
    return dict.fromkeys(kind.authority for kind in kinds().values())
