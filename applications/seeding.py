"""Reference data of applications from `seeds/`: what is missing is added, edits stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from applications.catalogue.definition import Service
from applications.catalogue.faults import BadDefinition
from applications.catalogue.reading import parse
from applications.contracts import seeding as contracts
from applications.models import KIND, CustomerClass, ServiceRow
from applications.permits import seeding as permits
from applications.projects import seeding as projects
from applications.visits import seeding as visits
from notifications import seeding as texts
from waterdesk.core.models import Reason, Subject
from waterdesk.core.seeding import SeedError, load_promises

# The promise that every service makes: from its application to its result.
PROMISE = "two-step"


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> int:
    """Load classes and services from `folder`; returns how many are new. Again changes nothing.

    `update` overwrites what the utility edited. All or nothing. Raises SeedError naming the file
    and the line or row at fault.
    """
    return _rows(folder, update) + load_services(folder / "services", update=update)


def _rows(folder: Path, update: bool) -> int:
    added = 0
    rows = json.loads((folder / "classes.json").read_text(encoding="utf-8"))
    rows_of = CustomerClass.objects
    write = rows_of.update_or_create if update else rows_of.get_or_create
    for place, row in enumerate(rows):
        code = row.pop("code")
        added += write(code=code, defaults=row | {"position": place})[1]
    contracts.load(folder)
    added += permits.load(folder, update=update)
    added += visits.load(folder, update=update)
    return added + projects.load(folder, update=update)


@transaction.atomic
def load_services(folder: Path, *, update: bool = False) -> int:
    """Load every service of `folder`, a file each, with its promises and its texts.

    What is wrong is refused by the file's name and line.
    """
    found = [(path, _parsed(path)) for path in sorted(folder.glob("*.json"))]
    reasons = set(Reason.objects.values_list("use", "code"))
    added = 0
    for path, service in found:
        _known_reasons(path, service, reasons)
        added += _write(path, service, update)
    promises = {f"services/{path.name}": _promises(service) for path, service in found}
    load_promises(promises, update=update)
    for path, service in found:
        texts.write(_texts(service), f"services/{path.name}", update=update)
    return added


def _parsed(path: Path) -> Service:
    try:
        service = parse(path.read_text(encoding="utf-8"))
    except BadDefinition as fault:
        raise SeedError(f"services/{path.name} {fault}") from fault
    if service.code != path.stem:
        raise SeedError(f"services/{path.name}: its code is “{service.code}”")
    return service


def _known_reasons(path: Path, service: Service, reasons: set[tuple[str, str]]) -> None:
    wanted = [("refuse", code) for code in service.refusals]
    wanted += [("review", each.reason) for each in service.rulings if each.decides == "review"]
    for use, code in wanted:
        if (use, code) not in reasons:
            raise SeedError(f"services/{path.name}: reasons.json has no “{code}” to {use}")


def _write(path: Path, service: Service, update: bool) -> int:
    row = {
        "name": service.name,
        "text": path.read_text(encoding="utf-8"),
        "position": service.position,
    }
    subject = {
        "name": service.name,
        "hint": service.guide[0] if service.guide else "",
        "ask": service.ask,
        "source": service.source,
        "position": service.position,
    }
    rows, subjects = ServiceRow.objects, Subject.objects
    write = rows.update_or_create if update else rows.get_or_create
    name = subjects.update_or_create if update else subjects.get_or_create
    name(kind=KIND, code=service.code, defaults=subject)
    return write(code=service.code, defaults=row)[1]


def _promises(service: Service) -> list[dict[str, Any]]:
    return [
        {"kind": KIND, "code": PROMISE}
        | dict(row)
        | {"conditions": {"service": service.code} | row.get("conditions", {})}
        for row in service.promises
    ]


def _texts(service: Service) -> list[dict[str, Any]]:
    """The texts that a service has instead of the common ones: `accept.customer` and the like."""
    return [
        {
            "key": f"{KIND}.{key}@{service.code}",
            "channel": "sms",
            "body": body,
            "source": service.source,
        }
        for key, body in service.messages.items()
    ]
