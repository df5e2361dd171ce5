"""The moves by which an application ends without its result, or goes on after its end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.rules import once_more, where_it_stood
from waterdesk.core.flow import CUSTOMER, DESK, DISPATCH, Field, Label, Move


def moves(
    statuses: frozenset[str], wrong: tuple[tuple[str, Label], ...], *, start: str, review: str
) -> tuple[Move, ...]:
    """`wrong` is what may be wrong afterwards, by the status from which the work is done again;
    `start` and `review` are the promises that begin again and end with it.
    """
    return (
        Move(
            "reopen",
            _("重新办理"),
            before={"closed"},
            roles=CUSTOMER | DISPATCH,
            # The answer is the status in which the work goes on.
            fields=(Field("status", _("哪里不正常"), "choice", choices=wrong),),
            start=(start,),
            sets=once_more,
            tell=("customer", "handler"),
            raised_from="reopenings_to_raise",
            within="days_to_reopen",
        ),
        Move(
            "reinstate",
            _("误办撤回，继续办理"),
            before={"refused", "cancelled"},
            roles=DISPATCH,
            fields=(Field("note", _("撤回理由")),),
            note=False,
            start=(start,),
            sets=where_it_stood,
            tell=("customer", "handler"),
            raised_from="reopenings_to_raise",
            confirm=_("撤回后按新的时限继续办理，客户会收到通知。确定撤回？"),
        ),
        Move(
            "note",
            _("备注"),
            before=statuses,
            roles=DESK,
            fields=(Field("note", _("备注内容")),),
            paused=None,
            own=False,
            note=False,
        ),
        Move(
            "refuse",
            pgettext_lazy("move", "不予受理"),
            before={"pending", "accepted", "surveyed"},
            after="refused",
            roles=DISPATCH,
            fields=(Field("reason", _("原因"), "reason", use="refuse"),),
            stop=(start, review),
            paused=None,
            tell=("customer", "handler"),
            tone="danger",
            confirm=_("确定不予受理吗？客户会收到原因和下一步建议。"),
        ),
        Move(
            "cancel",
            _("取消申请"),
            before={"pending", "accepted", "surveyed"},
            after="cancelled",
            roles=CUSTOMER | DISPATCH,
            fields=(Field("reason", _("原因"), "reason", use="cancel", required=False),),
            paused=None,
            tell=("handler", "customer"),
            tone="danger",
            confirm=_("确定取消这份申请吗？取消后需要重新申请。"),
        ),
    )
