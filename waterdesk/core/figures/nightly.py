"""Every night: the figures of the day before against its record; a difference is an alarm."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import outbox
from waterdesk.core.figures import checking
from waterdesk.core.figures.checking import Found
from waterdesk.core.models.figures import FigureCheck
from waterdesk.core.models.people import Role, User

TOLD = "figures.differ"
# More than these need no list: somebody runs `manage.py figures --check`.
MOST_SAID = 50


def check(now: datetime) -> int:
    """Compare the day before `now` (aware) with its record; returns the differences.

    What was found stands in FigureCheck; supervisors and administrators of everything are told
    once a day, however often it runs.
    """
    day = timezone.localdate(now) - timedelta(days=1)
    found = checking.check(day, day)
    with transaction.atomic():
        FigureCheck.objects.update_or_create(
            day=day,
            defaults={
                "at": now,
                "cases": found.cases,
                "differences": len(found.differences),
                "said": [str(each) for each in found.differences[:MOST_SAID]],
            },
        )
        outbox.queue(_notices(day, found), now)
    return len(found.differences)


def differs() -> bool:
    """Whether the newest check found something: for the health of the desk."""
    newest = FigureCheck.objects.order_by("-day").values_list("differences", flat=True).first()
    return bool(newest)


def _notices(day: date, found: Found) -> list[outbox.Notice]:
    if not found.differences:
        return []
    people = User.objects.filter(
        is_active=True, role__in=[Role.SUPERVISOR, Role.ADMIN], area__parent__isnull=True
    )
    context = {
        "since": day.isoformat(),
        "total": str(len(found.differences)),
        "what": str(found.differences[0]),
        "link": f"{settings.SITE_URL}/desk/oversight/?since={day}&until={day}",
    }
    return [
        outbox.Notice(
            key=TOLD, occurrence=f"{TOLD}:{day}", user_id=person.pk, phone=person.phone,
            context=context,
        )
        for person in people.order_by("pk")
    ]  # fmt: skip
