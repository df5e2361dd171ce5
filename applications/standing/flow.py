"""What a move of an application means for what its service leaves; for `Flow.follow`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.catalogue import held
from applications.models import Standing
from applications.standing import days, telling
from applications.standing.beginning import begin, iso, set_end, set_review, standing_of
from applications.standing.moves import MOST_MONTHS
from applications.standing.words import (
    CONFIRMED,
    END,
    ENDED,
    ENDING,
    ENDS,
    EXTEND,
    REVIEW,
    REVIEW_AHEAD,
    SET,
)
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import Move

if TYPE_CHECKING:
    from waterdesk.core.turn import Turn

RESULT = frozenset({"complete", "water_on"})


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Begin with the result; review, extend and end what has begun. Raises Invalid, see below."""
    if move.action in RESULT:
        begin(turn)
    elif move.action == REVIEW:
        _review(turn, values["result"])
    elif move.action == EXTEND:
        _extend(turn, values)
    elif move.action == END:
        end(turn, standing_of(turn.case), Standing.Because.DECIDED)
    elif move.action == ENDING:
        row = standing_of(turn.case)
        turn.notices += telling.of_ending(turn, row, row.told)
    elif move.action == REVIEW_AHEAD:
        row = standing_of(turn.case)
        turn.notices += telling.of_review(turn, row, row.review_told)
    elif move.action == ENDED:
        turn.notices += telling.of_end(turn, standing_of(turn.case), "")
    elif move.action == CONFIRMED:
        _set(turn, standing_of(turn.case))


def end(turn: Turn, row: Standing, because: Standing.Because) -> None:
    """End it today, and tell the customer why."""
    closed(row, because, timezone.localdate(turn.at))
    turn.keep(row)
    turn.notices += telling.of_end(turn, row, _note(turn))


def closed(row: Standing, because: Standing.Because, on: date) -> None:
    row.state, row.ended_on, row.ended_because = Standing.State.ENDED.value, on, because.value
    row.next_on = row.review_on = row.review_next_on = None


def stands(row: Standing, today: date) -> None:
    """It was looked at `today` and holds on: the next review is counted from now."""
    set_review(row, today)
    row.answered, row.asked_on = "", None


def limit_of(turn: Turn, today: date) -> date:
    """The farthest day that an extension made `today` may reach: what the service gives at most."""
    service = held.service(turn.case.subject)
    leaves = service.leaves if service else None
    if leaves is not None and leaves.months:
        return days.plus_months(today, leaves.months)
    asked = service.by_code.get(leaves.until) if leaves is not None and leaves.until else None
    if asked is not None and asked.most is not None:
        return today + timedelta(days=asked.most)
    return days.plus_months(today, MOST_MONTHS)


def _review(turn: Turn, result: str) -> None:
    row = standing_of(turn.case)
    if result == ENDS:
        end(turn, row, Standing.Because.REVIEW)
        return
    stands(row, timezone.localdate(turn.at))
    _set(turn, row)


def _extend(turn: Turn, values: Mapping[str, Any]) -> None:
    """Give it a later end. Raises Invalid unless that is one day, ahead, and within the limit."""
    row, today = standing_of(turn.case), timezone.localdate(turn.at)
    name = "months" if values.get("months") else "until"
    until = _wanted(row, values)
    wrong = None
    if until is None:
        wrong = _("日期与月数请填写其中一项。")
    elif until < today:
        wrong = _("日期已过，请填写今天之后的日期。")
    elif until <= row.ends_on:
        wrong = _("现在有效期至 %(day)s，请填写更晚的日期。") % {"day": row.ends_on}
    elif until > (most := limit_of(turn, today)):
        wrong = _("按这项服务的规定，最晚只能延续到 %(day)s。") % {"day": most}
    if wrong is not None:
        raise Invalid(wrong, fields={name: wrong})
    set_end(row, until, today)
    row.state = Standing.State.EXTENDED.value
    if row.review_on is None:
        set_review(row, today)
    _set(turn, row)
    turn.notices += telling.of_extension(turn, row)


def _wanted(row: Standing, values: Mapping[str, Any]) -> date | None:
    """The end that was asked for; None when it was said twice or not at all."""
    until, months = values.get("until"), values.get("months")
    if bool(until) == bool(months):
        return None
    if until:
        return date.fromisoformat(until)
    return days.plus_months(row.ends_on, min(months, MOST_MONTHS))


def _set(turn: Turn, row: Standing) -> None:
    turn.keep(row)
    said = {"ends": iso(row.ends_on), "review_on": iso(row.review_on)}
    turn.make(turn.flow.move(SET), {}, "", by_desk=True, because=said)


def _note(turn: Turn) -> str:
    """What was written with the move that is being made."""
    return str(turn.events[-1].data.get("note", "")) if turn.events else ""
