"""What may be done about one case of the lists of the day: the move beside it, and the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from waterdesk.core import breaches, supervision
from waterdesk.core.flow import Move, fits, flow_of, may
from waterdesk.core.models.cases import Case
from waterdesk.web import move_forms
from waterdesk.web.move_forms import MoveForm
from waterdesk.web.today.lists import CHASE, REASSIGN

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

# What these pages offer; all else is done on the page of the case.
ACTIONS = (
    CHASE, REASSIGN, breaches.ASK, breaches.ACCEPT, breaches.RETURN, supervision.SUPERVISE,
    supervision.ANSWER, supervision.ACCEPT, supervision.RETURN,
)  # fmt: skip
# Where one move is offered, so is its opposite.
OPPOSITE = {breaches.ACCEPT: breaches.RETURN, supervision.ACCEPT: supervision.RETURN}
# Beside the first one; more would be the page of the case.
MOST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Doing:
    """The first move, as a form or, where it asks for people, as a link; and links to the others.

    A link is (address, words).
    """

    form: MoveForm | None
    links: list[tuple[str, str]]


def of_case(
    case: Case, code: str, actions: Iterable[str], user: User, rules: Policy, now: datetime
) -> Doing:
    """What this person may do about `case`, which stands on the list `code`. No query."""
    wanted = [each for action in actions for each in (action, OPPOSITE.get(action, "")) if each]
    found = [move for action in wanted if (move := _allowed(case, action, user, now))]
    first, others = (found[0], found[1:]) if found else (None, [])
    if first is None or asks_whom(first):
        return Doing(None, [link(case, each, code) for each in found[: 1 + MOST_OTHERS]])
    entry = MoveForm(
        first,
        move_forms.build(first, flow_of(case), case, rules, []),
        url=address(case, first.action, code),
        primary=True,
    )
    # One case may stand on several lists of a page.
    entry.form.auto_id = f"{code}-{first.action}-{case.number}-%s"
    return Doing(entry, [link(case, each, code) for each in others[:MOST_OTHERS]])


def _allowed(case: Case, action: str, user: User, now: datetime) -> Move | None:
    if action not in flow_of(case).by_action:
        return None
    move = flow_of(case).move(action, case)
    return move if may(user, move, case) and fits(move, case, now) else None


def asks_whom(move: Move) -> bool:
    """Whether it asks for somebody: a list of people for each row would be a page of its own."""
    return any(field.kind == "handler" for field in move.fields)


def link(case: Case, move: Move, code: str) -> tuple[str, str]:
    return address(case, move.action, code), str(move.label)


def address(case: Case, action: str, code: str) -> str:
    where = reverse("today-act", args=[case.number, action])
    return f"{where}?{urlencode({'from': code})}" if code else where
