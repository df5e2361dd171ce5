"""The forms of a project: their fields follow from `fields`, and so do their refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Project
from applications.projects import fields, files, spoken
from applications.projects.fields import FORMS, Asked
from applications.projects.known import Known
from waterdesk.core import inputs
from waterdesk.core.errors import DeskError
from waterdesk.core.models.people import User

HELP = {
    "code": _("留空则自动编号"),
    "area": _("留空则按地址识别"),
    "phone": _("转为报装前须是手机号码"),
    "calibre_mm": _("不知道可先填日用水量"),
    "plan_steps": _("每行一步：日期，空一格，要做的事。如 2026-12-01 现场对接"),
}


class ProjectForm(forms.Form):
    """One of FORMS for a project, or for a new one. The form keeps what was typed; the rows check.

    `seen` is the version of the project that the person looks at.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, which: str, by: User, project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.which, self.known = which, Known(by)
        for name in FORMS[which]:
            self.fields[name] = self._field(fields.BY_NAME[name])
            if project is not None:
                self.fields[name].initial = _typed(name, getattr(project, name))
        if project is not None:
            self.fields["seen"].initial = project.version
        if which in ("survey", "scheme"):
            self.fields[f"{which}_on"].required = True

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, by name of the field."""
        return {name: self.cleaned_data.get(name) for name in FORMS[self.which]}

    def refuse(self, refusal: DeskError) -> None:
        """The refusal at the fields it names, or over the form."""
        for name, text in (refusal.fields or {"": refusal.message}).items():
            self.add_error(name if name in self.fields else None, text)

    def _field(self, asked: Asked) -> forms.Field:
        common = {
            "label": asked.label,
            "required": asked.required,
            "help_text": HELP.get(asked.name, ""),
        }
        if choices := self._choices(asked):
            return forms.ChoiceField(choices=choices, **common)
        if asked.sort == "day":
            widget = forms.DateInput(attrs={"type": "date"})
            return forms.CharField(max_length=20, widget=widget, **common)
        if asked.sort == "lines":
            rows = 2 if asked.name == "address" else 4
            area = forms.Textarea(attrs={"rows": rows})
            return forms.CharField(max_length=fields.LONG * 4, widget=area, **common)
        return forms.CharField(max_length=200, **common)

    def _choices(self, asked: Asked) -> Sequence[tuple[str, Any]]:
        match asked.sort:
            case "area":
                areas = (a for a in self.known.rules.areas.values() if self._is_mine(a.pk))
                ordered = sorted(areas, key=lambda area: (area.level, area.code))
                return [("", _("按地址识别")), *((a.code, a.name) for a in ordered)]
            case "stage":
                ahead = [s for s in self.known.stages if s.means != "turned"]
                return [(s.code, s.name) for s in ahead]
            case "person":
                return [("", _("未定")), *((p.username, str(p)) for p in self.known.people)]
            case "use":
                return list(reversed(Application.Use.choices[:2])) + Application.Use.choices[2:]
            case "calibre":
                return [("", _("未定")), *((str(mm), f"DN{mm}") for mm in inputs.CALIBRES)]
            case "flag":
                return [("", _("不清楚")), ("yes", _("需要")), ("no", _("不需要"))]
            case "yes-no":
                return [("", _("不清楚")), ("yes", _("是")), ("no", _("否"))]
        return ()

    def _is_mine(self, area_id: int) -> bool:
        return self.known.mine is None or area_id in self.known.mine


class UploadForm(forms.Form):
    """A list of projects. What is in the file, `files` judges."""

    file = forms.FileField(
        label=_("项目清单"),
        help_text=_("Excel（.xlsx）或 CSV，不超过 5 MB、5000 行。先预览，确认后才导入。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,text/csv"}),
        error_messages={"empty": _("文件是空的。")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > files.MOST_BYTES:
            raise forms.ValidationError(_("文件不能超过 5 MB。"))
        return file


def _typed(name: str, value: Any) -> str:
    """What stands in the form for a value that is there."""
    match fields.BY_NAME[name].sort:
        case "flag" | "yes-no":
            return {None: "", True: "yes", False: "no"}[value]
        case "area" | "stage":
            return value.code
        case "number":
            return spoken.volume(value)
    return spoken.cell(value)
