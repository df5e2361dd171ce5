"""临近提醒: before water is expected the owner is told, and the owner's lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import ngettext

from applications.models import Project, ProjectReminder
from notifications import outbox
from waterdesk.core import policy
from waterdesk.core.audiences import Directory

KEY = "project.due"


@transaction.atomic
def remind(now: datetime) -> int:
    """Tell of the projects that are expected within so many days; returns the messages made.

    Once for each reminder, however often this runs: a message is one of its occurrence. Of several
    reminders that were missed only the last is told. Another expected date is another occurrence.
    """
    days = sorted(ProjectReminder.objects.values_list("days", flat=True))
    if not days:
        return 0
    today = timezone.localdate(now)
    until = today + timedelta(days=days[-1])
    rows = Project.objects.ahead().filter(expected_on__range=(today, until))
    directory = Directory(policy.current())
    notices = [
        notice
        for project in rows.select_related("owner").order_by("pk").iterator(chunk_size=500)
        for notice in _notices(project, days, today, directory)
    ]
    return outbox.queue(notices, now)


def _notices(
    project: Project, days: list[int], today: date, directory: Directory
) -> Iterator[outbox.Notice]:
    left = (project.expected_on - today).days
    nearest = next(each for each in days if left <= each)
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "number": project.code,
            "name": project.name,
            "address": project.address,
            "due": f"{project.expected_on:%Y-%m-%d}",
            "left": ngettext("还有 %(days)d 天", "还有 %(days)d 天", left) % {"days": left},
            "link": f"{settings.SITE_URL}/desk/projects/{project.pk}/",
        }
    for user_id in _whom(project, directory):
        yield outbox.Notice(
            key=KEY,
            occurrence=f"project:{project.pk}:{project.expected_on:%Y%m%d}:{nearest}",
            user_id=user_id,
            phone="",
            context=context,
        )


def _whom(project: Project, directory: Directory) -> list[int]:
    """The owner and the lead over him; while nobody owns it, the lead of where it is."""
    owner = project.owner if project.owner and project.owner.is_active else None
    home = owner.area_id if owner and owner.area_id else project.area_id
    leads = [person.user_id for person in directory.in_charge(home)[1] if person.user_id]
    return sorted({*leads, *([owner.pk] if owner else [])})
