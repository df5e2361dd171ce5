"""Open applications for the same service at the same address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from applications.catalogue import held
from applications.models import Application
from applications.places import normal
from waterdesk.core.models.cases import Once
from waterdesk.core.visibility import sees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from waterdesk.core.models.people import User

MOST = 5


@dataclass(frozen=True, slots=True)
class Twins:
    """What may be said of them to one person: the service; `seen` are those in this one's sight."""

    service: str
    seen: tuple[Application, ...]


def open_at(address: str, service: str) -> QuerySet[Application]:
    """The open applications for `service` at this address, however either was typed."""
    # `ended_at` is the case's own end: here, so that one index serves it.
    return Application.objects.filter(place=normal(address), subject=service, ended_at=None)


def twins(address: str, service: str, by: User | None) -> Twins | None:
    """What `by` (None: nobody signed in) may know of them; None when there are none."""
    if not normal(address):
        return None
    found = list(open_at(address, service).order_by("-pk")[:MOST])
    if not found:
        return None
    known = held.service(service)
    return Twins(known.name if known else "", tuple(_seen(found, by)))


def sent_before(scope: str, key: str) -> bool:
    """Whether this very form was taken already: what it finds then is itself."""
    return Once.objects.filter(scope=scope, key=key).exists()


def _seen(found: Iterable[Application], by: User | None) -> Iterable[Application]:
    return (each for each in found if by is not None and sees(by, each))
