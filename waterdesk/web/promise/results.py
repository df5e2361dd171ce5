"""The results of last month by area: numbers alone, guarded before they are kept anywhere.

They are held in Redis for an hour, by the configuration that opened them; without Redis they are
counted each time.
"""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.core.cache import caches
from django.utils import timezone
from redis.exceptions import RedisError

from waterdesk.core import wording
from waterdesk.core.figures import reading
from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.figures.tally import Tally
from waterdesk.core.models.people import Area, Role, User
from waterdesk.core.models.promises import Promise
from waterdesk.core.models.reports import Kind
from waterdesk.core.periods import Period
from waterdesk.core.policy import Policy
from waterdesk.core.reports import asking
from waterdesk.web.promise.guarding import Guard, guarded

log = logging.getLogger(__name__)

SECONDS = 3600
NOBODY = User(role=Role.ADMIN, is_superuser=True)  # counts for everybody

Step = tuple[str, str]


def opened(rules: Policy) -> list[Area]:
    """The areas whose results everybody may read, by their code; none while the utility is shut."""
    if not rules.utility.promise_open:
        return []
    return sorted((a for a in rules.areas.values() if a.promise_open), key=lambda area: area.code)


def month(now: datetime) -> Period:
    """The newest month that is over."""
    return asking.last(Kind.MONTH, timezone.localdate(now))


def results(rules: Policy, period: Period) -> dict[str, list[dict[str, Any]]]:
    """By the code of each open area, for each public promise: kind, code, guard, judged, share.

    `judged` and `share` are None where the number is kept back.
    """
    key = f"promise:{rules.revision}:{period.since}"
    try:
        held = caches["pages"].get(key)
        if held is None:
            held = _count(rules, period)
            caches["pages"].set(key, held, SECONDS)
    except (RedisError, OSError) as problem:
        log.warning("the results are counted anew, Redis does not answer: %s", problem)
        held = _count(rules, period)
    return held


def limits(rules: Policy, step: Step, day: date) -> list[str]:
    """What was promised on this day, the shortest first, in the reader's language."""
    rows = sorted(_public(rules, step, Period(day, day)), key=lambda row: (row.unit, row.amount))
    return list(dict.fromkeys(wording.limit(row.amount, row.unit) for row in rows))


def _public(rules: Policy, step: Step, period: Period) -> list[Promise]:
    """The rows of a promise that are told to customers and held at some time of the period."""
    return [
        row
        for row in rules.promises.get(step, ())
        if row.public
        and row.effective_from < period.ends
        and (row.effective_until is None or row.effective_until > period.begins)
    ]


def _count(rules: Policy, period: Period) -> dict[str, list[dict[str, Any]]]:
    areas = opened(rules)
    tallies = {area.pk: _tallies(rules, period, area.pk) for area in areas}
    above = {area.pk: area.parent_id for area in rules.areas.values()}
    found: dict[str, list[dict[str, Any]]] = {area.code: [] for area in areas}
    for step in rules.promises:
        if not _public(rules, step, period):
            continue
        of_step = {area: parts.get(step, Tally()) for area, parts in tallies.items()}
        guards = guarded({area: tally.judged for area, tally in of_step.items()}, above)
        for area in areas:
            found[area.code].append(_row(step, of_step[area.pk], guards[area.pk]))
    return found


def _tallies(rules: Policy, period: Period, area: int) -> dict[Step, Tally]:
    asked = Asked(period.since, period.until, rules.below(area))
    return {tuple(k): t for k, t in reading.by(NOBODY, asked, By.STEP, spreads=False).items()}


def _row(step: Step, tally: Tally, guard: Guard) -> dict[str, Any]:
    shown = guard == Guard.SHOWN
    return {
        "kind": step[0],
        "code": step[1],
        "guard": guard.value,
        "judged": tally.judged if shown else None,
        "share": tally.share if shown else None,
    }
