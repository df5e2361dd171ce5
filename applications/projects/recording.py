"""前置 in an application's record: which project it was found as, and what was done beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import Field, Move

if TYPE_CHECKING:
    from applications.models import Application
    from waterdesk.core.turn import Turn

ACTION = "from_project"
# Jobs that may be done before anybody applies; these are the codes of the record.
JOBS = (("survey", _("查勘")), ("scheme", _("方案")))

# The desk itself makes it, right after the opening and before anything is decided.
MOVE = Move(
    ACTION,
    _("由前置项目转入"),
    before={"pending"},
    fields=(
        Field("project", _("前置项目")),
        Field("done", _("已提前完成"), required=False, choices=JOBS),
    ),
)


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """For `Flow.follow`: an application that came from a project says so in its record."""
    project = turn.case.from_project
    if project is None or move.action != turn.flow.opening.action:
        return
    said = {"project": project.code, "done": project.done}
    turn.make(turn.flow.move(ACTION), said, "", by_desk=True)


def found_before(application: Application, codes: Iterable[str]) -> dict[str, Any]:
    """What the project knows of these details of a job, as the record keeps it.

    A project that is an application is changed no more, so this is what it said then.
    """
    project = application.from_project or getattr(application, "found_as", None)
    said = {code: getattr(project, code, None) for code in codes}
    return {code: _kept(value) for code, value in said.items() if value is not None}


def _kept(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
    return value


def done_before(application: Application) -> frozenset[str]:
    """The jobs ("survey", "scheme") that were done before this application was made.

    Read from its record, so that a later change of the project changes nothing; while the
    application is being opened, from the project itself. One query at most.
    """
    if application.from_project is not None:
        return frozenset(application.from_project.done)
    if application._state.adding:
        return frozenset()
    said = application.events.filter(action=ACTION).values_list("data", flat=True).first()
    return frozenset(said["done"]) if said else frozenset()
