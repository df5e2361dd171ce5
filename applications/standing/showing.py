"""What a case left, for its pages and for the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.models import Application, Standing
from applications.sources.words import SAID
from applications.standing.beginning import standing_of
from applications.standing.moves import can_be_extended

if TYPE_CHECKING:
    from waterdesk.core.flow import Label

# From how many days before its end it is shown as near. *chosen*: the first reminder of the seeds.
NEAR = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """`left` are the days until the end, None where it has none or has ended."""

    row: Standing
    state: Label
    tone: str
    left: int | None
    near: bool
    review_due: bool
    answered: Label
    can_extend: bool = False


def of_case(case: Application, today: date) -> Shown | None:
    """What this case left; None: nothing. One query, none where a move has looked already."""
    row = standing_of(case)
    return None if row is None else show(row, today, can_extend=can_be_extended(case))


def show(row: Standing, today: date, *, can_extend: bool = False) -> Shown:
    in_force = row.is_in_force
    left = (row.ends_on - today).days if in_force and row.ends_on else None
    near = left is not None and left <= NEAR
    due = row.is_to_be_reviewed(today)
    state: Label = Standing.State(row.state).label
    tone = ("warn" if near or due else "good") if in_force else "plain"
    if due:
        state = _("待复核")
    elif near:
        state = _("即将到期")
    answered = SAID.get(row.answered, row.answered) if due else ""
    return Shown(row, state, tone, left, near, due, answered, can_extend)
