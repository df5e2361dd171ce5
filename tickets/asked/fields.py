"""The questions of a subject as fields of the hotline's form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from waterdesk.core.asking import LINES_LENGTH, TEXT_LENGTH, Question

BEFORE = "answer_"
MODES = {"account": "number", "number": "number", "mobile": "phone", "identity": "id"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the page shows it; `shown` is its condition, for the page's script."""

    question: Question
    bound: BoundField

    @property
    def mode(self) -> str:
        return MODES.get(self.question.kind, "")

    @property
    def shown(self) -> str:
        """The condition in the names of the form's fields, as JSON; "" where there is none."""
        named = {BEFORE + code: value for code, value in (self.question.shown or {}).items()}
        return json.dumps(named, sort_keys=True) if named else ""


def field_of(question: Question) -> forms.Field:
    """The field that shows a question. Whether it is wanted and right, the intake says."""
    return _FIELDS[question.kind](
        question, {"label": question.label, "help_text": question.help, "required": False}
    )


def answers_in(data: Mapping[str, Any], questions: tuple[Question, ...]) -> dict[str, Any]:
    """What a form says, by the questions' codes, without what the page no longer showed: that was
    answered before another answer changed."""
    meant: dict[str, Any] = {}
    for question in questions:
        value = data.get(BEFORE + question.code)
        if value not in (None, "", False) and question.asked(meant):
            meant[question.code] = value
    return meant


def _text(question: Question, words: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=question.most or TEXT_LENGTH, **words)


def _lines(question: Question, words: dict[str, Any]) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(max_length=question.most or LINES_LENGTH, widget=area, **words)


def _choice(question: Question, words: dict[str, Any]) -> forms.Field:
    named = [(code, name) for code, name, _when in question.choices]
    return forms.ChoiceField(choices=[("", _("未问")), *named], **words)


def _number(question: Question, words: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(min_value=question.least, max_value=question.most, **words)


def _date(question: Question, words: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **words)


_FIELDS: dict[str, Callable[[Question, dict[str, Any]], forms.Field]] = {
    "text": _text,
    "lines": _lines,
    "choice": _choice,
    "number": _number,
    "date": _date,
    "flag": lambda question, words: forms.BooleanField(**words),
    "account": _text,
    "mobile": _text,
    "identity": _text,
}
