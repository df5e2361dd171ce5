"""What callers are asked about a subject: rows → questions, answers → clean answers and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tickets.models.questions import SubjectQuestion
from waterdesk.core import asking, policy
from waterdesk.core.asking import Question
from waterdesk.core.errors import Message

if TYPE_CHECKING:
    from tickets.models import Ticket

_held: tuple[int, dict[str, tuple[Question, ...]]] = (-1, {})


def of(subject: str) -> tuple[Question, ...]:
    """The questions of a subject, those of its whole category first. No query while held."""
    whole = subject.split(".")[0]
    rows = _rows()
    return rows.get(whole, ()) + (rows.get(subject, ()) if subject != whole else ())


def clean(subject: str, given: object, faults: dict[str, Message]) -> dict[str, Any]:
    """The clean answers by code; what is wrong goes into `faults` as `answers.<code>`."""
    if given in (None, ""):
        given = {}
    if not isinstance(given, Mapping):
        faults["answers"] = _("答案须按问题编码填写。")
        return {}
    unknown = _("这类来电没有这个问题。")
    return asking.clean(of(subject), given, {}, faults, unknown=unknown)


def in_words(ticket: Ticket, *, public: bool = False) -> list[dict[str, str]]:
    """What was answered as people read it, in the order of the questions; a "no" is left out.

    `public`: without what the customer is not shown. An answer to a question that is gone by now
    is shown by its code: it was said.
    """
    asked = {each.code: each for each in of(ticket.subject)}
    gone = [code for code in ticket.answers if code not in asked]
    lines = []
    for code in (*asked, *([] if public else gone)):
        value = ticket.answers.get(code)
        question = asked.get(code) or Question(code, code)
        if value in (None, False) or (public and question.staff):
            continue
        lines.append({"label": question.label, "value": asking.in_words(question, value)})
    return lines


def spoken(subject: str, answers: Mapping[str, Any]) -> Iterator[str]:
    """The words in the answers: what was typed, the name of a choice, a flag's own question."""
    for question in of(subject):
        value = answers.get(question.code)
        if value in (None, "", False):
            continue
        yield question.label if value is True else asking.in_words(question, value)


def _rows() -> dict[str, tuple[Question, ...]]:
    global _held
    revision = policy.current().revision
    if _held[0] != revision:
        found: dict[str, list[Question]] = {}
        for row in SubjectQuestion.objects.all():
            found.setdefault(row.subject, []).append(_question(row))
        _held = revision, {subject: tuple(each) for subject, each in found.items()}
    return _held[1]


def _question(row: SubjectQuestion) -> Question:
    return Question(
        code=row.code,
        label=row.label,
        kind=row.kind,
        help=row.help,
        required=row.required,
        shown=row.shown,
        demanded=row.demanded,
        choices=tuple((each["code"], each["name"], each.get("when")) for each in row.choices),
        least=row.least,
        most=row.most,
        staff=row.staff,
    )
