"""Kinds of permits from `seeds/permits.json`: what is missing is added."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from applications.models import PermitKind
from waterdesk.core.seeding import SeedError

FILE = "permits.json"


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> int:
    """Load the kinds of permits; returns how many are new. A second time changes nothing.

    `update` overwrites what the utility edited. All or nothing. Raises SeedError naming the row.
    """
    added = 0
    for place, row in enumerate(json.loads((folder / FILE).read_text(encoding="utf-8"))):
        found = PermitKind.objects.filter(code=row.get("code")).first()
        if found is not None and not update:
            continue
        try:
            kind = PermitKind(**row, position=place, pk=found.pk if found else None)
            kind._state.adding = found is None  # or its own code would be in its way
            kind.full_clean()
        except (TypeError, ValidationError) as fault:
            raise SeedError(f"{FILE} {row.get('code')}: {fault}") from fault
        kind.save()
        added += found is None
    return added
