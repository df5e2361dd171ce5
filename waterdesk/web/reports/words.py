"""The names of reports, and what their figures mean: the same on the page, on paper, in Excel."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core.flow import Label
from waterdesk.core.models.reports import Kind, Report
from waterdesk.core.policy import Policy
from waterdesk.web.board import PROMISE_WORDS

TITLES: dict[str, Label] = {
    Kind.MONTH: gettext_lazy("服务监督月报"),
    Kind.WEEK: gettext_lazy("服务监督周报"),
}
DEFINITIONS: Sequence[tuple[Label, Label]] = (
    (
        gettext_lazy("判定"),
        gettext_lazy(
            "承诺在兑现或超时的那一刻判定，以先到者为准，计入那一刻的期间、片区和责任人。"
        ),
    ),
    (
        gettext_lazy("按时率"),
        gettext_lazy("按时 ÷ 判定。已超时而未办结的当即计入分母；只舍不入，保留一位小数。"),
    ),
    (
        gettext_lazy("外部原因"),
        gettext_lazy("经班长认可、公司不能控制的原因。单独列出，从不从超时中扣除。"),
    ),
    (
        gettext_lazy("净用时、历时"),
        gettext_lazy("净用时只计承诺的工作时间并扣除依规停表；历时是日历时间。两者总是并列。"),
    ),
    (
        gettext_lazy("中位数、90%"),
        gettext_lazy("一半、九成已办结的不长于此；两小时以上的精确到 1/64 以内，不高估。"),
    ),
    (
        gettext_lazy("四零达标率"),
        gettext_lazy("办成的申请中，没有让客户跑腿、交资料、办审批、交红线外费用的比例。"),
    ),
    (
        gettext_lazy("热线接通率"),
        gettext_lazy("人工接起 ÷ 呼入。电话不分片区，只列入全公司的报告。"),
    ),
    (
        gettext_lazy("回访及时率"),
        gettext_lazy("在规定天数内完成回访 ÷ 应回访，按办好的时间统计。"),
    ),
    (
        gettext_lazy("满意率"),
        gettext_lazy("4 分和 5 分 ÷ 全部评价，按评价的时间统计。"),
    ),
)


def span(report: Report) -> str:
    days = {"since": report.since.isoformat(), "until": report.until.isoformat()}
    return _("%(since)s 至 %(until)s") % days


def short(report: Report) -> str:
    """2026-10 of a month, the days of a week."""
    return f"{report.since:%Y-%m}" if report.kind == Kind.MONTH else span(report)


def promise(rules: Policy, kind: str, code: str) -> Label:
    """What a promise is called: one word for all its rows, or the name of one of them."""
    rows = rules.promises.get((kind, code), ())
    return PROMISE_WORDS.get(code) or (rows[0].name if rows else code)


def number(report: Report) -> str:
    """What it is called by in files and on paper: month-2026-10-01-east-v2."""
    return f"{report.kind}-{report.since:%Y-%m-%d}-{report.area.code}-v{report.version}"
