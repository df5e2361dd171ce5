"""Fee rules from `seeds/fees.json`: what is missing is added, edits of the utility stay."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from applications.fees.standing import faults_of_all
from applications.models import FeePrice, FeeWaiver
from waterdesk.core import policy
from waterdesk.core.seeding import ALWAYS, SeedError

FILE = "fees.json"
MODELS: dict[str, type[FeePrice | FeeWaiver]] = {"prices": FeePrice, "waivers": FeeWaiver}
KEY = ("code", "conditions", "version")


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> int:
    """Load the fee rules from `folder`; returns how many are new. A second time changes nothing.

    `update` overwrites what the utility edited. All or nothing: raises SeedError naming the row.
    """
    said = _read(folder / FILE)
    ours = set()
    added = 0
    for part, model in MODELS.items():
        for place, row in enumerate(said.get(part, ())):
            added += _load(model, place, row, update)
            ours.add((row["code"], row["name"]))
    if faults := [fault for fault in faults_of_all(ours, FILE) if fault.row.where]:
        raise SeedError("\n".join(map(str, faults)))
    policy.forget()
    return added


def _load(model: type[FeePrice | FeeWaiver], place: int, row: dict[str, Any], update: bool) -> bool:
    given = {"version": 1, "conditions": {}, "effective_from": ALWAYS} | row
    try:
        if "price" in given:
            given["price"] = Decimal(str(given["price"]))
        for name in ("effective_from", "effective_until"):
            if isinstance(given.get(name), str):
                given[name] = timezone.make_aware(datetime.fromisoformat(given[name]))
        model(**given).clean_fields()
        lookup = {name: given.pop(name) for name in KEY}
        rows = model._default_manager
        write = rows.update_or_create if update else rows.get_or_create
        return write(**lookup, defaults=given | {"position": place})[1]
    except (KeyError, TypeError, ValueError, ArithmeticError, ValidationError) as fault:
        raise SeedError(f"{FILE} {row.get('name')}: {fault!r}") from fault


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as fault:
        raise SeedError(f"{path.name} line {fault.lineno}: {fault.msg}") from fault
