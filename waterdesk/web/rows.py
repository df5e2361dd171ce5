"""A case as one line of a list, with everything in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from waterdesk.core.flow import Flow, Status, flow_of, status_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock
from waterdesk.web import clockface
from waterdesk.web.clockface import Face

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Line:
    """`face` is the clock that is due first, None when nothing counts any more."""

    case: Case
    face: Face | None
    subject: str
    area: str
    status: Status
    flow: Flow

    @property
    def paused(self) -> bool:
        return bool(self.case.paused_reason)


def line(case: Case, policy: Policy, face: Face | None = None) -> Line:
    return Line(
        case,
        face,
        subject=policy.subject(case.kind, case.subject),
        area=policy.areas[case.area_id].name,
        status=status_of(case),
        flow=flow_of(case),
    )


def of_cases(
    cases: Iterable[Case], policy: Policy, now: datetime, *, public: bool = False
) -> list[Line]:
    """Lines in the order of the cases: two queries for any number of them."""
    cases = list(cases)
    faces = clockface.first_due(cases, policy, now, public=public)
    return [line(case, policy, faces.get(case.pk)) for case in cases]


def of_clocks(clocks: Iterable[Clock], policy: Policy, now: datetime) -> list[Line]:
    """One line a clock, its case already joined: one query for the pauses."""
    return [line(face.clock.case, policy, face) for face in clockface.faces(clocks, policy, now)]
