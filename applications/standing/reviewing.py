"""The yearly review asks nothing of the customer: first the source, and where it cannot say, a
person decides.

The source is asked once a day at most, with no lock held. That it knows the person lets the
standing hold on; whatever else it says stays on the list for a person.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from applications.models import Application, Standing
from applications.sources import client
from applications.sources.answers import verdict
from applications.sources.asking import ask_all
from applications.sources.outcomes import Known, Outcome, Why, code_of
from applications.sources.wanted import IDENTITY, SOURCE_OF, Applicant, wanted
from applications.standing.beginning import standing_of
from applications.standing.flow import stands
from applications.standing.words import CONFIRMED
from waterdesk.core import door
from waterdesk.core.door import Doing
from waterdesk.core.errors import Conflict

BATCH = 50
MATCH = "match"
# Alone of all it is worth another try, on another day.
AGAIN = ("", Why.TIMEOUT.value)


def review_due(now: datetime) -> int:
    """Ask the source about those whose review has come; returns how many it let hold on.

    Nothing where the utility has no such source. Must not be called inside a transaction.
    """
    if client.connected(SOURCE_OF[IDENTITY]) is None:
        return 0
    today = timezone.localdate(now)
    waiting = Standing.objects.filter(review_on__lte=today, answered__in=AGAIN)
    waiting = waiting.filter(Q(asked_on__isnull=True) | Q(asked_on__lt=today))
    rows = waiting.select_related("case").order_by("review_on", "pk")[:BATCH]
    return sum(_review(row, today, now) for row in rows)


def _review(row: Standing, today: date, now: datetime) -> bool:
    case = row.case
    if IDENTITY not in wanted(case.applicant_kind, case.subject) or not _claim(row, today):
        return False
    outcome = ask_all(Applicant.of(case), [IDENTITY], now)[IDENTITY]
    said = _said(outcome)
    if said != MATCH:
        Standing.objects.filter(pk=row.pk, review_on=row.review_on).update(answered=said)
        return False
    return _confirm(case.number, row.review_on, today, now)


def _claim(row: Standing, today: date) -> bool:
    """Whether this one is ours today: another worker may have asked already."""
    with transaction.atomic(durable=True):
        free = Standing.objects.filter(pk=row.pk, asked_on=row.asked_on)
        if row.asked_on is None:
            free = Standing.objects.filter(pk=row.pk, asked_on__isnull=True)
        return free.update(asked_on=today) == 1


def _said(outcome: Outcome) -> str:
    return verdict(IDENTITY, outcome.value) if isinstance(outcome, Known) else code_of(outcome)


def _confirm(number: str, review_on: date, today: date, now: datetime) -> bool:
    """It holds on, unless somebody has decided meanwhile."""
    done = []

    def choose(case: Application) -> Doing | None:
        row = standing_of(case)
        if row is None or row.review_on != review_on:
            return None
        stands(row, today)
        done.append(row)
        return Doing(CONFIRMED, {"source": SOURCE_OF[IDENTITY]}, (row,))

    try:
        door.by_desk(number, choose, at=now)
    except Conflict:
        return False  # it is being done again: another day asks anew
    return bool(done)
