"""All that is wanted for one applicant, asked of the sources. Never inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from applications.sources import answers, breaker, client
from applications.sources.outcomes import Known, Outcome, Unknown, Why
from applications.sources.wanted import SOURCE_OF, Applicant, question

log = logging.getLogger(__name__)


def ask_all(applicant: Applicant, facts: Iterable[str], now: datetime) -> dict[str, Outcome]:
    """The outcome of each fact, asked one after the other; `now` is aware.

    Raises RuntimeError inside a transaction: whoever waits for a source holds no lock meanwhile.
    """
    with transaction.atomic(durable=True):
        pass  # refuses inside another
    return {fact: _ask(fact, applicant, now) for fact in facts}


def _ask(fact: str, applicant: Applicant, now: datetime) -> Outcome:
    source = client.connected(SOURCE_OF[fact])
    if source is None:
        return Unknown(Why.NOT_CONNECTED)
    asked = question(fact, applicant)
    if asked is None:
        return Unknown(Why.NOT_GIVEN)
    if not breaker.lets_through(source.code, now):
        return Unknown(Why.TIMEOUT)
    try:
        answer = client.ask(source, asked)
    except client.Unanswered as problem:
        if problem.why is Why.TIMEOUT:
            breaker.failed(source.code, now)
        else:
            breaker.answered(source.code)
        return Unknown(problem.why)
    breaker.answered(source.code)
    if answer is None:
        return Unknown(Why.NOT_FOUND)
    try:
        value = answers.read(fact, answer, asked, applicant.name, timezone.localdate(now))
    except answers.Malformed as field:
        log.warning("source %s gave a wrong answer: field %s", source.code, field)
        return Unknown(Why.MALFORMED)
    return Known(value, source.code, now)
