"""敏感用户: hospitals, schools and high-rises inside an outage, who are told first and by voice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from tickets.models import Outage, OutageCall, OutageTelling, Ticket
from tickets.outages import extents
from waterdesk.core import inputs
from waterdesk.core.models.cases import Case
from waterdesk.core.models.places import Address
from waterdesk.core.places.words import folded

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


def inside(outage: Outage) -> list[Address]:
    """The sensitive addresses of the book inside, hospitals first. One query."""
    rows = Address.objects.exclude(kind=Address.Kind.ORDINARY)
    found = rows.filter(extents.rows_inside(outage)).order_by("kind", "text")
    if not outage.geometry:
        return list(found)
    return [each for each in found if extents.holds(outage, each.lat, each.lon)]


def phones_of(addresses: Iterable[Address]) -> dict[int, str]:
    """The number that somebody last called or applied from, by address. Two queries."""
    listed = list(addresses)
    by_place = {each.place: each.pk for each in listed}
    known: dict[int, str] = {}
    rows = Case.objects.exclude(phone="").order_by("pk")
    # Of an application only its point is indexed; several addresses may stand at one.
    points = rows.filter(
        lat__in={each.lat for each in listed if each.lat is not None},
        lon__in={each.lon for each in listed if each.lon is not None},
    )
    for text, phone in points.values_list("address", "phone"):
        if (place := folded(text)) in by_place:
            known[by_place[place]] = phone
    places = Ticket.objects.filter(place__in=by_place).exclude(phone="").order_by("pk")
    for place, phone in places.values_list("place", "phone"):
        known[by_place[place]] = phone
    return known


def list_for(telling: OutageTelling) -> None:
    """Put down who is to be telephoned in this round, each with the number that is known.

    A number that was found out in an earlier round is known too.
    """
    addresses = inside(telling.outage)
    if not addresses:
        return
    known = phones_of(addresses)
    before = OutageCall.objects.filter(telling__outage=telling.outage).exclude(phone="")
    known |= dict(before.order_by("pk").values_list("address", "phone"))
    OutageCall.objects.bulk_create(
        OutageCall(telling=telling, address=each, phone=known.get(each.pk, ""))
        for each in addresses
    )


def called(call: OutageCall, *, by: User, at: datetime, phone: str = "", note: str = "") -> None:
    """Somebody has telephoned. The first one stays; raises Invalid for a number that is none."""
    found = inputs.caller(phone) or call.phone
    OutageCall.objects.filter(pk=call.pk, called_at=None).update(
        called_at=at, called_by=by, phone=found, note=inputs.text(note, 100)
    )
