"""What a move makes of the call and the answer: the one place where Aftercare rows change.

A Follow stands in a flow's `follow`; it changes the row in hand and gives it to the turn, which
writes it with the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.outbox import Notice
from waterdesk.core import breaches, door
from waterdesk.core.after import complaints, links
from waterdesk.core.after.rows import CALL, RATE, REVOKE, TAKE, row_of
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.flow import fits
from waterdesk.core.models.after import Aftercare
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.models.cases import Case
    from waterdesk.core.turn import Turn

Call, By = Aftercare.Call, Aftercare.By
# Who has taken a call has so long to make it. *chosen*
TAKEN_FOR = timedelta(minutes=15)
# Not reached: tried again after this time, on another half of the day. *chosen*
TRY_AGAIN_AFTER = timedelta(hours=4)
# A call may be put off so far. *chosen*
FARTHEST = timedelta(days=30)
CALLED_BACK_BY = (Call.REACHED, Call.REFUSED, Call.UNREACHED)

Values = Mapping[str, Any]


def nothing_closes(case: Case, row: Aftercare) -> None:
    return None


def nothing_said(move: Move, values: Values) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Said:
    """What another move of the kind says of the call or the answer; `value` None is no answer."""

    call: str
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """How one kind of case goes on after its work.

    `done`: the statuses in which the work is done. `wants_a_call(case)`: whether somebody calls.
    `said(move, values)`: what a move of the kind itself says of it. `closing(case, row)`: the move
    that ends the case once nobody has to call any more. `kept(value)`: attributes of the case that
    hold the answer.
    """

    done: frozenset[str]
    wants_a_call: Callable[[Case], bool]
    kept: Callable[[int], Mapping[str, Any]]
    said: Callable[[Move, Values], Said | None] = nothing_said
    closing: Callable[[Case, Aftercare], tuple[str, dict[str, Any]] | None] = nothing_closes

    def __call__(self, turn: Turn, move: Move, values: Values) -> None:
        done = turn.case.status in self.done
        begins = done and move.after is not None and self.done.isdisjoint(move.before)
        if not begins and self.done.isdisjoint(move.before):
            return
        row = _row(turn)
        if begins:
            self._begin(turn, row or Aftercare())
        elif row is not None and not done:
            self._withdraw(turn, row)
        elif row is not None:
            self._follow(turn, row, move, values)

    def _follow(self, turn: Turn, row: Aftercare, move: Move, values: Values) -> None:
        if move.action == TAKE:
            _take(turn, row)
        elif move.action == CALL:
            self._called(turn, row, values)
        elif move.action == RATE:
            self._rated(turn, row, values)
        elif move.action == REVOKE:
            row.link_until = None
            row.link_serial += 1
            turn.keep(row)
        elif (said := self.said(move, values)) is not None:
            self._said(turn, row, said)
        else:
            self._settle(turn, row)

    def _begin(self, turn: Turn, row: Aftercare) -> None:
        """The work is done, for the first time or once more: a call is due, a link goes out."""
        row.done_at = turn.at
        row.call = Call.WAITING if self.wants_a_call(turn.case) else Call.NONE
        row.due_at = turn.at
        row.attempts, row.called_at, row.taken_by, row.taken_until = 0, None, None, None
        row.link_serial += 1
        row.link_until = links.ends(turn.at)
        turn.keep(row)
        turn.notices += _invitations(turn, row)

    def _withdraw(self, turn: Turn, row: Aftercare) -> None:
        """The work goes on again: nobody calls, and the link opens no more. The answer stays."""
        row.done_at = row.due_at = row.called_at = row.link_until = None
        row.taken_by = row.taken_until = None
        row.call = Call.NONE
        turn.keep(row)

    def _called(self, turn: Turn, row: Aftercare, values: Values) -> None:
        _refuse_anothers(turn, row)
        row.taken_by = row.taken_until = None
        turn.keep(row)
        match values["call"]:
            case "reached":
                if "value" not in values:
                    wrong = _("接通后请询问客户的评分；客户不愿评价请选择“客户不愿回访”。")
                    raise Invalid(wrong, fields={"value": wrong})
                _end(row, Call.REACHED, turn.at)
                answer = {name: values[name] for name in ("reasons", "words") if name in values}
                rated = {"value": int(values["value"]), "by": By.CALL.value, **answer}
                turn.make(turn.flow.move(RATE), rated, "")
            case "refused":
                _end(row, Call.REFUSED, turn.at)
            case "later":
                row.due_at = _moment(values.get("when", ""), turn.at)
            case "unreached":
                row.attempts += 1
                row.due_at = turn.at + TRY_AGAIN_AFTER
                if row.attempts >= turn.policy.utility.calls_to_try:
                    _end(row, Call.UNREACHED, turn.at)
        self._settle(turn, row, by_desk=False)

    def _rated(self, turn: Turn, row: Aftercare, values: Values) -> None:
        value, by = values["value"], values["by"]
        if value not in range(1, 6):
            wrong = _("满意度为 1 到 5 分。")
            raise Invalid(wrong, fields={"value": wrong})
        if by != By.CALL and row.call == Call.WAITING:
            _end(row, Call.ANSWERED, turn.at)
        reasons = [code for code in values.get("reasons", []) if _is_of(code, value, turn)]
        self._answer(turn, row, value, by, reasons, values.get("words", ""))
        self._settle(turn, row, by_desk=by != By.CALL)

    def _said(self, turn: Turn, row: Aftercare, said: Said) -> None:
        """A move of the kind itself told us: that is written there, and is not written twice."""
        if any(row is each for each in turn.kept):
            return  # the call, or the answer, has just now led to this move
        if row.call != Call.WAITING and said.value is None:
            return
        by = By.PAGE if turn.actor is None or not turn.actor.is_desk else By.CALL
        if row.call == Call.WAITING:
            if by == By.CALL:
                _refuse_anothers(turn, row)
            ended = said.call if by == By.CALL else Call.ANSWERED
            _end(row, Call(ended), turn.at)
            turn.keep(row)
        if said.value is not None:
            self._answer(turn, row, said.value, by, [], "")

    def _answer(
        self, turn: Turn, row: Aftercare, value: int, by: str, reasons: list[str], words: str
    ) -> None:
        before = (row.value, row.reasons, row.words)
        row.value, row.rated_by, row.rated_at = value, by, turn.at
        row.reasons, row.words = reasons, words
        for name, each in self.kept(value).items():
            setattr(turn.case, name, each)
            turn.touched.add(name)
        turn.keep(row)
        if value in complaints.BAD and not complaints.is_one(turn.case):
            _complain(turn, row, changed=before != (value, reasons, words))

    def _settle(self, turn: Turn, row: Aftercare, *, by_desk: bool = True) -> None:
        """End the case by rule once nobody has to call; not while its lateness is unexplained."""
        if row.call in (Call.WAITING, Call.NONE) or breaches.owed(turn.case):
            return
        closing = self.closing(turn.case, row)
        if closing is None:
            return
        action, values = closing
        ends = turn.flow.move(action)
        if fits(ends, turn.case, turn.at):
            turn.keep(row)
            turn.make(ends, values, "", by_desk=by_desk)


def _row(turn: Turn) -> Aftercare | None:
    """The row of the case in hand: the one this turn has changed already, before the stored one."""
    held = (row for row in turn.kept if isinstance(row, Aftercare))
    return next(held, None) or row_of(turn.case)


def _take(turn: Turn, row: Aftercare) -> None:
    _refuse_anothers(turn, row)
    row.taken_by, row.taken_until = turn.actor, turn.at + TAKEN_FOR
    turn.keep(row)


def _refuse_anothers(turn: Turn, row: Aftercare) -> None:
    """Raises Conflict while somebody else has taken this call: no customer is called by two."""
    mine = turn.actor is not None and row.taken_by_id == turn.actor.pk
    if row.taken_by_id is None or mine or row.taken_until <= turn.at:
        return
    raise Conflict(
        _("%(name)s正在回访这位客户，占用到 %(until)s。")
        % {"name": row.taken_by, "until": f"{timezone.localtime(row.taken_until):%H:%M}"}
    )


def _end(row: Aftercare, call: Call, at: datetime) -> None:
    row.call, row.called_at = call.value, at
    row.taken_by = row.taken_until = None


def _is_of(code: str, value: int, turn: Turn) -> bool:
    """Whether a reason is of the list for this answer: there is one for 1–3 and one for 4–5."""
    return turn.policy.reasons["rating", code].pleased == (value >= 4)


def _moment(text: str, at: datetime) -> datetime:
    """When to call again; raises Invalid unless that is still to come, and near enough."""
    if text and at < (instant := datetime.fromisoformat(text)) <= at + FARTHEST:
        return instant
    wrong = _("请填写现在之后、30 天之内的时间。")
    raise Invalid(wrong, fields={"when": wrong})


def _complain(turn: Turn, row: Aftercare, *, changed: bool) -> None:
    """Open the one complaint of this case; what is said later goes to the same complaint."""
    if row.complaint_id is None:
        row.complaint = complaints.open_about(turn.case, row, turn.at)
        turn.say(Fact("complaint_opened", turn.at, {"complaint": row.complaint.number}))
    elif changed:
        told = {"note": complaints.in_words(turn.case, row)[:500]}
        door.move(row.complaint.number, "note", actor=None, at=turn.at, changes=told)


def _invitations(turn: Turn, row: Aftercare) -> list[Notice]:
    """The text with the link; none where we know no number."""
    case, utility = turn.case, turn.policy.utility
    context = {
        "name": case.name,
        "category": turn.policy.subject(case.kind, case.subject),
        "link": links.address(case, row.link_serial),
        "hotline": utility.hotline,
        "utility": utility.name,
    }
    return [
        Notice(
            key="after.rate.customer",
            occurrence=f"{case.number}#{case.version}:rate",
            user_id=person.user_id,
            phone=person.phone,
            context=context,
            case=case.number,
            expires=row.link_until,
        )
        for person in turn.directory.people("customer", case)
    ]
