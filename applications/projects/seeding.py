"""Stages and reminders of projects from `seeds/projects.json`: what is missing is added."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from applications.models import ProjectReminder, ProjectStage

FILE = "projects.json"


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> int:
    """Load the stages and, while there are none, the reminders; returns how many rows are new.

    A second time changes nothing. A stage that was renamed keeps its name unless `update`; a
    reminder that the utility took away stays away. All or nothing.
    """
    said = json.loads((folder / FILE).read_text(encoding="utf-8"))
    added = 0
    write = ProjectStage.objects.update_or_create if update else ProjectStage.objects.get_or_create
    for place, row in enumerate(said["stages"]):
        code = row.pop("code")
        added += write(code=code, defaults=row | {"position": place})[1]
    if update or not ProjectReminder.objects.exists():
        for row in said["reminders"]:
            days = row.pop("days")
            added += ProjectReminder.objects.update_or_create(days=days, defaults=row)[1]
    return added
