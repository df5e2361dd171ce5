"""Looking: asked for by somebody, or daily; worked off by the worker, a rule at a time.

The rows say what is to be done. A worker that stops in the middle has lost no more than one rule,
and what was found is found once: whoever goes on finds it there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import periods
from waterdesk.core.anomalies.rule import Finding, Rule, Span, known
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.inputs import text
from waterdesk.core.models.anomalies import WORDS_LENGTH, Anomaly, AnomalyRule, AnomalyRun
from waterdesk.core.supervision.rows import SUPERVISORS

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

log = logging.getLogger(__name__)

# The daily look goes back so far: what is proved or told late is found a second time, and is there.
DAYS = 3
# How far back somebody may have everything looked through. *chosen*
CHOICES = (3, 31, 92)
# The daily look begins at this hour, when the night's work of the machine is done. *chosen*
HOUR = timedelta(hours=5)
# More than one rule takes for a year: who has a run longer is gone.
LEASE = timedelta(minutes=10)
_LOCK = 4424_0083


def may_look(user: User) -> None:
    if user.role not in SUPERVISORS:
        raise NotAllowed


def ask(days: int, *, by: User, at: datetime) -> AnomalyRun:
    """Have the last `days` days looked through; one that is still under way is answered instead."""
    may_look(by)
    if days not in CHOICES:
        raise Invalid(_("请选择检查多少天。"))
    with transaction.atomic():
        _one_at_a_time()
        row = AnomalyRun.objects.filter(by=by, finished_at=None).first()
        return row or _begin(by, days, at)


def work(now: datetime) -> int:
    """Begin the daily look when it is time, and work off what waits; returns what is new.

    Any number of workers may run it, as often as they like.
    """
    _daily(now)
    found = 0
    while run := _take(now):
        found += _work_on(run)
    return found


def look(pk: int, words: str, *, by: User, at: datetime) -> Anomaly:
    """Somebody has looked at what was found, and says what it was. Once: Conflict the next time."""
    may_look(by)
    said = text(words, WORDS_LENGTH)
    if not said:
        raise Invalid(_("请写明查看结论。"), fields={"words": _("请写明查看结论。")})
    with transaction.atomic():
        row = Anomaly.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            raise NotFound
        if row.looked_at is not None:
            raise Conflict(_("这条疑点已有人查看过。"))
        row.looked_by, row.looked_at, row.words = by, at, said
        row.save(update_fields=["looked_by", "looked_at", "words"])
    return row


def _daily(now: datetime) -> None:
    since = periods.midnight(timezone.localdate(now)) + HOUR
    if now < since or AnomalyRun.objects.filter(by=None, asked_at__gte=since).exists():
        return
    with transaction.atomic():
        _one_at_a_time()
        if not AnomalyRun.objects.filter(by=None, asked_at__gte=since).exists():
            _begin(None, DAYS, now)


def _one_at_a_time() -> None:
    """Of two that ask at once the second waits here for the first to commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _begin(by: User | None, days: int, at: datetime) -> AnomalyRun:
    since = periods.midnight(timezone.localdate(at) - timedelta(days=days))
    total = len(_enabled())
    return AnomalyRun.objects.create(by=by, asked_at=at, since=since, until=at, total=total)


def _enabled() -> list[tuple[Rule, dict[str, int]]]:
    """The rules that are asked, in the utility's order, with their limits."""
    rows = AnomalyRule.objects.filter(enabled=True, code__in=known())
    return [(rule, rule.filled(row.limits)) for row in rows for rule in [known()[row.code]]]


def _take(now: datetime) -> AnomalyRun | None:
    free = Q(taken_until=None) | Q(taken_until__lt=now)
    with transaction.atomic():
        rows = AnomalyRun.objects.select_for_update(skip_locked=True, of=("self",))
        run = rows.filter(free, finished_at=None).order_by("pk").first()
        if run is not None:
            run.taken_until = now + LEASE
            run.save(update_fields=["taken_until"])
    return run


def _work_on(run: AnomalyRun) -> int:
    """Ask the rules that were not asked yet. One that breaks holds up no other, and is named."""
    span, fresh = Span(run.since, run.until), 0
    rules = _enabled()
    run.total = len(rules)
    for rule, limits in rules[run.done :]:
        try:
            with transaction.atomic():
                new = keep(rule, rule.find(span, limits), timezone.now())
                run.found += new
                run.done += 1
                run.save(update_fields=["found", "done", "total"])
            fresh += new
        except SoftTimeLimitExceeded:
            _failed(run, rule)
            raise  # the next one goes on with the rule after it
        except Exception:
            log.exception("the rule %s cannot be asked", rule.code)
            _failed(run, rule)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at", "total"])
    return fresh


def _failed(run: AnomalyRun, rule: Rule) -> None:
    """Leave this rule out, by name; whoever comes next may go on at once."""
    run.refresh_from_db(fields=["found", "done"])
    run.failed, run.done, run.taken_until = [*run.failed, rule.code], run.done + 1, None
    run.save(update_fields=["failed", "done", "taken_until"])


def keep(rule: Rule, found: Iterable[Finding], now: datetime) -> int:
    """Write down what is new of it; returns how many. The key makes each thing be there once."""
    findings = {each.key: each for each in found}
    there = Anomaly.objects.filter(rule=rule.code, key__in=findings).values_list("key", flat=True)
    fresh = [findings[key] for key in findings.keys() - set(there)]
    fresh.sort(key=lambda each: (each.at, each.key))
    rows = [
        Anomaly(
            rule=rule.code, key=each.key, case=each.case, seq=each.seq, person_id=each.person_id,
            area_id=each.area_id, at=each.at, facts=each.facts, found_at=now,
        )
        for each in fresh
    ]  # fmt: skip
    Anomaly.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
