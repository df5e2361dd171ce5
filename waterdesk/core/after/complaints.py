"""投诉: a bad answer opens a complaint. The kind of case that complaints are says how.

Applications and tickets never import each other: tickets register here what the door calls while
it writes the answer, so that answer and complaint are committed together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from waterdesk.core import policy
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case

# What is no satisfaction at all; issue 4, point 12.
BAD = (1, 2)


@dataclass(frozen=True, slots=True)
class Grievance:
    """What a complaint is about: the case, what was said of it in words, and how it reached us."""

    about: Case
    text: str
    channel: str


Opener = Callable[[Grievance, datetime], Case]
_openers: list[Opener] = []


def opened_with(opener: Opener) -> None:
    """Register who opens complaints; called once by its app when Django starts."""
    _openers[:] = [opener]


def open_about(case: Case, row: Aftercare, at: datetime) -> Case:
    """Open the complaint about `case`, in the caller's transaction."""
    by_phone = row.rated_by == Aftercare.By.CALL
    channel = Case.Channel.HOTLINE if by_phone else Case.Channel.WEB
    return _openers[0](Grievance(case, in_words(case, row), channel.value), at)


def is_one(case: Case) -> bool:
    """Whether this case is itself a complaint that an answer opened: it opens no other."""
    return Aftercare.objects.filter(complaint_id=case.pk).exists()


def in_words(case: Case, row: Aftercare) -> str:
    """What the customer said, in the utility's language."""
    rules = policy.current()
    with translation.override(settings.LANGUAGE_CODE):
        nothing = _("未说明")
        reasons = _("、").join(rules.reason("rating", code) for code in row.reasons)
        return _(
            "客户对办件 %(number)s（%(subject)s）评价 %(value)d 分。"
            "原因：%(reasons)s。原话：%(words)s"
        ) % {
            "number": case.number,
            "subject": rules.subject(case.kind, case.subject),
            "value": row.value,
            "reasons": reasons or nothing,
            "words": row.words or nothing,
        }
