"""延期: more time is asked for before the limit, decided by a lead and told to the customer.

It extends the promise over the whole of a case, the one due last. Never after the limit: what is
late stays late. What was due first stays on the clock and on every page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from waterdesk.core import clocks as timing
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.flow import CREW, DISPATCH, Field, Move

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case, Pause
    from waterdesk.core.models.clocks import Clock
    from waterdesk.core.policy import Policy

ASK, GRANT, REFUSE = "ask_extension", "grant_extension", "refuse_extension"
MOST_DAYS = 30  # more than any promise is long; a slip of a digit is told. *chosen*


def moves(open_statuses: Iterable[str]) -> tuple[Move, ...]:
    """The three rows that every flow has, for the statuses in which a case is under way."""
    under_way = frozenset(open_statuses)
    return (
        Move(
            ASK,
            _("申请延期"),
            before=under_way,
            roles=DISPATCH | CREW,
            fields=(
                Field("days", _("延长天数"), "number", help=_("按工作日；抢修按自然日。")),
                Field("note", _("延期理由")),
            ),
            paused=None,
            note=False,
            when=lambda case: case.extension_asked is None,
            tell=("lead",),
        ),
        Move(
            GRANT,
            _("准许延期"),
            before=under_way,
            roles=JUDGES,
            paused=None,
            when=_asked,
            tell=("customer", "handler"),
        ),
        Move(
            REFUSE,
            _("不准延期"),
            before=under_way,
            roles=JUDGES,
            fields=(Field("note", _("不准的理由")),),
            paused=None,
            note=False,
            when=_asked,
            tell=("handler",),
        ),
    )


def _asked(case: Case) -> bool:
    return case.extension_asked is not None


def make(
    action: str,
    case: Case,
    values: dict[str, Any],
    clocks: Iterable[Clock],
    pauses: Iterable[Pause],
    policy: Policy,
    at: datetime,
) -> dict[str, Any]:
    """Do one of the three on the case and its clocks in memory; what more the event is to say.

    Raises Conflict once the limit has passed, Invalid for a number of days out of range.
    """
    if action == REFUSE:
        days, case.extension_asked = case.extension_asked, None
        return {"days": days}
    clock = timing.extendable(clocks, at)
    if clock is None:
        raise Conflict(_("承诺时限已过，不能再延期。"))
    if action == ASK:
        if not 1 <= values["days"] <= MOST_DAYS:
            wrong = _("延长天数应在 1 到 %(most)d 之间。") % {"most": MOST_DAYS}
            raise Invalid(wrong, fields={"days": wrong})
        case.extension_asked = values["days"]
        return {"promise": clock.code}
    days, case.extension_asked = case.extension_asked, None
    before = clock.due_at
    timing.extend(clock, int(days or 0), pauses, policy)
    return {
        "days": days,
        "promise": clock.code,
        "was": before.isoformat(),
        "due": clock.due_at.isoformat(),
    }
