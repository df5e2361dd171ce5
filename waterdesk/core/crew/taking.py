"""One move from a phone: made once, at its true time, and kept beside what the phone said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from waterdesk.core import door, policy
from waterdesk.core.crew import times
from waterdesk.core.errors import Conflict, DeskError
from waterdesk.core.models.cases import Case
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.models.people import Role
from waterdesk.core.places import points
from waterdesk.core.places.points import Point

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.pictures import Picture

State = CrewAction.State
MILLISECOND = timedelta(milliseconds=1)
# What a move of a phone brings in files, by field; asked for only when it is told the first time.
Photos = Callable[[], Mapping[str, list["Picture"]]]


@dataclass(frozen=True, slots=True)
class Told:
    """What the phone says. `offset_ms` is None before its first contact with the desk."""

    id: UUID
    case: str
    action: str
    at: datetime
    offset_ms: int | None = None
    sent: datetime | None = None
    position: Point | None = None
    accuracy: float | None = None
    note: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> times.Said:
        known = self.offset_ms is not None
        return times.Said(self.at, self.offset_ms * MILLISECOND if known else None, self.sent)


def take(user: User, told: Told, now: datetime, photos: Photos = dict) -> tuple[CrewAction, bool]:
    """Make what was told, at its true instant, and keep it; False: it was known already.

    A refusal of the door is kept like everything else, and answered again. Raises Conflict where
    the same id stands for another action.
    """
    kept = CrewAction.objects.filter(pk=told.id).first()
    if kept is not None:
        return _again(kept, user, told), False
    row = _row(user, told, now)
    brought: Mapping[str, list[Picture]] = {}
    try:
        # Of somebody whom the door will refuse nothing is kept: a disk is filled quickly.
        if has_in_hand(user, told.case):
            brought = photos()
    except DeskError as fault:
        _refused(row, fault)
    with transaction.atomic():
        # Of two at once the second waits here for the first to commit.
        kept, fresh = CrewAction.objects.get_or_create(pk=row.pk, defaults=_values(row))
        if not fresh:
            return _again(kept, user, told), False
        if row.refusal is None or row.refusal == _PENDING:
            _make(row, told, now, brought)
        row.save(force_update=True)
    return row, True


def has_in_hand(user: User, number: str) -> bool:
    """Whether this person may do anything outside with this case."""
    case = Case.objects.visible_to(user).filter(number=number).first()
    return case is not None and (user.role != Role.FIELD or case.handler_id == user.pk)


# Until the door has answered, the row stands as one that was refused: it is never seen so.
_PENDING: dict[str, Any] = {"code": "", "message": "", "fields": {}}


def _row(user: User, told: Told, now: datetime) -> CrewAction:
    tolerance = timedelta(minutes=policy.current().utility.minutes_to_arrive_late)
    reading = times.read(told.said, now, tolerance)
    place = told.position
    return CrewAction(
        id=told.id, user=user, case=told.case, action=told.action, note=told.note,
        changes=dict(told.changes), phone_at=told.at, offset_ms=told.offset_ms,
        sent_at=told.sent, arrived_at=now, wanted_at=reading.at, doubt=reading.doubt,
        lat=place and place.lat, lon=place and place.lon, accuracy=told.accuracy,
        state=State.REFUSED.value, refusal=_PENDING,
    )  # fmt: skip


def _values(row: CrewAction) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"}


def _again(kept: CrewAction, user: User, told: Told) -> CrewAction:
    same = (kept.user_id, kept.case, kept.action, kept.phone_at)
    if same != (user.pk, told.case, told.action, told.at):
        raise Conflict(_("这个操作编号已用于另一项操作。"))
    return kept


def _make(row: CrewAction, told: Told, now: datetime, photos: Mapping[str, list[Picture]]) -> None:
    try:
        case = door.move(
            told.case,
            told.action,
            actor=row.user,
            at=now,
            note=told.note,
            changes={**told.changes, **photos},
            when=None if row.doubt else row.wanted_at,
            because={"phone_at": told.at.isoformat(), "phone": str(told.id)},
        )
    except DeskError as fault:
        _refused(row, fault)
        return
    event = case.events.filter(action=told.action).order_by("-seq")[0]
    row.made_at, row.seq, row.refusal = event.at, event.seq, None
    row.metres = _distance(row, case)
    stopped = row.doubt and case.clocks.filter(stopped_at=event.at).exists()
    row.state = (State.ASKED if stopped else State.DONE).value


def _distance(row: CrewAction, case: Case) -> float | None:
    here, place = points.of_row(row), points.of_row(case)
    return None if here is None or place is None else round(points.metres(here, place), 1)


def _refused(row: CrewAction, fault: DeskError) -> None:
    row.state, row.made_at = State.REFUSED.value, None
    row.refusal = {
        "code": fault.code,
        "message": str(fault.message),
        "fields": {name: str(text) for name, text in fault.fields.items()},
    }
