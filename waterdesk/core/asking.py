"""Questions that are data, and their answers: what is asked, when, and what is right.

Services ask them of whoever applies, the hotline of whoever calls. Conditions are those of
promises: every one of `{"question": "value"}`, a list of values, or `…_lt` / `…_gte` must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import inputs
from waterdesk.core.errors import Invalid, Message
from waterdesk.core.policy import holds

Condition = Mapping[str, Any]

# What a question may ask for.
KINDS = ("text", "lines", "choice", "number", "date", "flag", "account", "mobile", "identity")
TEXT_LENGTH, LINES_LENGTH = 200, 500
NUMBER_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked of whoever applies or calls.

    `common` ones have a column of their own and a check that all services share; the answers to
    the others are kept by their code. `shown` and `demanded` are conditions; None is always. A
    choice is a code, its words and the condition under which it may be chosen.
    """

    code: str
    label: str
    kind: str = "text"
    common: bool = False
    help: str = ""
    placeholder: str = ""
    required: bool = True
    shown: Condition | None = None
    demanded: Condition | None = None
    choices: tuple[tuple[str, str, Condition | None], ...] = ()
    initial: str = ""
    least: int | None = None
    most: int | None = None
    staff: bool = False

    def asked(self, given: Mapping[str, Any]) -> bool:
        """Whether it is asked at all, for the other answers that are given."""
        return self.shown is None or holds(self.shown, given)

    def needed(self, given: Mapping[str, Any]) -> bool:
        if self.demanded is not None:
            return holds(self.demanded, given)
        return self.required

    def allowed(self, given: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The choices there are, for the other answers that are given."""
        return [
            (code, words) for code, words, when in self.choices if not when or holds(when, given)
        ]


def clean(
    questions: Iterable[Question],
    given: Mapping[str, Any],
    others: Mapping[str, Any],
    faults: dict[str, Message],
    *,
    unknown: Message,
) -> dict[str, Any]:
    """The clean answers by code; what is wrong goes into `faults` as `answers.<code>`.

    `others` are the answers that have columns of their own: conditions may ask for them. What is
    answered without being asked is refused: it would contradict another answer. `unknown` is said
    of an answer to no question.
    """
    questions = list(questions)
    clean_ones: dict[str, Any] = {}
    so_far = dict(others)
    for code in given.keys() - {question.code for question in questions}:
        faults[f"answers.{code}"] = unknown
    for question in questions:
        raw = given.get(question.code)
        blank = raw in (None, "", []) or (isinstance(raw, str) and not raw.strip())
        if not question.asked(so_far):
            if not blank and raw is not False:
                faults[f"answers.{question.code}"] = _("按您的其他回答，这一项不适用。")
            continue
        if blank:
            if question.kind == "flag":
                clean_ones[question.code] = so_far[question.code] = False
            elif question.needed(so_far):
                faults[f"answers.{question.code}"] = _("此项必填。")
            continue
        try:
            value = _CHECKS[question.kind](question, raw, so_far)
        except Invalid as fault:
            faults[f"answers.{question.code}"] = fault.message
        else:
            clean_ones[question.code] = so_far[question.code] = value
    return clean_ones


def in_words(question: Question, value: Any) -> str:
    """An answer as people read it."""
    if question.kind == "flag":
        return str(_("是") if value else _("否"))
    if question.kind == "choice":
        return str(next((words for code, words, _when in question.choices if code == value), value))
    return str(value)


def _choice(question: Question, raw: Any, given: Mapping[str, Any]) -> str:
    if str(raw) not in dict(question.allowed(given)):
        raise Invalid(_("请从列表中选择。"))
    return str(raw)


def _number(question: Question, raw: Any, given: Mapping[str, Any]) -> int:
    try:
        number = int(str(raw))
    except ValueError:
        raise Invalid(_("请填写整数。")) from None
    least = question.least if question.least is not None else 0
    most = question.most if question.most is not None else NUMBER_MOST
    if not least <= number <= most:
        raise Invalid(_("应在 %(least)d 到 %(most)d 之间。") % {"least": least, "most": most})
    return number


def _date(question: Question, raw: Any, given: Mapping[str, Any]) -> str:
    """A day as ISO text; `least` and `most` are days from today."""
    try:
        day = date.fromisoformat(str(raw).strip())
    except ValueError:
        raise Invalid(_("请填写日期，如 2026-11-30。")) from None
    today = timezone.localdate()
    first = None if question.least is None else today + timedelta(days=question.least)
    last = None if question.most is None else today + timedelta(days=question.most)
    if (first and day < first) or (last and day > last):
        raise Invalid(
            _("日期应在 %(first)s 到 %(last)s 之间。")
            % {"first": first or _("任何一天"), "last": last or _("任何一天")}
        )
    return day.isoformat()


def _flag(question: Question, raw: Any, given: Mapping[str, Any]) -> bool:
    if raw in (True, "true", "on"):
        return True
    if raw in (False, "false"):
        return False
    raise Invalid(_("请选择一项。"))


_CHECKS: dict[str, Callable[[Question, Any, Mapping[str, Any]], Any]] = {
    "text": lambda question, raw, given: inputs.text(raw, question.most or TEXT_LENGTH),
    "lines": lambda question, raw, given: inputs.text(
        raw, question.most or LINES_LENGTH, lines=True
    ),
    "choice": _choice,
    "number": _number,
    "date": _date,
    "flag": _flag,
    "account": lambda question, raw, given: inputs.account(raw),
    "mobile": lambda question, raw, given: inputs.mobile(raw),
    "identity": lambda question, raw, given: inputs.identity(raw),
}
