"""The forms of the roster: they check shapes; what is right core.duty says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core import duty
from waterdesk.core.models.duty import Shift
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Pattern
from waterdesk.core.policy import Policy
from waterdesk.core.wording import WEEKDAYS

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
# So many people can take turns in one pattern.
TURNS = 10
MOST_DAYS_APART = 31


def person_choices(people: Iterable[User]) -> list[tuple[str, str]]:
    return [("", "—")] + [
        (str(user.pk), f"{user} · {user.get_role_display()} · {user.area}") for user in people
    ]


class Staffed(forms.Form):
    """A form in which somebody of these areas is chosen; `people` by the value of the choice."""

    def __init__(self, *given: Any, areas: list[int], rules: Policy, **more: Any) -> None:
        super().__init__(*given, **more)
        self.people = {str(user.pk): user for user in duty.watchers(areas)}
        self.areas = [(each, rules.areas[each].name) for each in areas]
        for name, field in self.fields.items():
            if name == "area":
                field.choices = self.areas
            elif name == "user" or name.startswith("person_"):
                field.choices = person_choices(self.people.values())


class ShiftForm(Staffed):
    """Who is on duty where, from when until when."""

    area = forms.ChoiceField(label=gettext_lazy("片区"))
    user = forms.ChoiceField(label=gettext_lazy("值班人"))
    starts_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=gettext_lazy("结束"), widget=MOMENT)
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)


class EditForm(forms.Form):
    """Another time, area or note for a shift, as it was seen."""

    area = forms.ChoiceField(label=gettext_lazy("片区"))
    starts_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=gettext_lazy("结束"), widget=MOMENT)
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *given: Any, areas: list[int], rules: Policy, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["area"].choices = [(each, rules.areas[each].name) for each in areas]


class StandInForm(forms.Form):
    """Who takes a shift; offered are those who are free then."""

    user = forms.ChoiceField(label=gettext_lazy("替班人"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *given: Any, shift: Shift, people: list[User], **more: Any) -> None:
        more.setdefault("initial", {"seen": shift.seen})
        super().__init__(*given, auto_id=f"id_{shift.pk}_%s", **more)
        self.people = {str(user.pk): user for user in people}
        self.fields["user"].choices = person_choices(people)


class SwapForm(forms.Form):
    """Two shifts whose people change places. A choice that another lead has changed is none."""

    first = forms.ChoiceField(label=gettext_lazy("班次"))
    second = forms.ChoiceField(label=gettext_lazy("与之对换"))

    def __init__(self, *given: Any, shifts: list[Shift], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [("", "—")] + [
            (f"{each.pk}-{each.seen}", f"{each.user} · {each.area} · {duty.span(each)}")
            for each in shifts
        ]
        for field in self.fields.values():
            field.choices = choices
            field.error_messages["invalid_choice"] = _("该班次已被他人更改，请重新选择。")


class LeaveForm(Staffed):
    """Who is away, from when until when, and why."""

    user = forms.ChoiceField(label=gettext_lazy("请假人"))
    starts_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=gettext_lazy("结束"), widget=MOMENT)
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)


class PatternForm(Staffed):
    """A pattern of shifts: who in turn, on which days, from what time until what time."""

    area = forms.ChoiceField(label=gettext_lazy("片区"))
    starts = forms.TimeField(label=gettext_lazy("上班时刻"), widget=HOUR)
    ends = forms.TimeField(
        label=gettext_lazy("下班时刻"),
        widget=HOUR,
        help_text=gettext_lazy("不晚于上班时刻即为次日。"),
    )
    on = forms.ChoiceField(label=gettext_lazy("哪些日子"), choices=Pattern.On.choices)
    every = forms.IntegerField(
        label=gettext_lazy("每几天一班"), min_value=1, max_value=MOST_DAYS_APART, initial=1
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("只在星期"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选即不限。要含调休上班的周六、周日，请不选。"),
    )
    first = forms.DateField(label=gettext_lazy("从哪天起"), widget=DATE)
    last = forms.DateField(label=gettext_lazy("到哪天止"), widget=DATE)
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)
    clashes = forms.ChoiceField(
        label=gettext_lazy("有冲突的日子"),
        choices=[
            ("skip", gettext_lazy("跳过，其余照排")),
            ("refuse", gettext_lazy("一天也不排")),
        ],
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        self.base_fields = type(self).base_fields | {
            f"person_{n}": forms.ChoiceField(required=n == 1) for n in range(1, TURNS + 1)
        }
        super().__init__(*given, **more)
        for n in range(1, TURNS + 1):
            self.fields[f"person_{n}"].label = _("第 %(place)d 人") % {"place": n}

    @property
    def turns(self) -> list[forms.BoundField]:
        return [self[f"person_{n}"] for n in range(1, TURNS + 1)]

    def pattern(self) -> Pattern:
        """The pattern as it was typed, not saved."""
        given = self.cleaned_data
        people = [given[f"person_{n}"] for n in range(1, TURNS + 1)]
        said = ("starts", "ends", "on", "every", "weekdays", "first", "last", "note")
        return Pattern(
            area_id=int(given["area"]),
            people=[int(each) for each in people if each],
            **{name: given[name] for name in said},
        )


class WithdrawForm(forms.Form):
    """From which day on a pattern is withdrawn; `seen` is how many shifts somebody agreed to."""

    since = forms.DateField(label=gettext_lazy("自哪天停用"), widget=DATE)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
