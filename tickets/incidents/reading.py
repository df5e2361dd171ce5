"""An incident as pages and the API show it. Reading only."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils import timezone

from tickets.incidents import members
from tickets.models.incidents import Incident, Joined
from waterdesk.core.flow import steps_of

# So many callers stand on the page; the API has all of them.
SHOWN = 50


class Callers(NamedTuple):
    rows: list[Joined]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def callers(incident: Incident) -> Callers:
    """The first callers and the number of all."""
    rows = members.of(incident).select_related("case")
    return Callers(list(rows[:SHOWN]), rows.count())


def stages(incident: Incident) -> list[dict[str, Any]]:
    """The steps of the incident, each with when it was reached, if it was."""
    reached = {row.stage: row.at for row in incident.progress.all()}
    return [
        step | {"note": f"{timezone.localtime(at):%m-%d %H:%M}" if at else "", "at": at}
        for step in steps_of(incident)
        for at in [reached.get(step["code"])]
    ]
