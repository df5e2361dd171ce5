"""The forms of outages: they check shapes; what is right `doing` says."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.knowledge.forms import Lines
from tickets.models import Outage
from tickets.models.outages import MOST_POINTS, POINT_LENGTH, REASON_LENGTH
from tickets.outages import access, doing, extents
from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Area, User
from waterdesk.core.search import number_in

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class OutageForm(forms.Form):
    """One outage; `seen` is the version that was opened, so that nobody writes over another."""

    kind = forms.ChoiceField(
        label=_("类型"), choices=Outage.Kind.choices, widget=forms.RadioSelect, initial="planned"
    )
    starts_at = forms.DateTimeField(label=_("停水时间"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=_("预计恢复"), widget=MOMENT)
    reason = forms.CharField(label=_("原因"), max_length=REASON_LENGTH)
    areas = forms.MultipleChoiceField(
        label=_("片区"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("整片停水时选择；只停其中一部分的，在地图上画出范围。"),
    )  # fmt: skip
    geometry = forms.CharField(
        label=_("停水范围（GeoJSON）"), required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("地图上画的会写在这里，也可以粘贴；填写后以图形为准。"),
    )  # fmt: skip
    points = Lines(
        most=MOST_POINTS, length=POINT_LENGTH, label=_("应急供水点"),
        help_text=_("一行一处，写明地点和时间。"),
    )  # fmt: skip
    contact = forms.CharField(label=_("联系人"), required=False, max_length=60)
    contact_phone = forms.CharField(label=_("联系电话"), required=False, max_length=40)
    case = forms.CharField(label=_("所属办件"), required=False, max_length=40)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rules = policy.current()
        mine = sorted(rules.areas.values(), key=lambda area: area.code)
        self.fields["areas"].choices = [
            (area.code, area.name) for area in mine if access.may_write(user, [area])
        ]

    def clean_geometry(self) -> dict[str, Any] | None:
        return _right(extents.given, self.cleaned_data["geometry"])

    def clean_reason(self) -> str:
        return _right(inputs.text, self.cleaned_data["reason"], REASON_LENGTH, required=True)

    def clean_contact(self) -> str:
        return _right(inputs.text, self.cleaned_data["contact"], 60)

    def clean_contact_phone(self) -> str:
        return _right(inputs.caller, self.cleaned_data["contact_phone"])

    def clean_case(self) -> Case | None:
        number = number_in(self.cleaned_data["case"])
        if not number:
            return None
        found = Case.objects.visible_to(self.user).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个办件。"))
        return found

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in doing.FACTS}

    @property
    def chosen(self) -> list[Area]:
        found = map(policy.current().area_coded, self.cleaned_data["areas"])
        return [area for area in found if area is not None]


def initial_of(outage: Outage) -> dict[str, Any]:
    """What the form of an outage that stands begins with."""
    said = {name: getattr(outage, name) for name in doing.FACTS}
    geometry = json.dumps(outage.geometry, ensure_ascii=False) if outage.geometry else ""
    return said | {
        "geometry": geometry,
        "areas": [] if outage.geometry else [area.code for area in outage.areas.all()],
        "case": outage.case.number if outage.case else "",
        "seen": outage.version,
    }


class AnnounceForm(forms.Form):
    override = forms.CharField(
        label=_("提前量不足的理由"), required=False, max_length=REASON_LENGTH,
        help_text=_("只有班长和管理员可以说明理由后公告。"),
    )  # fmt: skip


class MoveEndForm(forms.Form):
    ends_at = forms.DateTimeField(label=_("新的恢复时间"), widget=MOMENT)
    note = forms.CharField(label=_("原因"), max_length=REASON_LENGTH)
    override = forms.CharField(
        label=_("提前量不足的理由"), required=False, max_length=REASON_LENGTH
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    note = forms.CharField(label=_("取消的原因"), max_length=REASON_LENGTH)


class PlainForm(forms.Form):
    """A button and nothing to fill in."""


class CalledForm(forms.Form):
    phone = forms.CharField(label=_("联系电话"), required=False, max_length=40)
    note = forms.CharField(label=_("结果"), required=False, max_length=100)


def _right(check: Any, *args: Any, **options: Any) -> Any:
    try:
        return check(*args, **options)
    except Invalid as fault:
        raise forms.ValidationError(str(fault.message)) from None
