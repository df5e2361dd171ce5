"""What-if over a crowd of stopped clocks: seconds and memory of the replay behind the page."""

from __future__ import annotations

import resource
import time
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from tests.bench import crowd
from waterdesk.core import policy, whatif
from waterdesk.core.models import Clock
from waterdesk.core.supposing import Supposed
from waterdesk.sla.clock import Limit, Unit

SIZES = (10_000, 100_000)
SPAN = timedelta(days=28)
PAGE = range(50)

# Started over four weeks, stopped after up to thirty hours; every second one in working time.
_STOP = """
UPDATE core_clock SET started_at = %(since)s::timestamptz + %(span)s * random(),
    unit = CASE WHEN id %% 2 = 0 THEN 'natural' ELSE 'minutes' END, next_at = NULL,
    next_level = NULL, state = 'met', stopped_at = 'infinity'
WHERE stopped_at IS NULL
"""
_END = """
UPDATE core_clock SET due_at = started_at + interval '24 hours',
    stopped_at = started_at + interval '30 hours' * random()
WHERE stopped_at = 'infinity'
"""
_LATE = """
UPDATE core_clock SET state = 'breached', breached_at = due_at
WHERE stopped_at > due_at AND state = 'met'
"""
_PAUSES = """
INSERT INTO core_pause (case_id, reason, started_at, ended_at, note, document)
SELECT case_id, 'payment', started_at, started_at + interval '1 hour', '', ''
FROM core_clock k WHERE id %% 5 = 0
    AND NOT EXISTS (SELECT FROM core_pause p WHERE p.case_id = k.case_id)
"""
SUPPOSED = {
    "nothing": Supposed(),
    "another limit": Supposed(code="finish", limit=Limit(Decimal(600), Unit.MINUTES)),
    "another limit, 24x7": Supposed(code="finish", limit=Limit(Decimal(600), Unit.NATURAL)),
    "whole working days": Supposed(code="finish", limit=Limit(Decimal(2), Unit.WORKDAYS)),
    "no pause for payment": Supposed(dropped=frozenset({"payment"})),
}


def run() -> None:
    """Seconds and the most memory of the process, at each size, of each sort of supposition."""
    now = timezone.now()
    since = now - SPAN - timedelta(days=2)
    grown = 0
    for size in SIZES:
        crowd.grow(size - grown, now)
        grown = size
        _stop(since)
        for name, supposed in SUPPOSED.items():
            _measure(size, name, supposed, since, now)
    print("goal: below 5 s for 100,000")


def _stop(since: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STOP, {"since": since, "span": SPAN})
        for statement in (_END, _LATE, _PAUSES, "VACUUM ANALYZE core_clock, core_pause"):
            cursor.execute(statement.replace("%%", "%"))
        cursor.execute("UPDATE core_clock SET pause_reasons = '{payment}' WHERE id % 5 = 0")


def _measure(size: int, name: str, supposed: Supposed, since: object, now: object) -> None:
    rules = policy.current()
    began, worked = time.perf_counter(), time.process_time()
    outcome = whatif.replay(Clock.objects.all(), since, now, supposed, rules, now, places=PAGE)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"what-if, {size:>8,} clocks, {name:22}{took:8.2f} s, of which Python{worked:6.2f} s"
        f"{held:8.0f} MB at most so far{outcome.changed_count:>9,} changed"
    )
