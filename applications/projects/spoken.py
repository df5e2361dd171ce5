"""Projects in words: values for a file, changes for the timeline, days that are left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.models import Application, Project, ProjectChange, ProjectStage
from applications.projects.fields import BY_NAME, USES
from waterdesk.core import policy, wording
from waterdesk.core.flow import Label
from waterdesk.core.models.people import Area, User

ACTIONS: dict[str, Label] = {
    "add": gettext_lazy("登记项目"),
    "import": gettext_lazy("由文件导入"),
    "edit": gettext_lazy("修改资料"),
    "survey": gettext_lazy("登记提前查勘"),
    "scheme": gettext_lazy("登记提前方案"),
    "plan": gettext_lazy("修改服务方案"),
    "turn": gettext_lazy("转为报装"),
}
TONES = {"turn": "good", "survey": "ok", "scheme": "ok"}
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of history, as the component `timeline` shows it."""

    at: datetime
    title: str
    who: str
    role: str
    lines: list[tuple[str, str]]
    tone: str = "plain"
    system: bool = False
    status: str = ""
    note: str = ""


def cell(value: object) -> str:
    """A value as the import reads it back."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case User():
            return value.username
        case Area() | ProjectStage():
            return value.name
        case date():
            return value.isoformat()
        case list():
            return "\n".join(" ".join(step) for step in value)
    return str(value)


def use(code: str) -> str:
    return next((word for word, each in USES.items() if each == code), code)


def days(left: int | None) -> dict[str, str]:
    """How long until then, and the tone it is shown in; nothing where nothing is awaited."""
    if left is None:
        return {"words": "", "tone": "plain"}
    if left < 0:
        words = ngettext("已过 %(days)d 天", "已过 %(days)d 天", -left) % {"days": -left}
        return {"words": words, "tone": "bad"}
    words = ngettext("还有 %(days)d 天", "还有 %(days)d 天", left) % {"days": left}
    return {"words": words if left else _("就是今天"), "tone": "warn" if left <= 7 else "ok"}


class Codes:
    """Looks up what the codes of the history are called; people are read once."""

    def __init__(self, data: Iterable[Mapping[str, Any]]) -> None:
        names = {v for each in data for f in ("owner", "survey_by", "scheme_by")
                 for v in each.get(f, ())}  # fmt: skip
        people = User.objects.filter(username__in=names - {None}) if names - {None} else ()
        self.people = {person.username: str(person) for person in people}
        self.stages = {stage.code: stage.name for stage in ProjectStage.objects.all()}
        self.rules = policy.current()

    def lines(self, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(label, from → to) of what changed, in the order of the form."""
        told = [name for name in (*BY_NAME, "application") if name in data]
        return [(self._label(name), self.arrow(name, *data[name])) for name in told]

    def arrow(self, name: str, before: Any, after: Any) -> str:
        return f"{self.word(name, before)} → {self.word(name, after)}"

    def word(self, name: str, code: Any) -> str:
        if code is None or code in ("", []):
            return NOTHING
        match name:
            case "stage":
                return self.stages.get(code, code)
            case "area":
                area = self.rules.area_coded(code)
                return area.name if area else code
            case "owner" | "survey_by" | "scheme_by":
                return self.people.get(code, code)
            case "use":
                return str(dict(Application.Use.choices).get(code, code))
            case "phone":
                return wording.mask_phone(code)
            case "plan_steps":
                return _("；").join(" ".join(step) for step in code)
        if isinstance(code, bool):
            return _("是") if code else _("否")
        return str(code)

    @staticmethod
    def _label(name: str) -> str:
        return str(Project._meta.get_field(name).verbose_name)


def history(project: Project) -> list[Entry]:
    """Everything that became of a project, oldest first: three queries."""
    changes = list(ProjectChange.objects.filter(project=project).select_related("by"))
    codes = Codes(change.data for change in changes)
    return [
        Entry(
            at=change.at,
            title=str(ACTIONS.get(change.action, change.action)),
            who=str(change.by),
            role=str(change.by.get_role_display()),
            lines=codes.lines(change.data),
            tone=TONES.get(change.action, "plain"),
        )
        for change in changes
    ]


def volume(value: Decimal | None) -> str:
    """12.5 for 12.50; "" for none."""
    return "" if value is None else f"{value.normalize():f}"
