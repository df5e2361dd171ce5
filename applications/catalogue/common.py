"""The questions that services have in common: each has a column of its own on the application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.catalogue.definition import Question
from applications.models.application import Application
from waterdesk.core.inputs import CALIBRES

PERSON, COMPANY = {"applicant_kind": "person"}, {"applicant_kind": "organisation"}
PIPE = (("yes", _("有")), ("no", _("没有")), ("unknown", _("不清楚")))
HOUSEHOLD_MM = 20


def _choices(pairs: Any) -> tuple[tuple[str, str, None], ...]:
    return tuple((str(code), words, None) for code, words in pairs)


def _common(code: str, label: Any, **more: Any) -> Question:
    return Question(code=code, label=label, common=True, **more)


COMMON: dict[str, Question] = {
    each.code: each
    for each in (
        _common(
            "applicant_kind",
            _("申请人"),
            kind="choice",
            choices=_choices(Application.Applicant.choices),
            initial="person",
        ),
        _common("name", _("姓名或单位名称"), placeholder=_("与证件或执照上一致")),
        _common("id_number", _("身份证号码"), required=False, shown=PERSON, kind="identity"),
        _common(
            "uscc", _("统一社会信用代码"), required=False, shown=COMPANY,
            placeholder=_("选填，18 位"),
        ),
        _common("contact", _("经办人"), required=False, shown=COMPANY, placeholder=_("选填")),
        _common("phone", _("手机号码"), kind="mobile", placeholder=_("接收进度短信")),
        _common(
            "address", _("用水地址"), kind="lines", placeholder=_("区、街道、小区或路名、门牌号")
        ),
        _common("account", _("户号"), kind="account", placeholder=_("水费单上的号码")),
        _common(
            "use", _("用水性质"), kind="choice", choices=_choices(Application.Use.choices),
            initial="residential",
        ),
        _common("pipe", _("门口是否已有供水管道"), kind="choice", choices=_choices(PIPE)),
        _common(
            "calibre_mm",
            _("水表口径"),
            kind="choice",
            choices=_choices((mm, f"DN{mm}") for mm in CALIBRES),
            initial=str(HOUSEHOLD_MM),
            help=_("居民一般为 DN20"),
        ),
        _common(
            "remark", _("备注"), kind="lines", required=False,
            placeholder=_("选填，例如方便上门的时间"),
        ),
    )
}  # fmt: skip

# What every application must have: who, how to reach them, and where.
ALWAYS = ("applicant_kind", "name", "phone", "address")


def common(code: str, **over: Any) -> Question:
    """The common question, with what this service says otherwise (label, help, required …)."""
    return replace(COMMON[code], **over)
