"""What the pages of outages show: lines, overlaps, how many are told, what was changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.models import Outage, OutageChange
from tickets.outages import covering, extents, notice, reminding, telling
from waterdesk.core import policy, wording
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.models.places import Address

TONES = {
    "planned": "plain", "announced": "busy", "begun": "bad", "restored": "good",
    "cancelled": "plain",
}  # fmt: skip
DONE = {
    "create": gettext_lazy("登记"),
    "edit": gettext_lazy("修改"),
    "announce": gettext_lazy("公告"),
    "begin": gettext_lazy("登记停水"),
    "move_end": gettext_lazy("更改恢复时间"),
    "restore": gettext_lazy("恢复供水"),
    "cancel": gettext_lazy("取消"),
}
# The ways in which a value is said; whatever else there is, as it is.
TIMES = ("starts_at", "ends_at", "begun_at", "restored_at")
# More than these nobody counts by hand: the page says at least so many.
MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One outage as lists show it; `owed` is what staff have to do, "" of nothing."""

    outage: Outage
    areas: str
    tone: str
    owed: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an announcement would tell; `unplaced` cannot be told inside from outside."""

    addresses: int
    sensitive: int
    customers: int
    unplaced: int

    @property
    def is_nobody(self) -> bool:
        return not (self.addresses or self.sensitive or self.customers)


def names_of(outage: Outage) -> str:
    return _("、").join(sorted(area.name for area in outage.areas.all()))


def line(outage: Outage, now: datetime) -> Line:
    owed = reminding.what_is_owed(outage, now)
    return Line(outage, names_of(outage), TONES[outage.state], owed)


def is_short(outage: Outage, now: datetime) -> notice.Short | None:
    """What the rule asks for and can no longer be given, of one that is not announced yet."""
    return notice.short(outage, now) if outage.state == Outage.State.PLANNED else None


def overlapping(outage: Outage) -> list[Outage]:
    """Other open outages that share time and ground with this one."""
    rows = Outage.objects.open().exclude(pk=outage.pk).prefetch_related("areas")
    same_time = rows.filter(starts_at__lt=outage.ends_at, ends_at__gt=outage.starts_at)
    return [each for each in same_time.order_by("starts_at") if extents.overlap(outage, each)]


def reach(outage: Outage, now: datetime) -> Reach:
    """At most MOST_COUNTED rows of each sort are looked at."""
    inside = extents.rows_inside(outage)
    addresses = Address.objects.filter(inside).values_list("kind", "lat", "lon")
    found = [kind for kind, lat, lon in addresses[:MOST_COUNTED] if _holds(outage, lat, lon)]
    cases = telling.customers(outage, now).values_list("phone", "lat", "lon")
    phones = {phone for phone, lat, lon in cases[:MOST_COUNTED] if _holds(outage, lat, lon)}
    unplaced = 0
    if outage.geometry:
        under = extents.under(outage.areas.all())
        rows = Case.objects.open().filter(lat__isnull=True).exclude(phone="")
        unplaced = (rows if under is None else rows.filter(area__in=under)).count()
    return Reach(len(found), sum(map(bool, found)), len(phones), unplaced)


def _holds(outage: Outage, lat: float | None, lon: float | None) -> bool:
    return not outage.geometry or extents.holds(outage, lat, lon)


def progress(outage: Outage) -> dict[str, Any]:
    """The newest round: how far it is, and who is to be telephoned."""
    newest = outage.tellings.first()
    if newest is None:
        return {"telling": None}
    total = newest.total or 0
    share = 100 if newest.ended_at else min(99, 100 * newest.looked // total) if total else 0
    calls = list(newest.calls.select_related("address", "called_by"))
    return {
        "outage": outage,
        "telling": newest,
        "share": share,
        "calls": calls,
        "to_call": sum(call.called_at is None for call in calls),
    }


def changes(outage: Outage, now: datetime) -> list[dict[str, Any]]:
    """Who did what, the newest first, each value from what to what."""
    return [
        {
            "row": row,
            "done": DONE[row.action],
            "values": [
                (
                    Outage._meta.get_field(name).verbose_name,
                    _in_words(name, row.was.get(name), now),
                    _in_words(name, value, now),
                )
                for name, value in row.became.items()
                if row.action != "create"
            ],
        }
        for row in OutageChange.objects.filter(outage=outage).select_related("by")
    ]


def _in_words(name: str, value: Any, now: datetime) -> str:
    if value in (None, "", []):
        return "—"
    if name in TIMES and (at := parse_datetime(value)):
        return wording.when(at, now)
    if name == "state":
        return str(Outage.State(value).label)
    if name == "kind":
        return str(Outage.Kind(value).label)
    if name == "areas":
        named = {area.code: area.name for area in policy.current().areas.values()}
        return _("、").join(named.get(code, code) for code in value)
    if name == "geometry":
        return _("图形")
    return _("；").join(value) if isinstance(value, list) else str(value)


# --- the map --------------------------------------------------------------------------------------
def map_frame() -> dict[str, Any]:
    """What a map on a page needs to know of the settings."""
    return {"tiles": settings.MAP_TILES_URL, "tiles_from": settings.MAP_TILES_FROM}


def of_map(_user: User, now: datetime) -> dict[str, Any]:
    """The layer of the desk's map: everything that is not over."""
    rows = Outage.objects.open().prefetch_related("areas").order_by("pk")
    return collection(rows, now, desk=True)


def collection(outages: Iterable[Outage], now: datetime, *, desk: bool = False) -> dict[str, Any]:
    """A FeatureCollection; one whose areas nobody drew is not on it."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": _properties(outage, now, desk),
                "geometry": geometry,
            }
            for outage in outages
            if (geometry := extents.as_geojson(outage)) is not None
        ],
    }


def _properties(outage: Outage, now: datetime, desk: bool) -> dict[str, str]:
    said = {
        "kind": outage.get_kind_display(),
        "area": names_of(outage),
        "until": wording.when(outage.ends_at, now),
    }
    is_over = outage.state in (Outage.State.RESTORED, Outage.State.CANCELLED)
    tone = "" if is_over else "bad" if covering.is_now(outage, now) else "warn"
    named = {"name": _("%(kind)s：%(area)s，预计 %(until)s 恢复") % said, "tone": tone}
    return named | ({"url": reverse("outage", args=[outage.pk])} if desk else {})


def features(outages: Iterable[Outage], now: datetime, *, desk: bool = False) -> JsonResponse:
    return JsonResponse(collection(outages, now, desk=desk))
