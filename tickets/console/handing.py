"""交接: what one agent leaves to the next, gathered at the end of a shift and read at the next.

It is a list for people: nothing moves because of it, and cases keep their clocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from tickets.console import callbacks
from tickets.console.callbacks import Owed
from tickets.models import Handover
from tickets.models.console import NOTES_LENGTH
from waterdesk.core import inputs, policy
from waterdesk.core.errors import Conflict, Invalid, NotFound
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.models.record import Event

# A shift and a little more: whoever did not hand over yesterday does not list it today. *chosen*
LONGEST_SHIFT = timedelta(hours=14)
MOST_CASES, MOST_SHOWN = 100, 20


class AlreadyRead(Conflict):
    """Somebody else has taken this over."""

    code = "handover_read"
    message = _("同事已经接班，请以其为准。")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody would leave now."""

    cases: Sequence[Case]
    owed: Sequence[Owed]


@dataclass(frozen=True, slots=True)
class Left:
    """A hand-over as the next one reads it: those of its cases that are open still."""

    row: Handover
    open: Sequence[Case]
    closed: int


def leaving(user: User, now: datetime) -> Leaving:
    """Open cases that `user` touched since they last handed over, and calls they promised.

    Touched is whatever stands in the record under their name. Looks at no more than a shift.
    """
    last = Handover.objects.filter(by=user).order_by("-at").values_list("at", flat=True).first()
    since = max(last or now - LONGEST_SHIFT, now - LONGEST_SHIFT)
    mine = Event.objects.filter(case=OuterRef("number"), actor=user.username)
    rows = Case.objects.visible_to(user).open().filter(changed_at__gte=since)
    rows = rows.filter(Exists(mine.filter(recorded_at__gte=since))).order_by("-urgent", "pk")
    return Leaving(list(rows[:MOST_CASES]), callbacks.owed(user, by=user))


def hand_over(user: User, notes: str, now: datetime) -> Handover:
    """Leave everything of this shift to the next. Raises Invalid where there is nothing to leave.

    Done twice it leaves what came in between.
    """
    notes = inputs.text(notes, NOTES_LENGTH, lines=True)
    left = leaving(user, now)
    numbers = [case.number for case in left.cases]
    numbers += [each.case.number for each in left.owed if each.case.number not in numbers]
    if not (notes or numbers):
        raise Invalid(_("没有未了的办件，也没有要说的话，无需交班。"))
    return Handover.objects.create(by=user, at=now, cases=numbers, notes=notes)


def unread(user: User) -> list[Left]:
    """What nobody has taken over yet, of whoever works where `user` does; the newest first.

    Two queries.
    """
    rows = list(_shared_with(user).filter(read_at__isnull=True).order_by("-at")[:MOST_SHOWN])
    return _with_cases(rows, user)


def lately(user: User) -> list[Handover]:
    """The last ones that were taken over. One query."""
    rows = _shared_with(user).filter(read_at__isnull=False).select_related("read_by")
    return list(rows.order_by("-at")[:MOST_SHOWN])


def read(pk: int, user: User, now: datetime) -> Handover:
    """Take over what was left; the same person again changes nothing.

    Raises NotFound for one out of sight, AlreadyRead for what somebody else has taken over, and
    Invalid for one's own.
    """
    with transaction.atomic():
        row = _shared_with(user).select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            raise NotFound
        if row.by_id == user.pk:
            raise Invalid(_("自己交的班由下一班接。"))
        if row.read_by_id not in (None, user.pk):
            raise AlreadyRead
        if row.read_at is None:
            row.read_by, row.read_at = user, now
            row.save(update_fields=["read_by", "read_at"])
    return row


def _shared_with(user: User) -> QuerySet[Handover]:
    """Of whoever works in this person's area, below it or above it."""
    rows = Handover.objects.select_related("by")
    rules = policy.current()
    if user.area_id is None:
        return rows
    below = rules.below(user.area_id)
    if below is None:
        return rows
    return rows.filter(by__area__in={*below, *rules.above(user.area_id)})


def _with_cases(rows: Sequence[Handover], user: User) -> list[Left]:
    numbers = {number for row in rows for number in row.cases}
    cases = Case.objects.visible_to(user).open().filter(number__in=numbers)
    by_number = {case.number: case for case in cases.select_related("handler")}
    return [
        Left(row, found := [by_number[n] for n in row.cases if n in by_number],
             len(row.cases) - len(found))
        for row in rows
    ]  # fmt: skip
