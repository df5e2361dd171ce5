"""The application's part: that it is due for asking, and the move by which the answers come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Application, FactsDue
from applications.sources import client, tasks
from applications.sources.answers import VERDICTS
from applications.sources.fetching import CAME
from applications.sources.outcomes import Why
from applications.sources.wanted import FACTS, SOURCE_OF, wanted
from applications.sources.words import FACT_WORDS, SAID
from notifications import nudge
from waterdesk.core.flow import Field, Move

if TYPE_CHECKING:
    from waterdesk.core.turn import Turn


def moves(before: Set[str]) -> tuple[Move, ...]:
    """The desk's own row, for applications that stand in `before`.

    Its fields are those of the record's line: a verdict, or why there is none; no values.
    """
    return (
        Move(
            CAME,
            _("核实申请信息"),
            before=frozenset(before),
            paused=None,
            note=False,
            fields=tuple(_field(fact) for fact in FACTS),
        ),
    )


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """With a new application goes the row that says its facts are to be fetched.

    None where nothing that it needs is connected: then all of it is for the survey.
    """
    if move is not turn.flow.opening or not _askable(turn.case):
        return
    turn.keep(FactsDue(next_at=turn.at))
    # Only a speed-up, the tick finds the row; neither waits for the broker nor fails with it.
    transaction.on_commit(_nudge)


def _askable(case: Application) -> bool:
    facts = wanted(case.applicant_kind, case.subject)
    return any(client.connected(SOURCE_OF[fact]) for fact in facts)


def _nudge() -> None:
    nudge.nudge(tasks.fetch_facts)


def _field(fact: str) -> Field:
    said: Iterable[str] = (*VERDICTS[fact], *(why.value for why in Why))
    choices = tuple((code, SAID[code]) for code in said)
    return Field(fact, FACT_WORDS[fact], "choice", required=False, choices=choices)
