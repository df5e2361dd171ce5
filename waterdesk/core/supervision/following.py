"""What the moves of 督办 make of its row, and who is told: the one place where such rows change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from notifications.outbox import Notice
from waterdesk.core import telling, wording
from waterdesk.core.audiences import Person
from waterdesk.core.errors import Invalid
from waterdesk.core.models.cases import Case
from waterdesk.core.models.supervision import CLOCK, Supervision
from waterdesk.core.supervision.rows import ACCEPT, ANSWER, REPORT, RETURN, SUPERVISE

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.models.people import User
    from waterdesk.core.turn import Turn

Values = Mapping[str, Any]


def follow(turn: Turn, move: Move, values: Values) -> None:
    """Change the row in hand and tell whoever is next; nothing for the other moves of a flow.

    Raises Invalid for an order to the handler of a case that is in nobody's hands.
    """
    made = _MADE.get(move.action)
    if made is None:
        return
    row = Supervision(case=turn.case) if move.action == SUPERVISE else _standing(turn.case)
    state = made(turn, row, values)
    turn.case.supervision = state.value
    turn.touched.add("supervision")
    turn.keep(row)
    turn.notices += _notices(turn, row, move.action, values)


def _standing(case: Case) -> Supervision:
    rows = Supervision.objects.open().select_related("ordered_by", "replied_by")
    return rows.get(case=case.pk)


def _ordered(turn: Turn, row: Supervision, values: Values) -> Case.Supervised:
    row.addressee, row.demand = values["addressee"], values["demand"]
    if row.addressee == Supervision.Addressee.HANDLER and turn.case.handler_id is None:
        wrong = _("办件还没有处理人，请督办班长。")
        raise Invalid(wrong, fields={"addressee": wrong})
    row.ordered_by, row.ordered_at = turn.actor, turn.at
    return Case.Supervised(row.addressee)


def _answered(turn: Turn, row: Supervision, values: Values) -> Case.Supervised:
    row.reply, row.replied_by, row.replied_at = values["reply"], turn.actor, turn.at
    return Case.Supervised.ANSWERED


def _returned(turn: Turn, row: Supervision, values: Values) -> Case.Supervised:
    row.returned += 1
    return Case.Supervised(row.addressee)


def _accepted(turn: Turn, row: Supervision, values: Values) -> Case.Supervised:
    row.accepted_by, row.accepted_at = turn.actor, turn.at
    return Case.Supervised.ACCEPTED


_MADE = {
    SUPERVISE: _ordered,
    ANSWER: _answered,
    REPORT: _answered,
    RETURN: _returned,
    ACCEPT: _accepted,
}
# In which words whoever is next is told.
_TEXTS = {
    SUPERVISE: "supervision.ordered",
    RETURN: "supervision.returned",
    ANSWER: "supervision.answered",
    REPORT: "supervision.answered",
    ACCEPT: "supervision.accepted",
}


def _notices(turn: Turn, row: Supervision, action: str, values: Values) -> Iterator[Notice]:
    """One a person. The inbox has it at once, what is carried too: a supervisor waits."""
    case = turn.case
    said = telling.context_of(case, turn.directory, turn.at) | {
        "by": str(row.ordered_by),
        "demand": row.demand,
        "reply": row.reply,
        "replied_by": str(row.replied_by or ""),
        "objection": str(values.get("objection", "")),
        "due": _due(turn),
        "link": f"{settings.SITE_URL}/desk/cases/{case.number}/",
    }
    for person in _told(turn, row, action):
        yield Notice(
            key=_TEXTS[action],
            occurrence=f"{case.number}#{case.version}:{action}",
            user_id=person.user_id,
            phone=person.phone,
            context=said,
            case=case.number,
        )


def _told(turn: Turn, row: Supervision, action: str) -> list[Person]:
    if action in (SUPERVISE, RETURN):
        return turn.directory.people(row.addressee, turn.case)
    if action == ACCEPT:
        return _person(row.replied_by)
    return _person(row.ordered_by)


def _person(user: User | None) -> list[Person]:
    return [Person(user.pk, user.phone)] if user is not None else []


def _due(turn: Turn) -> str:
    """Until when the answer is due, in the utility's language; "" where nothing limits it."""
    clocks = (c for c in turn.clocks if c.code == CLOCK and c.stopped_at is None)
    clock = next(clocks, None)
    if clock is None:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        return wording.due(clock.due_at, turn.at, provisional=clock.provisional)
