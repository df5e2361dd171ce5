"""Templates of contracts from `seeds/contracts.json`: what is missing is added."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from applications.models import ContractTemplate
from waterdesk.core.seeding import SeedError

FILE = "contracts.json"


def load(folder: Path) -> int:
    """Add the versions that are not there yet; returns how many. Repeating it adds nothing.

    One that stands is never overwritten: contracts may have been made of it. Raises SeedError
    naming the row, and the placeholder that nobody knows. Call it in a transaction.
    """
    added = 0
    for row in json.loads((folder / FILE).read_text(encoding="utf-8")):
        there = ContractTemplate.objects.filter(code=row["code"], version=row["version"])
        if not there.exists():
            _read(row).save()
            added += 1
    return added


def _read(row: dict[str, Any]) -> ContractTemplate:
    name = f"{FILE} {row.get('code')} v{row.get('version')}"
    try:
        since = datetime.fromisoformat(row["effective_from"])
        template = ContractTemplate(**row | {"effective_from": since})
        template.full_clean(validate_unique=False, validate_constraints=False)
    except (KeyError, TypeError, ValueError) as fault:
        raise SeedError(f"{name}: {fault}") from fault
    except ValidationError as fault:
        raise SeedError(f"{name}: {'; '.join(fault.messages)}") from fault
    return template
