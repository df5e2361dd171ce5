"""The forms of an application. They know the shape; what is right the intake says."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications import intake
from applications.models import Application
from applications.offer import no_pipe
from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.people import User

PIPE = (("yes", _("有")), ("no", _("没有")), ("unknown", _("不清楚")))


def new_key() -> str:
    return uuid.uuid4().hex


class ApplyForm(forms.Form):
    """What a customer is asked: eight questions for a household, ten for a company.

    `once` makes a second click the same request. `by` is the signed-in person or None.
    """

    applicant_kind = forms.ChoiceField(
        label=_("申请人"),
        choices=Application.Applicant.choices,
        initial=Application.Applicant.PERSON,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("姓名或单位名称"), max_length=intake.NAME_LENGTH)
    uscc = forms.CharField(label=_("统一社会信用代码"), required=False, max_length=40)
    contact = forms.CharField(label=_("经办人"), required=False, max_length=intake.NAME_LENGTH)
    phone = forms.CharField(label=_("手机号码"), max_length=20)
    address = forms.CharField(
        label=_("用水地址"),
        max_length=intake.ADDRESS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    use = forms.ChoiceField(
        label=_("用水性质"),
        choices=Application.Use.choices,
        initial=Application.Use.RESIDENTIAL,
    )
    pipe = forms.ChoiceField(
        label=_("门口是否已有供水管道"), choices=PIPE, widget=forms.RadioSelect
    )
    calibre_mm = forms.TypedChoiceField(
        label=_("水表口径"),
        choices=[(mm, f"DN{mm}") for mm in inputs.CALIBRES],
        coerce=int,
        initial=intake.HOUSEHOLD_MM,
    )
    remark = forms.CharField(
        label=_("备注"),
        required=False,
        max_length=intake.REMARK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, by: User | None, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.channel = by, channel
        self.draft: Application | None = None
        self.fields["once"].initial = new_key

    def clean(self) -> dict[str, Any]:
        """Ask the intake; what it refuses comes back to the field it names."""
        given = super().clean()
        try:
            self.draft = intake.draft(
                given | {"external_line": no_pipe(given.get("pipe"))},
                by=self.by,
                channel=self.channel,
            )
        except Invalid as refusal:
            for name, text in refusal.fields.items():
                field = "pipe" if name == "external_line" else name
                if field not in self.errors:
                    self.add_error(field, text)
        return given

    def to_case(self) -> Application:
        """The unsaved application, once the form is valid."""
        assert self.draft is not None
        return self.draft

    def said(self) -> dict[str, str]:
        """What was typed, as the once-key covers it."""
        return {name: self.data.get(name, "") for name in self.fields if name != "once"}

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

    id_number = forms.CharField(label=_("身份证号码"), required=False, max_length=40)
    area = forms.ChoiceField(label=_("片区"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = sorted(policy.current().areas.values(), key=lambda area: (area.level, area.code))
        self.fields["area"].choices = [
            ("", _("按地址识别")),
            *((area.code, area.name) for area in areas),
        ]
