"""The rows of the workflow about what a service left: those of staff, and those of the desk."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from applications.models import Application, Standing
from applications.standing.beginning import standing_of
from applications.standing.words import (
    BEGAN,
    CONFIRMED,
    END,
    ENDED,
    ENDING,
    EXTEND,
    RESULTS,
    REVIEW,
    REVIEW_AHEAD,
    SET,
)
from waterdesk.core.flow import DISPATCH, Field, Label, Move

MOST_MONTHS = 120
_ENDS = Field("ends", _("有效期至"), "date")
_REVIEW_ON = Field("review_on", _("复核日期"), "date")
_BECAUSE = Field("because", _("终止原因"), "choice", choices=tuple(Standing.Because.choices))
_WHY = Field("note", _("理由（客户可见）"))


def moves(after_result: Iterable[str]) -> tuple[Move, ...]:
    """All rows; `after_result` are the statuses of a case that has left something."""
    before = frozenset(after_result)
    return (*_of_staff(before), *_of_the_desk(before))


def _of_staff(before: frozenset[str]) -> tuple[Move, ...]:
    return (
        Move(
            REVIEW,
            _("复核资格"),
            before=before,
            roles=DISPATCH,
            fields=(Field("result", _("复核结果"), "choice", choices=RESULTS), _WHY),
            paused=None,
            note=False,
            beside=True,
            when=can_be_reviewed,
            why_not=why_no_review,
        ),
        Move(
            EXTEND,
            _("延续有效期"),
            before=before,
            roles=DISPATCH,
            fields=(
                Field("until", _("延续到哪一天"), "date", required=False),
                Field(
                    "months",
                    _("或延续几个月"),
                    "number",
                    required=False,
                    most=MOST_MONTHS,
                    help=_("从原到期日起算。日期与月数填写一项。"),
                ),
                Field("note", _("延续理由")),
            ),
            paused=None,
            note=False,
            beside=True,
            when=can_be_extended,
            why_not=why_no_extension,
        ),
        Move(
            END,
            _("提前终止"),
            before=before,
            roles=DISPATCH,
            fields=(_WHY,),
            paused=None,
            note=False,
            beside=True,
            when=is_in_force,
            why_not=why_not,
            tone="danger",
            confirm=_("终止后不能恢复，客户会收到短信和理由。确定终止？"),
        ),
    )


def _of_the_desk(before: frozenset[str]) -> tuple[Move, ...]:
    """What no person makes: the beginning, the reminders, the end; a review that a source made."""

    def row(action: str, label: Label, *fields: Field) -> Move:
        return Move(
            action, label, before=before, fields=fields, paused=None, note=False, beside=True
        )

    name = Field("standing", _("种类"))
    ahead = Field("days", _("提前天数"), "number")
    return (
        row(BEGAN, _("开始生效"), name, _ENDS, _REVIEW_ON),
        row(SET, _("有效期、复核日期更新"), _ENDS, _REVIEW_ON),
        row(ENDING, _("到期前提醒"), _ENDS, ahead),
        row(REVIEW_AHEAD, _("复核前提醒"), _REVIEW_ON, ahead),
        row(CONFIRMED, _("系统核对资格，继续有效"), Field("source", _("来源"))),
        row(ENDED, _("到期终止"), _ENDS, _BECAUSE),
    )


def is_in_force(case: Application) -> bool:
    row = standing_of(case)
    return row is not None and row.is_in_force


def can_be_reviewed(case: Application) -> bool:
    return is_in_force(case) and standing_of(case).review_on is not None


def can_be_extended(case: Application) -> bool:
    return is_in_force(case) and standing_of(case).ends_on is not None


def why_not(case: Application) -> Label:
    """Why nothing can be done about what the case left."""
    row = standing_of(case)
    if row is None:
        return _("本办件没有减免、临时用水等需要管理期限的事项。")
    return _("“%(what)s”已于 %(day)s 终止，不能再办理；需要时请重新申请。") % {
        "what": row.name,
        "day": row.ended_on,
    }


def why_no_review(case: Application) -> Label:
    return _("这一项不需要定期复核。") if is_in_force(case) else why_not(case)


def why_no_extension(case: Application) -> Label:
    return _("这一项没有到期日，不用延续。") if is_in_force(case) else why_not(case)
