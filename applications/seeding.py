"""Classes of customers from `seeds/classes.json`: what is missing is added, edits stay.

The stages and reminders of projects are loaded with them.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from applications.models import CustomerClass
from applications.projects import seeding as projects


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> int:
    """Load the classes from `folder`; returns how many are new. A second time changes nothing.

    `update` overwrites what the utility edited. All or nothing.
    """
    added = 0
    rows = json.loads((folder / "classes.json").read_text(encoding="utf-8"))
    rows_of = CustomerClass.objects
    write = rows_of.update_or_create if update else rows_of.get_or_create
    for place, row in enumerate(rows):
        code = row.pop("code")
        added += write(code=code, defaults=row | {"position": place})[1]
    return added + projects.load(folder, update=update)
