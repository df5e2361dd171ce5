"""A case as one line of a list, with everything in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from waterdesk.core import policy as policies
from waterdesk.core import wording
from waterdesk.core.flow import Flow, Status, flow_of, status_of
from waterdesk.core.lists import Column
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


# --- as a file ------------------------------------------------------------------------------------
def number(line: Line) -> str:
    return line.case.number


def listed(cases: list[Case], request: HttpRequest) -> list[Line]:
    """Cases as the lines of a file."""
    return of_cases(cases, policies.current(), request.now)


def listed_clocks(clocks: list[Clock], request: HttpRequest) -> list[Line]:
    return of_clocks(clocks, policies.current(), request.now)


def _of_clock(name: str, line: Line) -> Any:
    return getattr(line.face.clock, name) if line.face else None


COLUMNS = (
    Column(_("办件"), number),
    Column(_("事项"), lambda line: line.subject),
    Column(_("状态"), lambda line: line.status.label),
    Column(_("承诺"), lambda line: _of_clock("name", line)),
    Column(_("到期"), lambda line: _of_clock("due_at", line)),
    Column(_("客户"), lambda line: line.case.name),
    Column(_("联系电话"), lambda line: line.case.phone, wording.mask_phone),
    Column(_("地址"), lambda line: line.case.address),
    Column(_("片区"), lambda line: line.area),
    Column(_("处理人"), lambda line: line.case.handler),
    Column(_("登记时间"), lambda line: line.case.opened_at),
    Column(_("办结时间"), lambda line: line.case.closed_at),
)
