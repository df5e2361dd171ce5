"""The rows that every flow has for what comes after the work: take, call, rate, revoke."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import Field, Label, Move
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role

TAKE, CALL, RATE, REVOKE = "take_call", "call_back", "rated", "revoke_link"
# The list of calls has a page of its own for these, which knows who calls whom.
ELSEWHERE = frozenset({TAKE, CALL})
RATING = "rating"  # the list of reasons

CALLERS = frozenset(
    role.value for role in (Role.AGENT, Role.CLERK, Role.LEAD, Role.SUPERVISOR, Role.ADMIN)
)
JUDGES = frozenset(role.value for role in (Role.LEAD, Role.SUPERVISOR, Role.ADMIN))
# No account has this role: an answer by link comes in through the desk itself, as a link proves it.
LINK_ALONE = frozenset({"link"})

RESULTS: tuple[tuple[str, Label], ...] = (
    ("reached", _("已接通")),
    ("unreached", _("未接通")),
    ("later", _("约定时间再打")),
    ("refused", _("客户不愿回访")),
)
VALUES: tuple[tuple[str, Label], ...] = (
    ("1", _("很不满意")),
    ("2", _("不满意")),
    ("3", _("一般")),
    ("4", _("满意")),
    ("5", _("很满意")),
)

_ANSWER = (
    Field("reasons", _("原因"), "reasons", use=RATING, required=False),
    Field("words", _("客户原话"), required=False, max_length=500),
)


def row_of(case: Case) -> Aftercare | None:
    """What follows this case, None where nothing does; read once a case in hand."""
    return getattr(case, "after", None)  # a missing row is an AttributeError as well


def waits_for_a_call(case: Case) -> bool:
    row = row_of(case)
    return row is not None and row.call == Aftercare.Call.WAITING


def has_a_link(case: Case) -> bool:
    row = row_of(case)
    return row is not None and row.link_until is not None


def moves(done: Iterable[str]) -> tuple[Move, ...]:
    """The four rows; `done` are the statuses in which the work is done. They stop no clock."""
    finished = frozenset(done)
    return (
        Move(
            TAKE,
            _("领取回访"),
            before=finished,
            roles=CALLERS,
            paused=None,
            note=False,
            when=waits_for_a_call,
        ),
        Move(
            CALL,
            _("回访记录"),
            before=finished,
            roles=CALLERS,
            fields=(
                Field("call", _("回访结果"), "choice", choices=RESULTS),
                Field("value", _("评分"), "choice", required=False, choices=VALUES),
                *_ANSWER,
                Field("when", _("约定时间"), "moment", required=False),
            ),
            paused=None,
            note=False,
            when=waits_for_a_call,
        ),
        Move(
            RATE,
            _("客户评价"),
            before=finished,
            roles=LINK_ALONE,
            fields=(
                Field("value", _("评分"), "number"),
                *_ANSWER,
                Field("by", _("评价方式"), "choice", choices=tuple(Aftercare.By.choices)),
            ),
            paused=None,
            note=False,
        ),
        Move(
            REVOKE,
            _("作废评价链接"),
            before=finished,
            roles=JUDGES,
            paused=None,
            when=has_a_link,
            confirm=_("客户手中的评价链接将不能再打开，已有的评价保留。确定作废？"),
        ),
    )
