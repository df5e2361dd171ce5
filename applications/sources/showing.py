"""What staff see of it: what came from where and when, and what the survey must look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _

from applications.models import Application, FactsDue, FetchedFact
from applications.sources.answers import VERDICTS
from applications.sources.checks import Check, to_check
from applications.sources.fetching import outcome_of, said_of
from applications.sources.outcomes import KNOWN, Outcome, Unknown, Why
from applications.sources.wanted import ARREARS, IDENTITY, OWNERSHIP, wanted
from applications.sources.words import FACT_WORDS, SAID, SOURCE_WORDS


@dataclass(frozen=True, slots=True)
class Line:
    """One fact in words; `detail` says what else is known, "" where nothing is."""

    label: Lazy
    said: Lazy
    source: Lazy
    at: datetime
    detail: str
    tone: str


@dataclass(frozen=True, slots=True)
class Sourced:
    """`next_at` is when the sources are asked (again); None when they are not any more."""

    lines: list[Line]
    checks: list[Check]
    next_at: datetime | None


def of(case: Application) -> Sourced | None:
    """All that there is to show, or None where there is nothing: two queries.

    Where no source is connected, everything that was wanted is for the survey of an open case.
    """
    rows = list(case.fetched.all())
    due = FactsDue.objects.filter(case_id=case.pk, next_at__isnull=False).first()
    outcomes: dict[str, Outcome] = {row.code: outcome_of(row) for row in rows}
    if not (rows or due):
        facts = wanted(case.applicant_kind, case.subject)
        outcomes = dict.fromkeys(facts, Unknown(Why.NOT_CONNECTED))
    checks = to_check(outcomes) if case.closed_at is None else []
    if not (rows or due or checks):
        return None
    return Sourced([_line(row) for row in rows], checks, due.next_at if due else None)


def _line(row: FetchedFact) -> Line:
    said = said_of(row)
    return Line(
        label=FACT_WORDS[row.code],
        said=SAID[said],
        source=SOURCE_WORDS[row.source],
        at=row.fetched_at,
        detail=_detail(row),
        tone=_tone(row, said),
    )


def _detail(row: FetchedFact) -> str:
    if row.outcome != KNOWN:
        return ""
    value = row.value
    if row.code == IDENTITY:
        return _("按身份证号码") if value["by"] == "id_number" else _("按手机号")
    if row.code == OWNERSHIP and value["acquired_on"]:
        return _("取得土地 %(day)s") % {"day": value["acquired_on"]}
    if row.code == ARREARS and said_of(row) == "owed":
        if not value["since"]:
            return _("%(sum)s 元") % {"sum": value["owed"]}
        return _("%(sum)s 元，自 %(day)s 起") % {"sum": value["owed"], "day": value["since"]}
    return ""


def _tone(row: FetchedFact, said: str) -> str:
    if row.outcome != KNOWN:
        return "plain"
    return "good" if said == VERDICTS[row.code][0] else "warn"
