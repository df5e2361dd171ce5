"""超时说明: who was late says why before the case closes; a lead accepts it or hands it back.

`Case.explanation` is where that stands; the causes stand on the clocks that breached, so that they
can be counted. A cause outside the company's control is counted apart and never removed: the
breach stays a breach.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import CREW, DISPATCH, Field, Move
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.flow import Flow
    from waterdesk.core.models.people import User

EXPLAIN, ACCEPT, RETURN = "explain", "accept_explanation", "return_explanation"
ASK = "ask_explanation"
CAUSE = "cause"
JUDGES = frozenset({Role.LEAD.value, Role.SUPERVISOR.value, Role.ADMIN.value})
# What each of the rows below makes of Case.explanation.
AFTER = {
    EXPLAIN: Case.Explanation.GIVEN,
    ACCEPT: Case.Explanation.ACCEPTED,
    RETURN: Case.Explanation.RETURNED,
}


def owed(case: Case) -> bool:
    """Whether somebody still has to say why this case was late."""
    return case.explanation in (Case.Explanation.OWED, Case.Explanation.RETURNED)


def holds_open(case: Case, move: Move, flow: Flow, actor: User | None) -> bool:
    """Whether this move would close a case whose lateness nobody has explained.

    The desk's own debt never stands in a customer's way, nor in that of what closes by rule.
    """
    closes = move.after is not None and flow.statuses[move.after].final
    return closes and actor is not None and actor.is_desk and owed(case)


def moves(statuses: Iterable[str]) -> tuple[Move, ...]:
    """The four rows that every flow has; they hold in every status and stop no clock."""
    everywhere = frozenset(statuses)
    return (
        Move(
            EXPLAIN,
            _("说明超时原因"),
            before=everywhere,
            roles=DISPATCH | CREW,
            fields=(
                Field("reason", _("超时原因"), "reason", use=CAUSE),
                Field("note", _("情况说明")),
            ),
            paused=None,
            note=False,
            when=owed,
            tell=("lead",),
        ),
        Move(
            ACCEPT,
            _("认可超时说明"),
            before=everywhere,
            roles=JUDGES,
            paused=None,
            when=lambda case: case.explanation == Case.Explanation.GIVEN,
        ),
        Move(
            RETURN,
            _("退回超时说明"),
            before=everywhere,
            roles=JUDGES,
            fields=(Field("note", _("退回理由")),),
            paused=None,
            note=False,
            when=lambda case: case.explanation == Case.Explanation.GIVEN,
            tell=("handler",),
        ),
        Move(
            ASK,
            _("催要超时说明"),
            before=everywhere,
            roles=JUDGES,
            paused=None,
            beside=True,
            when=owed,
            tell=("handler",),
        ),
    )
