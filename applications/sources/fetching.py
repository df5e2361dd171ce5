"""The worker's part: take an application that is due, ask with no lock held, bring in the answers.

A worker that is killed while it asks leaves a lease that runs out, and the application is asked
about again. Two who ask about the same one at once bring in the same, and only the first of them
changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from applications.models import Application, FactsDue, FetchedFact
from applications.sources.answers import verdict
from applications.sources.asking import ask_all
from applications.sources.client import PATIENCE
from applications.sources.outcomes import KNOWN, Known, Outcome, Unknown, Why, code_of
from applications.sources.wanted import FACTS, SOURCE_OF, Applicant, wanted
from waterdesk.core import door
from waterdesk.core.door import Doing
from waterdesk.core.errors import Conflict
from waterdesk.core.models.cases import Case

CAME = "facts_came"
# Longer than all sources together can take, or a second worker would ask what the first still asks.
LEASE = timedelta(seconds=len(FACTS) * PATIENCE + 30)
# A source that was away is asked again after these; then it is for the survey. *chosen*: a
# restart and an hour's outage are waited out, a survey is not.
LATER = (timedelta(minutes=2), timedelta(minutes=20), timedelta(hours=2))


def fetch_next(now: datetime) -> bool:
    """Fetch what one application that is due at `now` (aware) needs; False when none is.

    Must not be called inside a transaction; raises RuntimeError if it is.
    """
    due = _claim(now)
    if due is None:
        return False
    outcomes = _fetch(due.case, now)
    away = any(o == Unknown(Why.TIMEOUT) for o in outcomes.values())
    again = LATER[due.tries - 1] if away and due.tries <= len(LATER) else None
    _settle(due, now + again if again is not None else None)
    return True


def outcomes_of(case: Application) -> dict[str, Outcome]:
    """What is known about a case and what is not, as it was fetched; nothing before that."""
    return {row.code: outcome_of(row) for row in case.fetched.all()}


def outcome_of(row: FetchedFact) -> Outcome:
    if row.outcome == KNOWN:
        return Known(row.value, row.source, row.fetched_at)
    return Unknown(Why(row.outcome))


def _claim(now: datetime) -> FactsDue | None:
    """The application that has waited longest, taken for LEASE; committed when this returns."""
    with transaction.atomic(durable=True):
        due = FactsDue.objects.filter(next_at__lte=now).order_by("next_at")
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.next_at, row.tries = now + LEASE, row.tries + 1
        row.save(update_fields=["next_at", "tries"])
    return row


def _settle(due: FactsDue, again: datetime | None) -> None:
    """Unless the lease ran out and another has it by now."""
    FactsDue.objects.filter(pk=due.pk, next_at=due.next_at).update(next_at=again)


def _fetch(case: Application, now: datetime) -> Mapping[str, Outcome]:
    """Ask for what is not known yet, and have the door take it in; nothing of what has ended."""
    if case.closed_at is not None:
        return {}
    known = {code for code, outcome in outcomes_of(case).items() if isinstance(outcome, Known)}
    needed = [f for f in wanted(case.applicant_kind, case.subject) if f not in known]
    outcomes = ask_all(Applicant.of(case), needed, now)
    try:
        door.by_desk(case.number, lambda locked: _taken_in(locked, outcomes, now), at=now)
    except Conflict:
        return {}  # it has ended meanwhile, or has water: nobody needs them any more
    return outcomes


def _taken_in(case: Case, outcomes: Mapping[str, Outcome], now: datetime) -> Doing | None:
    """The move that brings in what is new, None when nothing is. The case is locked.

    What is known stays known: a source that is away later takes nothing back.
    """
    held = {row.code: row for row in FetchedFact.objects.filter(case_id=case.pk)}
    rows = []
    for fact, outcome in outcomes.items():
        row = held.get(fact) or FetchedFact(code=fact, source=SOURCE_OF[fact])
        value = dict(outcome.value) if isinstance(outcome, Known) else {}
        if row.outcome == KNOWN or (row.outcome, row.value) == (code_of(outcome), value):
            continue
        row.outcome, row.value, row.fetched_at = code_of(outcome), value, now
        rows.append(row)
    if not rows:
        return None
    return Doing(CAME, {row.code: said_of(row) for row in rows}, tuple(rows))


def said_of(row: FetchedFact) -> str:
    """What a row comes to, as one code: the verdict, or why there is none."""
    return verdict(row.code, row.value) if row.outcome == KNOWN else row.outcome
