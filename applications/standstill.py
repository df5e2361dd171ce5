"""The moves by which the work on an application stands still, goes on, or is hurried."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from applications.rules import chased, not_chased_yet
from waterdesk.core.flow import (
    CUSTOMER,
    DISPATCH,
    PAUSE_PROOF,
    Field,
    Move,
    back_to_the_pool,
    is_not_urgent,
    made_urgent,
    somebody_sent,
    waits_for_the_customer,
)


def moves(
    before: frozenset[str], under_way: frozenset[str], staff: frozenset[str]
) -> tuple[Move, ...]:
    """`before` are the statuses before the result, `under_way` those in which somebody is sent."""
    return (
        Move(
            "correct",
            _("已补正，继续办理"),
            before=before,
            roles=CUSTOMER,
            paused=True,
            resume=True,
            when=waits_for_the_customer,
            tell=("handler", "customer"),
            tone="primary",
        ),
        Move(
            "resume",
            _("恢复计时"),
            before=before,
            roles=staff,
            paused=True,
            resume=True,
            tell=("handler", "customer"),
            tone="primary",
        ),
        Move(
            "pause",
            _("停表"),
            before=before,
            roles=staff,
            fields=(Field("reason", _("原因"), "reason", use="pause"), *PAUSE_PROOF),
            pause=True,
            tell=("customer",),
        ),
        # The desk itself makes these two, when a ladder says so.
        Move(
            "recall",
            _("超时收回，待改派"),
            before=under_way,
            paused=None,
            when=somebody_sent,
            sets=back_to_the_pool,
            tell=("lead",),
        ),
        Move(
            "raise",
            _("转为紧急"),
            before=before,
            paused=None,
            when=is_not_urgent,
            sets=made_urgent,
            tell=("handler",),
        ),
        Move(
            "chase",
            _("催办"),
            before=before,
            roles=CUSTOMER | DISPATCH,
            paused=None,
            when=not_chased_yet,
            sets=chased,
            tell=("handler", "lead"),
            raised_from="chases_to_raise",
        ),
    )
