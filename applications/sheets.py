"""Sheets for those who want paper: for the survey of a case, and to apply for a permit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from applications.contracts.desk import case_of, turned_away
from applications.contracts.views import pdf_answer
from applications.models import Application
from waterdesk import papers
from waterdesk.core import policy, wording
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import Label
from waterdesk.core.models.people import User

# The permits of a road: what the sheet is called.
PERMITS = {
    "planning": gettext_lazy("管线工程规划许可申请表"),
    "road": gettext_lazy("占用、挖掘城市道路申请表"),
    "green": gettext_lazy("临时占用绿地、移植树木申请表"),
    "traffic": gettext_lazy("占道施工交通组织申请表"),
    "highway": gettext_lazy("涉路施工活动许可申请表"),
}
# What a permit may ask of the works; each with its label, in the order of the sheet.
WORKS = (
    ("place", gettext_lazy("施工地点")),
    ("purpose", gettext_lazy("施工事由")),
    ("surface", gettext_lazy("路面或绿地类型")),
    ("length_m", gettext_lazy("长度（米）")),
    ("width_m", gettext_lazy("宽度（米）")),
    ("depth_m", gettext_lazy("深度（米）")),
    ("area_m2", gettext_lazy("面积（平方米）")),
    ("trees", gettext_lazy("涉及树木")),
    ("road_built", gettext_lazy("道路竣工或大修日期")),
    ("starts", gettext_lazy("计划开工")),
    ("ends", gettext_lazy("计划完工")),
    ("restoration", gettext_lazy("恢复措施")),
    ("safety", gettext_lazy("安全和交通组织措施")),
)

# What is written down by hand on the site.
SURVEY = (
    gettext_lazy("到场时间"),
    gettext_lazy("查勘人"),
    gettext_lazy("接水点管径"),
    gettext_lazy("接水点材质"),
    gettext_lazy("表位"),
    gettext_lazy("管线长度"),
)
INSTALL = (
    gettext_lazy("水表编号"),
    gettext_lazy("水表起数"),
    gettext_lazy("表前压力"),
    gettext_lazy("通水时间"),
    gettext_lazy("装表人"),
    gettext_lazy("用料"),
)


@require_safe
def survey(request: HttpRequest, number: str) -> HttpResponse:
    """/desk/cases/<number>/sheet.pdf: the sheet of a case that this person may see."""
    if refused := turned_away(request):
        return refused
    case = case_of(request, number)
    sheet = survey_sheet(case, request.user, request.now)
    return pdf_answer(papers.pdf(sheet), f"{number}-survey")


def survey_sheet(case: Application, reader: User, now: datetime) -> papers.Paper:
    """查勘装表单: the facts of the case, what was promised, and blanks to fill in on the site.

    The phone is whole for whoever has the case in hand, masked for everybody else.
    """
    with translation.override(settings.LANGUAGE_CODE):
        rules = policy.current()
        said = {"version": case.version, "seal": case.seal[:16]}
        blocks = (
            papers.Heading(_("客户与事项")),
            papers.Facts(_facts(case, reader)),
            papers.Heading(_("承诺时限")),
            papers.Table((_("承诺"), _("时限"), _("到期")), _promises(case), (3, 2, 3)),
            papers.Heading(_("现场查勘")),
            papers.Blanks(_labels(SURVEY), tall=(_("方案草图"),)),
            papers.Heading(_("装表通水")),
            papers.Blanks(_labels(INSTALL), tall=(_("备注"),)),
            papers.Signs(((_("施工人员签字"), ()), (_("客户签字（可不签）"), ()))),
        )
        return papers.Paper(
            title=_("查勘装表单"),
            number=case.number,
            issuer=rules.company_of(case.area_id),
            subtitle=f"{rules.subject(case.kind, case.subject)} {case.number}",
            blocks=blocks,
            digest=_("办件留痕 %(version)d：%(seal)s") % said,
            printed=_("打印于 %(at)s") % {"at": _instant(now)},
            link=_tracking(case.number),
            link_note=_("扫码查进度"),
            page_words=_("第 %(page)d 页，共 %(pages)d 页"),
        )


def permit_sheet(case_facts: Mapping[str, str], permit_facts: Mapping[str, Any]) -> papers.Paper:
    """The application for one permit, as far filled in as the facts go; the rest is left blank.

    `case_facts`: number, utility, hotline, address; also contact, phone, printed. `permit_facts`:
    `type`, one of PERMITS, `authority`, and any of WORKS. Raises Invalid for a type that nobody
    knows. Equal facts give an equal paper.
    """
    kind = permit_facts.get("type", "")
    if kind not in PERMITS:
        raise Invalid(
            _("没有这种许可：%(type)s") % {"type": kind}, fields={"type": _("请从列表中选择。")}
        )
    with translation.override(settings.LANGUAGE_CODE):
        told = [(name, label, str(permit_facts.get(name) or "")) for name, label in WORKS]
        known = tuple((str(label), text) for _name, label, text in told if text)
        open_still = tuple(str(label) for _name, label, text in told if not text)
        applicant = (
            (_("申请单位"), case_facts["utility"]),
            (_("联系电话"), case_facts.get("phone") or case_facts["hotline"]),
            (_("经办人"), case_facts.get("contact", "")),
            (_("关联办件"), case_facts["number"]),
            (_("用水地址"), case_facts["address"]),
        )
        authority = permit_facts.get("authority") or "＿＿＿＿"
        works: list[Any] = [papers.Facts(known)] if known else []
        works += [papers.Blanks(open_still)] if open_still else []
        return papers.Paper(
            title=str(PERMITS[kind]),
            number=case_facts["number"],
            issuer=case_facts["utility"],
            subtitle=_("致：%(authority)s") % {"authority": authority},
            blocks=(
                papers.Heading(_("申请人")),
                papers.Facts(tuple((label, text or "—") for label, text in applicant)),
                papers.Heading(_("施工内容")),
                *works,
                papers.Words(
                    _("以上工程由供水单位代用水人申请，办理费用由供水单位承担，用水人无需到场。")
                ),
                papers.Signs(((_("申请单位（盖章）"), ()), (_("审批意见"), ()))),
            ),
            printed=case_facts.get("printed", ""),
            link=_tracking(case_facts["number"]),
            link_note=_("关联办件"),
            page_words=_("第 %(page)d 页，共 %(pages)d 页"),
        )


def _facts(case: Application, reader: User) -> tuple[tuple[str, str], ...]:
    in_hand = reader.pk == case.handler_id
    rows = (
        (_("姓名"), case.name),
        (_("电话"), case.phone if in_hand else wording.mask_phone(case.phone)),
        (_("地址"), case.address),
        (_("用水性质"), case.get_use_display()),
        (_("口径"), case.calibre),
        (_("外线"), str(case.line_words)),
        (_("片区"), policy.current().areas[case.area_id].name),
        (_("处理人"), str(case.handler or "")),
        (_("登记时间"), _instant(case.opened_at)),
        (_("备注"), case.remark),
    )
    return tuple((label, text or "—") for label, text in rows)


def _promises(case: Application) -> tuple[tuple[str, str, str], ...]:
    clocks = case.clocks.order_by("due_at", "pk")
    return tuple(
        (
            clock.name,
            wording.limit(clock.amount, clock.unit),
            _("%(due)s（暂定）") % {"due": _instant(clock.due_at)}
            if clock.provisional
            else _instant(clock.due_at),
        )
        for clock in clocks
    )


def _labels(labels: Iterable[Label]) -> tuple[str, ...]:
    return tuple(str(label) for label in labels)


def _tracking(number: str) -> str:
    return f"{settings.SITE_URL}{reverse('track', args=[number])}"


def _instant(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
