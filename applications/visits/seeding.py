"""Windows of appointments from `seeds/windows.json`: what is missing is added, edits stay."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from applications.models import VisitWindow
from waterdesk.core.models import Area
from waterdesk.core.policy import DAYS
from waterdesk.core.seeding import SeedError

FILE = "windows.json"


def load(folder: Path, *, update: bool = False) -> int:
    """Add the windows that are not there yet; returns how many. Repeating it adds nothing.

    A folder without the file offers none. Raises SeedError naming the row. Call it in a
    transaction.
    """
    path = folder / FILE
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    objects = VisitWindow.objects
    write = objects.update_or_create if update else objects.get_or_create
    added = 0
    for place, row in enumerate(rows, 1):
        window = _read(row, place)
        names = ("days", "capacity", "days_ahead", "notice_minutes", "change_hours", "source")
        added += write(
            area=window.area, starts=window.starts, ends=window.ends,
            defaults={name: getattr(window, name) for name in names},
        )[1]  # fmt: skip
    return added


def _read(row: dict[str, Any], place: int) -> VisitWindow:
    name = f"{FILE} row {place}"
    try:
        area = Area.objects.get(code=row["area"])
        hours = {each: time.fromisoformat(row[each]) for each in ("starts", "ends")}
        window = VisitWindow(**row | hours | {"area": area})
        window.full_clean(validate_unique=False, validate_constraints=False)
        if unknown := set(window.days) - set(DAYS):
            raise SeedError(f"{name}: no such days: {', '.join(sorted(unknown))}")
        if window.ends <= window.starts:
            raise SeedError(f"{name}: it ends before it starts")
    except (Area.DoesNotExist, KeyError, TypeError, ValueError) as fault:
        raise SeedError(f"{name}: {fault!r}") from fault
    except ValidationError as fault:
        raise SeedError(f"{name}: {'; '.join(fault.messages)}") from fault
    return window
