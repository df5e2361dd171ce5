"""What is asked of a project: one definition for the form, the columns of a file, and the history.

A check takes what was given and `Known`, and returns the clean value or raises Invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Project, ProjectStage
from applications.projects import values
from applications.projects.known import Known
from waterdesk.core import inputs
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import Label
from waterdesk.core.intake import Faults
from waterdesk.core.models.people import Area, User

Check = Callable[[object, Known], Any]
LONG = 2000
# As people write them in their lists, in Chinese whoever reads.
USES = {
    "居民": "residential",
    "居民生活": "residential",
    "非居民": "non-residential",
    "特种": "special",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field; `sort` says how a form asks for it, `aliases` what others call its column."""

    name: str
    check: Check
    sort: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> Label:
        return Project._meta.get_field(self.name).verbose_name

    @property
    def heading(self) -> str:
        """The label in the utility's language, as it stands over a column."""
        with translation.override(settings.LANGUAGE_CODE):
            return str(self.label)


def _text(most: int, *, required: bool = False, lines: bool = False) -> Check:
    return lambda raw, known: inputs.text(raw, most, required=required, lines=lines)


def _plain(check: Callable[[object], Any]) -> Check:
    return lambda raw, known: check(raw)


def _optional(check: Callable[[object], str]) -> Check:
    return lambda raw, known: check(raw) if str(raw or "").strip() else ""


def _name(raw: object) -> str:
    return inputs.text(raw, 100)


def _person(raw: object, known: Known) -> User | None:
    name = _name(raw)
    return known.person(name) if name else None


def _stage(raw: object, known: Known) -> ProjectStage:
    return known.stage(_name(raw) or known.first_stage)


def _area(raw: object, known: Known) -> Area | None:
    """None: by the address."""
    name = _name(raw)
    return known.area(name) if name else None


def _use(raw: object, known: Known) -> str:
    name = _name(raw)
    code = USES.get(name, name) or Application.Use.NON_RESIDENTIAL.value
    if code not in Application.Use.values:
        raise Invalid(_("用水性质应为居民、非居民或特种。"))
    return code


# For what of a scheme somebody has to be asked: each is needed, is not, or nobody knows.
FOUND = ("digs_road", "digs_green", "blocks_traffic", "digs_highway", "needs_planning")

FIELDS = (
    Asked("code", _text(60), aliases=("编号", "项目代码", "项目编码")),
    Asked("name", _text(100, required=True), required=True, aliases=("名称", "工程名称")),
    Asked("organisation", _text(60, required=True), required=True,
          aliases=("建设单位名称", "开发单位", "业主单位", "单位名称")),
    Asked("uscc", _optional(inputs.credit_code), "id", aliases=("信用代码", "社会信用代码")),
    Asked("contact", _text(60), aliases=("项目联系人",)),
    Asked("phone", _optional(inputs.caller), "phone",
          aliases=("电话", "手机", "联系方式", "手机号码")),
    Asked("address", _text(200, required=True), "lines", required=True,
          aliases=("地址", "建设地点", "项目地点")),
    Asked("area", _area, "area", aliases=("营业所", "网格")),
    Asked("stage", _stage, "stage", aliases=("项目阶段", "进展")),
    Asked("expected_on", _plain(values.day), "day",
          aliases=("预计用水时间", "用水日期", "计划用水日期")),
    Asked("use", _use, "use"),
    Asked("calibre_mm", _plain(values.calibre), "calibre", aliases=("口径", "预计口径")),
    Asked("daily_m3", _plain(values.volume), "number", aliases=("日用水量", "预计日用水量")),
    Asked("external_line", _plain(values.known_flag), "flag",
          aliases=("需要外线", "外线", "外线工程")),
    Asked("owner", _person, "person", aliases=("责任人", "跟进人")),
    Asked("survey_on", _plain(values.day), "day"),
    Asked("survey_by", _person, "person"),
    Asked("survey_notes", _text(LONG, lines=True), "lines"),
    Asked("scheme_on", _plain(values.day), "day"),
    Asked("scheme_by", _person, "person"),
    Asked("scheme_notes", _text(LONG, lines=True), "lines"),
    Asked("scheme_quantities", _text(LONG, lines=True), "lines"),
    Asked("pipe_metres", _plain(values.metres), "number"),
    *(Asked(name, _plain(values.known_flag), "flag") for name in FOUND),
    Asked("road_opened_on", _plain(values.day), "day"),
    Asked("road_overhauled", _plain(values.known_flag), "yes-no"),
    Asked("plan", _text(LONG, lines=True), "lines"),
    Asked("plan_steps", _plain(values.steps), "lines"),
    Asked("source", _text(200), aliases=("来源",)),
    Asked("remark", _text(LONG, lines=True), "lines", aliases=("说明",)),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}

# What one form asks for; the history calls a change by the form's name.
FORMS: dict[str, tuple[str, ...]] = {
    "edit": (
        "code", "name", "organisation", "uscc", "contact", "phone", "address", "area", "stage",
        "expected_on", "use", "calibre_mm", "daily_m3", "external_line", "owner", "source",
        "remark",
    ),
    "survey": ("survey_on", "survey_by", "survey_notes"),
    "scheme": (
        "scheme_on", "scheme_by", "scheme_notes", "scheme_quantities", "pipe_metres", *FOUND,
        "road_opened_on", "road_overhauled",
    ),
    "plan": ("plan", "plan_steps"),
}  # fmt: skip


def gather(given: Mapping[str, Any], known: Known, faults: Faults) -> dict[str, Any]:
    """The clean values of the fields that were given, by name; what is wrong goes into `faults`."""
    found: dict[str, Any] = {}
    for name in BY_NAME.keys() & given.keys():
        try:
            found[name] = BY_NAME[name].check(given[name], known)
        except Invalid as fault:
            faults[name] = fault.message
    return found


def together(found: Mapping[str, Any], faults: Faults) -> None:
    """What can only be said of several fields: notes of a survey or scheme belong to a day."""
    for job in ("survey", "scheme"):
        names = [name for name in FORMS[job] if name != f"{job}_on"]
        if any(found.get(name) for name in names) and not found.get(f"{job}_on"):
            faults.setdefault(f"{job}_on", _("请填写日期。"))


def coded(value: object) -> Any:
    """A value as the history keeps it: codes and figures that JSON has."""
    match value:
        case User():
            return value.username
        case Area() | ProjectStage():
            return value.code
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Application():
            return value.number
    return value


def said(project: Project) -> dict[str, Any]:
    """Every field of a project as it stands."""
    return {field.name: getattr(project, field.name) for field in FIELDS}
