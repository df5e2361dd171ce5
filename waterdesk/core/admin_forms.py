"""Forms of the admin that refuse a configuration which could not stand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import calendar_check, policy
from waterdesk.core.calendar_check import NeverOpens
from waterdesk.core.models.people import Area
from waterdesk.core.policy import calendar
from waterdesk.core.promise_rows import faults_with, losses_with

# What windows that are none raise when they are read.
UNREADABLE = (AttributeError, TypeError, ValueError)


class AreaForm(forms.ModelForm):
    """Refuses a company without a calendar, which all below it inherit, and a ring of areas."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        parent = cleaned.get("parent")
        if cleaned.get("level") == Area.Level.COMPANY and cleaned.get("calendar") is None:
            self.add_error("calendar", _("公司必须有工作日历，下级片区都沿用它。"))
        if parent is not None and self.instance.pk in policy.current().above(parent.pk):
            self.add_error("parent", _("上级片区不能是本片区自己或其下级。"))
        return cleaned


class CalendarForm(forms.ModelForm):
    """Refuses windows that make no sense; whether it opens at all is known with its days."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "weekly" in cleaned and "tz" in cleaned:
            try:
                if any(cleaned["weekly"].values()):
                    calendar(cleaned["weekly"], {}, cleaned["tz"])
            except UNREADABLE as fault:
                message = _("日历没有开放时段，或时段有误：%(fault)s") % {"fault": fault}
                self.add_error("weekly", message)
        return cleaned


class DaysFormSet(forms.BaseInlineFormSet):
    """Refuses the days by which, with the week above them, the calendar would open no more."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        days = {
            form.cleaned_data["date"]: form.cleaned_data.get("windows") or []
            for form in self.forms
            if form.cleaned_data.get("date") and not form.cleaned_data.get("DELETE")
        }
        row = self.instance
        try:
            calendar_check.check(row.weekly, days, row.tz, timezone.now())
        except NeverOpens as fault:
            message = _("日历“%(name)s”今后没有任何开放时段，不能保存。") % {"name": row.name}
            raise ValidationError(message) from fault
        except UNREADABLE as fault:
            message = _("日历没有开放时段，或时段有误：%(fault)s") % {"fault": fault}
            raise ValidationError(message) from fault


class PromiseForm(forms.ModelForm):
    """Refuses a promise that ties with another, leaves a gap, or names what nobody knows.

    An edit by which some case would have no promise any more must say that this is meant.
    """

    ends = forms.BooleanField(
        label=_("确认不再承诺"),
        required=False,
        help_text=_("修改后有办件不再有任何承诺时，须勾选才能保存。"),
    )

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        for fault in faults_with(self.instance):
            whose = fault.field if fault.field in self.fields else None
            self.add_error(whose, str(fault))
        if not (self.errors or self.cleaned_data.get("ends")):
            for fault in losses_with(self.instance, timezone.now()):
                self.add_error("ends", str(fault))
