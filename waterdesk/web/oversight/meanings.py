"""What each figure means, in plain words: one tap away from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Meaning:
    """A figure's name, how it is counted, and by what it cannot be parted."""

    label: str
    words: str
    apart: str = ""


def two_step() -> Meaning:
    return Meaning(
        _("两环节按时率"),
        _(
            "按时办好 ÷ 已判定。办好或超过时限，以先到的为准，即算判定：超时而仍未办结的"
            "当时就进分母。停表的时间不计入时限，作废的计时不算。不四舍五入：99.96% 写作 99.9%。"
        ),
    )


def tickets() -> Meaning:
    return Meaning(
        _("工单承诺按时率"),
        _(
            "工单和事件的全部承诺（响应、到场、止水、处理、答复、转办单等），每项承诺各算一次。"
            "按时 ÷ 已判定，超时而仍未办结的也在分母里。"
        ),
    )


def times() -> Meaning:
    return Meaning(
        _("净用时与历时"),
        _(
            "净用时只算计入时限的时间，历时从起算到停止、一分不扣：两者并列，停表遮不住拖延。"
            "中位数是一半不超过的时间，90% 是十件中九件不超过的时间。整分钟计，不足的不算；"
            "两小时以上的误差不超过 1/64。"
        ),
    )


def four_zeros() -> Meaning:
    return Meaning(
        _("四零达标率"),
        _("没有让客户跑一趟、交一份资料、办一项审批、交一笔红线外费用的申请 ÷ 办成的申请。"),
        _("四零只按片区和服务统计。"),
    )


def calls_soon() -> Meaning:
    return Meaning(
        _("20 秒接通率"),
        _("等待不超过 20 秒就有人接听的来电 ÷ 全部来电。按来电开始的时间统计。"),
        _("来电只按坐席统计。"),
    )


def calls_missed() -> Meaning:
    return Meaning(
        _("来电放弃率"),
        _("没有人接听就结束的来电（含留言）÷ 全部来电。不足 0.1% 的按 0.1% 计。"),
        _("来电只按坐席统计。"),
    )


def called_back() -> Meaning:
    return Meaning(
        _("回访完成率"),
        _("在规定天数内完成回访的 ÷ 应当回访的。按办好的时间统计，还没有回访的也在分母里。"),
        _("回访只按片区和类型统计。"),
    )


def pleased() -> Meaning:
    return Meaning(
        _("满意率"),
        _("评 4 分或 5 分的 ÷ 全部评价。按评价的时间统计，没有评价的不算。"),
        _("评价只按片区和类型统计。"),
    )
