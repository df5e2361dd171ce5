"""Whether the machinery that keeps the promises is alive, and since when it has been silent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from notifications.results.models import Delivery
from waterdesk import __version__
from waterdesk.core import duty, policy, results
from waterdesk.core.figures import nightly
from waterdesk.core.models.pulse import Pulse

# Beat and worker pulse every 5 s; four missed ones are no accident.
SILENT_AFTER = 20
BROKER_TIMEOUT = 1.0
# More dead ones than this are many, however many: the check's price does not follow them.
MOST_COUNTED = 1000


def pulse(name: str, now: datetime) -> None:
    """Say that `name` (worker, beat, sweep) lives at `now`; an older pulse never wins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_pulse (name, at) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET at = greatest(core_pulse.at, excluded.at)",
            [name, now],
        )


def report(now: datetime) -> dict[str, Any]:
    """{database, broker, worker, beat: {ok, seconds_since}, warnings, dead_results, version}.

    Never raises and never hangs. `seconds_since` is the age of the last sign of life in seconds,
    null when there was none; for the database and the broker, which answer for themselves, it is 0
    or null. `warnings` are the names of what somebody must look at though every part is well:
    duty_missing, nobody is on duty for some area though a ladder counts on it; results_dead, some
    result never reached its receiver (`dead_results` says how many, at most MOST_COUNTED); and
    results_refused, a receiver said that it is no more and is switched off; figures_differ, the
    last nightly check found figures that are not those of the record.
    """
    try:
        pulses = dict(Pulse.objects.values_list("name", "at"))
        dead = Delivery.objects.dead()[:MOST_COUNTED].count()
        warnings = _warnings(now) + _results(dead)
        warnings += ["figures_differ"] if nightly.differs() else []
        database = True
    except DatabaseError:
        pulses, warnings, dead, database = {}, [], 0, False
    return {
        "database": _answer(0.0 if database else None),
        "broker": _answer(0.0 if _broker_answers() else None),
        "worker": _answer(_age(pulses.get("worker"), now)),
        "beat": _answer(_age(pulses.get("beat"), now)),
        "warnings": warnings,
        "dead_results": dead,
        "version": __version__,
    }


def is_well(findings: dict[str, Any]) -> bool:
    return all(part["ok"] for part in findings.values() if isinstance(part, dict))


def silent_parts(now: datetime) -> list[str]:
    """Which of worker and beat have gone silent, for the pages of the staff: one query."""
    pulses = dict(Pulse.objects.values_list("name", "at"))
    return [name for name in ("worker", "beat") if not _answer(_age(pulses.get(name), now))["ok"]]


def _warnings(now: datetime) -> list[str]:
    """No areas are named: whoever watches the desk from outside need not know where."""
    rules = policy.current()
    if duty.asked_for(rules) and duty.unmanned(rules.areas, rules, now):
        return ["duty_missing"]
    return []


def _results(dead: int) -> list[str]:
    found = ["results_dead"] if dead else []
    return [*found, "results_refused"] if results.gone().exists() else found


def _answer(age: float | None) -> dict[str, Any]:
    ok = age is not None and age <= SILENT_AFTER
    return {"ok": ok, "seconds_since": None if age is None else round(age, 1)}


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max((now - at).total_seconds(), 0.0)


def _broker_answers() -> bool:
    """PING, on a connection of its own that gives up after BROKER_TIMEOUT seconds."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_TIMEOUT,
            socket_connect_timeout=BROKER_TIMEOUT,
            retry=None,
        ) as client:
            return bool(client.ping())
    except (TimeoutError, redis.RedisError, OSError):
        return False
