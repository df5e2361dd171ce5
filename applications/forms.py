"""The form of an application, made from what its service asks. It knows the shape; what is right
the intake says.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from applications import intake
from applications.catalogue import held
from applications.catalogue.common import COMPANY, PERSON, common
from applications.catalogue.definition import Question, Service
from applications.models import Application
from applications.offer import no_pipe
from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.people import User

# Up to so many choices stand side by side; more are a list to open. *chosen*
SIDE_BY_SIDE = 3
WHO = ("applicant_kind", "name", "uscc", "contact", "id_number", "phone")
MODES = {"account": "number", "number": "number", "mobile": "phone", "identity": "id"}
AUTOCOMPLETE = {"name": "name", "phone": "tel", "address": "street-address"}


def new_key() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the page shows it; `only` is whom it concerns, `shown` its condition."""

    question: Question
    bound: BoundField

    @property
    def look(self) -> str:
        choices = self.question.choices
        return "segments" if choices and len(choices) <= SIDE_BY_SIDE else ""

    @property
    def mode(self) -> str:
        return "id" if self.question.code == "uscc" else MODES.get(self.question.kind, "")

    @property
    def autocomplete(self) -> str:
        return AUTOCOMPLETE.get(self.question.code, "")

    @property
    def only(self) -> str:
        return {"person": "for-person", "organisation": "for-company"}.get(
            str((self.question.shown or {}).get("applicant_kind")), ""
        )

    @property
    def shown(self) -> str:
        """The condition for the page's script; "" where the page's style alone does it."""
        shown = self.question.shown
        return "" if shown in (None, PERSON, COMPANY) else json.dumps(shown, sort_keys=True)


class ApplyForm(forms.Form):
    """What a customer is asked: at most eight questions for a household, ten for a company.

    `once` makes a second click the same request. `by` is the signed-in person or None. Raises
    NotFound for a service that is not offered.
    """

    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    # Questions that this form asks beside those of the service.
    extra: tuple[Question, ...] = ()

    def __init__(
        self,
        *args: Any,
        by: User | None,
        channel: str,
        service: str = intake.NEW_CONNECTION,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.channel = by, channel
        self.service: Service = held.wanted(service)
        self.draft: Application | None = None
        self.fields["once"].initial = new_key
        self.questions = [q for q in self.service.questions if self._asks(q)]
        self.questions += [q for q in self.extra if not self.service.asks(q.code)]
        for question in self.questions:
            self.fields[question.code] = _field(question, self.service)
        if self.initial.get("applicant_kind") not in self.service.applicants:
            self.initial.pop("applicant_kind", None)

    def _asks(self, question: Question) -> bool:
        return not question.staff

    @property
    def asked_of_whom(self) -> Iterator[Asked]:
        return (each for each in self._asked() if each.question.code in WHO)

    @property
    def asked_beside(self) -> Iterator[Asked]:
        return (each for each in self._asked() if each.question.code not in WHO)

    def _asked(self) -> Iterator[Asked]:
        return (Asked(each, self[each.code]) for each in self.questions)

    def clean(self) -> dict[str, Any]:
        """Ask the intake; what it refuses comes back to the field it names."""
        given = super().clean()
        own = {each.code: given.get(each.code) for each in self.questions if not each.common}
        try:
            self.draft = intake.draft(
                given
                | {"external_line": no_pipe(given.get("pipe"))}
                | {"answers": self._meant(own, given)},
                by=self.by,
                channel=self.channel,
                service=self.service.code,
            )
        except Invalid as refusal:
            for name, text in refusal.fields.items():
                field = "pipe" if name == "external_line" else name.removeprefix("answers.")
                if field not in self.errors:
                    self.add_error(field if field in self.fields else None, text)
        return given

    def _meant(self, own: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Without what the page no longer showed: it was answered before another answer changed."""
        meant: dict[str, Any] = {}
        for question in self.service.own:
            value = own.get(question.code)
            if value not in (None, "") and question.asked(given | meant):
                meant[question.code] = value
        return meant

    def to_case(self) -> Application:
        """The unsaved application, once the form is valid."""
        assert self.draft is not None
        return self.draft

    def said(self) -> dict[str, str]:
        """What was typed, as the once-key covers it."""
        said = {name: self.data.get(name, "") for name in self.fields if name != "once"}
        return said | {"service": self.service.code}

    def key(self) -> str:
        return self.cleaned_data["once"] or new_key()

    def renew(self) -> None:
        """Make the next submission another request."""
        self.data = self.data.copy()
        self.data["once"] = new_key()


class CustomerForm(ApplyForm):
    """On the customer's own page: the signed-in customer's number stands there and stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.by is not None:
            self.fields["name"].initial = self.by.name
            self.fields["phone"].initial = self.by.phone
            self.fields["phone"].widget.attrs["readonly"] = True


class CounterForm(ApplyForm):
    """What staff may add to it: an identity number, and the area when they know better."""

    extra = (common("id_number", help=_("选填，客户带了才登记")),)

    area = forms.ChoiceField(label=_("片区"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = sorted(policy.current().areas.values(), key=lambda area: (area.level, area.code))
        self.fields["area"].choices = [
            ("", _("按地址识别")),
            *((area.code, area.name) for area in areas),
        ]

    def _asks(self, question: Question) -> bool:
        return True


def _field(question: Question, service: Service) -> forms.Field:
    """The field that shows a question. Only what is asked of everybody is required by the page:
    of the rest the intake knows whether it is wanted."""
    always = question.required and question.shown is None and question.demanded is None
    words: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": always and question.kind != "flag",
        "initial": question.initial or None,
    }
    if question.code == "calibre_mm":
        choices = [(mm, f"DN{mm}") for mm in inputs.CALIBRES]
        return forms.TypedChoiceField(choices=choices, coerce=int, **words)
    if question.kind == "choice":
        return _choice(question, service, words)
    if question.kind == "flag":
        return forms.BooleanField(**words)
    if question.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **words)
    if question.kind == "number":
        return forms.IntegerField(min_value=question.least, max_value=question.most, **words)
    most = {"remark": intake.REMARK_LENGTH, "address": intake.ADDRESS_LENGTH}
    length = most.get(question.code, 40 if question.code in ("uscc", "id_number") else 200)
    widget = forms.Textarea(attrs={"rows": 2}) if question.kind == "lines" else forms.TextInput()
    return forms.CharField(max_length=length, widget=widget, **words)


def _choice(question: Question, service: Service, words: dict[str, Any]) -> forms.ChoiceField:
    choices = [(code, text) for code, text, _when in question.choices]
    if question.code == "applicant_kind":
        choices = [(code, text) for code, text in choices if code in service.applicants]
        words["initial"] = choices[0][0]
    few = len(choices) <= SIDE_BY_SIDE
    if not few and not words["initial"]:
        choices = [("", _("请选择")), *choices]
    return forms.ChoiceField(
        choices=choices, widget=forms.RadioSelect if few else forms.Select, **words
    )
