"""The rows of the workflow about who goes: accepting, declining, and what the desk does itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import CREW, Field, Label, Move, back_to_the_pool
from waterdesk.core.models.cases import Case

ACCEPT, DECLINE, LAPSE, UNACCEPTED, UNMANNED = (
    "accept", "decline", "lapse", "unaccepted", "unmanned",
)  # fmt: skip


def is_waiting(case: Case) -> bool:
    """Whether somebody was sent and has not said yet that they come."""
    return case.accept_by is not None


def _why_not(case: Case) -> Label:
    return _("这张工单已接单，或不需要接单。")


def moves(under_way: Iterable[str]) -> tuple[Move, ...]:
    """`under_way` are the statuses in which somebody is sent and not done yet."""
    return (
        Move(
            ACCEPT,
            _("接单"),
            before=frozenset(under_way),
            roles=CREW,
            paused=None,
            when=is_waiting,
            why_not=_why_not,
        ),
        Move(
            DECLINE,
            _("退回派单"),
            before={"dispatched"},
            after="logged",
            roles=CREW,
            fields=(Field("reason", _("退回原因"), kind="reason", use="decline"),),
            paused=None,
            beside=True,
            when=is_waiting,
            why_not=_why_not,
            sets=back_to_the_pool,
            tell=("lead",),
        ),
        # The desk itself makes these: nobody accepted in time, or nobody is there at all.
        Move(
            LAPSE,
            _("逾时未接单，收回"),
            before={"dispatched"},
            after="logged",
            paused=None,
            when=is_waiting,
            sets=back_to_the_pool,
            tell=("lead",),
        ),
        Move(
            UNACCEPTED,
            _("逾时未接单，无人可改派"),
            before=frozenset(under_way),
            paused=None,
            when=is_waiting,
            tell=("lead", "supervisor"),
        ),
        Move(
            UNMANNED,
            _("无人当班，待人工派单"),
            before={"logged"},
            paused=None,
            tell=("lead", "supervisor"),
        ),
    )
