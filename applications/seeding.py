"""Reference data of applications from `seeds/`: what is missing is added, edits stay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldError
from django.db import IntegrityError, transaction

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
from waterdesk.core.seed_rows import SeedError, add, known_to
from waterdesk.core.seeding import load_promises

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
    for place, row in enumerate(rows):
        added += _class(row, place, update)
    contracts.load(folder)
    added += permits.load(folder, update=update)
    added += visits.load(folder, update=update)
    return added + projects.load(folder, update=update)


def _class(row: dict[str, Any], place: int, update: bool) -> bool:
    rows_of = CustomerClass.objects
    write = rows_of.update_or_create if update else rows_of.get_or_create
    rest = {name: value for name, value in row.items() if name != "code"}
    try:
        known_to(CustomerClass, rest)
        return write(code=row["code"], defaults=rest | {"position": place})[1]
    except (FieldError, IntegrityError, KeyError, TypeError, ValueError) as fault:
        raise SeedError(f"classes.json {row.get('code')}: {fault}") from fault


@transaction.atomic
def rewrite(classes: list[dict[str, Any]], codes: Collection[str], services: Iterable[str]) -> None:
    """Overwrite what profiles say: the classes of these codes, and the services of these texts.

    The promises of the services are left as they are: they get versions.
    """
    for place, row in enumerate(classes):
        if row["code"] in codes:
            _class(row, place, True)
    _write([(parse(text), text) for text in services], True)


@transaction.atomic
def load_services(folder: Path, *, update: bool = False) -> int:
    """Load every service of `folder`, a file each, with its promises and its texts.

    What is wrong is refused by the file's name and line.
    """
    found = [(path, _parsed(path)) for path in sorted(folder.glob("*.json"))]
    reasons = set(Reason.objects.values_list("use", "code"))
    for path, service in found:
        _known_reasons(path, service, reasons)
    with_text = [(service, path.read_text(encoding="utf-8")) for path, service in found]
    added = _write(with_text, update)
    promises = {f"services/{path.name}": promises_of(service) for path, service in found}
    load_promises(promises, update=update)
    said = {f"services/{path.name}": _texts(service) for path, service in found}
    texts.write_files(said, update=update)
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


def _write(services: Sequence[tuple[Service, str]], update: bool) -> int:
    """Services with their texts, and what their cases are about; how many services are new."""
    subjects = [
        {
            "kind": KIND,
            "code": service.code,
            "name": service.name,
            "hint": service.guide[0] if service.guide else "",
            "ask": service.ask,
            "source": service.source,
            "position": service.position,
        }
        for service, _text in services
    ]
    rows = [
        {
            "code": service.code,
            "name": service.name,
            "text": text,
            "position": service.position,
        }
        for service, text in services
    ]
    add(Subject, subjects, ("kind", "code"), update)
    return add(ServiceRow, rows, ("code",), update)


def promises_of(service: Service) -> list[dict[str, Any]]:
    """The promises that a service's own file makes, as rows of promises.json."""
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
