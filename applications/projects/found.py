"""先知: how many demands of companies were known as a project before they were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from applications.intake import NEW_CONNECTION
from applications.models import Application, Project

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month by the desk's own calendar: new connections of companies, and those foreseen."""

    first: date
    all: int
    found: int

    @property
    def share(self) -> int | None:
        """Per cent, rounded down; None where nobody applied."""
        return self.found * 100 // self.all if self.all else None


def asked(user: User) -> QuerySet[Application]:
    """New connections of companies this person may see; `foreseen` when one was a project."""
    rows = Application.objects.visible_to(user).filter(
        subject=NEW_CONNECTION, applicant_kind=Application.Applicant.ORGANISATION
    )
    return rows.annotate(foreseen=Exists(Project.objects.filter(application=OuterRef("pk"))))


def months(user: User, today: date) -> list[Month]:
    """The last MONTHS months, this one first: one query."""
    firsts = [_before(today.replace(day=1), n) for n in range(MONTHS)]
    counted = (
        asked(user)
        .filter(opened_at__gte=_midnight(firsts[-1]))
        .annotate(month=TruncMonth("opened_at"))
        .values("month")
        .annotate(all=Count("pk"), found=Count("pk", filter=Q(foreseen=True)))
        .order_by()
    )
    there = {row["month"].date(): row for row in counted}
    none = {"all": 0, "found": 0}
    rows = [(first, there.get(first, none)) for first in firsts]
    return [Month(first, row["all"], row["found"]) for first, row in rows]


def of_month(user: User, first: date, *, foreseen: bool) -> QuerySet[Application]:
    """The applications behind a figure, newest first."""
    since, until = _midnight(first), _midnight(_before(first, -1))
    rows = asked(user).filter(opened_at__gte=since, opened_at__lt=until)
    rows = rows.filter(foreseen=True) if foreseen else rows
    return rows.order_by("-opened_at", "-pk")


def _before(first: date, months: int) -> date:
    """The first day of the month so many months before."""
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
