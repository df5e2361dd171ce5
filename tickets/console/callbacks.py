"""承诺回电: the rows by which a call-back is promised and made, and the list of those owed.

Its limit is a promise like any other, `callback`, so that it reminds, is late and is explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tickets.models import CallBack
from tickets.models.console import WORDS_LENGTH
from waterdesk.core.flow import DISPATCH, Field, Label, Move
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.turn import Turn

PROMISE, DONE = "promise_callback", "called_back"
CLOCK = "callback"
COMPLAINS_OF = "complains_of"
# The list of a desk that owes more than this has other worries. *chosen*
MOST = 200

WORDS = Field(
    "callback_words",
    _("回电要说的事"),
    required=False,
    max_length=WORDS_LENGTH,
    help=_("给回电的同事看；时限按承诺时限表。"),
)


def _can_be_promised(case: Case) -> bool:
    return bool(case.phone) and not case.owes_call


def _is_owed(case: Case) -> bool:
    return case.owes_call


def _why_no_promise(case: Case) -> Label:
    return _("已承诺回电，尚未回。") if case.owes_call else _("没有来电号码，不能承诺回电。")


def _why_not_owed(case: Case) -> Label:
    return _("没有待回的电话，也许同事已经回过。")


def moves(open_ones: frozenset[str]) -> tuple[Move, ...]:
    """Promised by whoever speaks with the caller; made by whoever rings back first."""
    return (
        Move(
            PROMISE,
            _("承诺回电"),
            before=open_ones,
            roles=DISPATCH,
            fields=(WORDS,),
            paused=None,
            note=False,
            start=(CLOCK,),
            when=_can_be_promised,
            why_not=_why_no_promise,
            sets=lambda case: {"owes_call": True},
            beside=True,
        ),
        Move(
            DONE,
            _("已回电"),
            before=open_ones,
            roles=DISPATCH,
            paused=None,
            stop=(CLOCK,),
            when=_is_owed,
            why_not=_why_not_owed,
            sets=lambda case: {"owes_call": False},
            tone="primary",
            beside=True,
        ),
    )


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Keep the call-back that is promised, end the one that is made; say what is complained of.

    A case that ends owes nobody a call: an answer by telephone was the call, and of what was
    cancelled there is nothing to say.
    """
    case = turn.case
    if move is turn.flow.opening and case.about_id:
        turn.say(Fact(COMPLAINS_OF, turn.at, {"about": case.about.number}))
    if move.action == PROMISE:
        words = values.get(WORDS.name, "")
        turn.keep(CallBack(words=words, promised_by=turn.actor, promised_at=turn.at))
        return
    ended = turn.flow.statuses[case.status].final and case.owes_call
    if move.action != DONE and not ended:
        return
    row = _open_row(turn)
    if row is not None:
        row.done_by, row.done_at = turn.actor, turn.at
        turn.keep(row)
    case.owes_call = False
    turn.touched.add("owes_call")


def _open_row(turn: Turn) -> CallBack | None:
    """The one that waits; it may have been promised a moment ago, in this very turn."""
    fresh = (row for row in turn.kept if isinstance(row, CallBack) and row.done_at is None)
    found = next(fresh, None)
    if found is not None or turn.case.pk is None:
        return found
    return CallBack.objects.filter(case=turn.case.pk, done_at__isnull=True).first()


@dataclass(frozen=True, slots=True)
class Owed:
    """One call to be made; `due_at` is None where nothing is promised any more."""

    row: CallBack
    case: Case
    clock: Clock | None

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


def owed(user: User, *, by: User | None = None) -> list[Owed]:
    """The calls that the desk owes to people whose cases `user` may see, the soonest due first.

    `by`: only those that this person promised. Two queries.
    """
    cases = Case.objects.visible_to(user).open()
    rows = CallBack.objects.filter(done_at__isnull=True, case__in=cases)
    if by is not None:
        rows = rows.filter(promised_by=by)
    rows = rows.select_related("case", "promised_by").order_by("promised_at")[:MOST]
    waiting = list(rows)
    clocks = Clock.objects.open().filter(code=CLOCK, case__in=[row.case_id for row in waiting])
    by_case = {clock.case_id: clock for clock in clocks}
    found = [Owed(row, row.case, by_case.get(row.case_id)) for row in waiting]
    return sorted(found, key=lambda each: each.due_at or each.row.promised_at)
