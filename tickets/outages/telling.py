"""Telling everybody inside an outage: sensitive users first, then customers, in batches.

A batch is one transaction: its messages and how far it came. After a crash the next one goes on
where the last one ended, and the outbox makes no message of a round twice for one number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox
from tickets.models import Outage, OutageTelling
from tickets.outages import extents
from waterdesk.core import policy, wording
from waterdesk.core.models.cases import Case

BATCH, BATCHES = 500, 20
# Who applied or called from inside within so long lives there still. *chosen*
KNOWN_FOR = timedelta(days=730)


def tell(now: datetime, batches: int = BATCHES) -> int:
    """Go on with the rounds that are not finished; returns the messages made.

    At most so many batches, so that one call stays short. Two at once take different rounds.
    """
    made = 0
    for _turn in range(batches):
        told = _batch(now)
        if told is None:
            break
        made += told
    return made


@transaction.atomic
def _batch(now: datetime) -> int | None:
    """One step of the oldest open round; None where there is none."""
    rounds = OutageTelling.objects.select_for_update(skip_locked=True, of=("self",))
    telling = rounds.filter(ended_at=None).select_related("outage").order_by("pk").first()
    if telling is None:
        return None
    if not telling.sensitive_done:
        return _tell_sensitive(telling, now)
    return _tell_customers(telling, now)


def _tell_sensitive(telling: OutageTelling, now: datetime) -> int:
    phones = telling.calls.exclude(phone="").values_list("phone", flat=True)
    made = outbox.queue(notices(telling, phones, now, "sensitive"), now)
    telling.sensitive_done, telling.told = True, made
    telling.total = customers(telling.outage, telling.began_at).count()
    telling.save(update_fields=["sensitive_done", "told", "total"])
    return made


def _tell_customers(telling: OutageTelling, now: datetime) -> int:
    outage = telling.outage
    rows = list(
        customers(outage, telling.began_at)
        .filter(pk__gt=telling.cursor)
        .order_by("pk")
        .values_list("pk", "phone", "lat", "lon")[:BATCH]
    )
    phones = [
        phone
        for _pk, phone, lat, lon in rows
        if not outage.geometry or extents.holds(outage, lat, lon)
    ]
    made = outbox.queue(notices(telling, phones, now, outage.kind), now)
    telling.told += made
    telling.looked += len(rows)
    if rows:
        telling.cursor = rows[-1][0]
    if len(rows) < BATCH:
        telling.ended_at = now
    telling.save(update_fields=["told", "looked", "cursor", "ended_at"])
    return made


def customers(outage: Outage, at: datetime) -> QuerySet[Case]:
    """The cases that may lie inside whose customers can be told: open ones, and known addresses."""
    rows = Case.objects.exclude(phone="").filter(extents.rows_inside(outage))
    return rows.filter(Q(closed_at__isnull=True) | Q(opened_at__gte=at - KNOWN_FOR))


def notices(
    telling: OutageTelling, phones: Iterable[str], now: datetime, variant: str
) -> list[outbox.Notice]:
    outage = telling.outage
    context = words_of(outage, now)
    # Once the time has come that it names, a message of what is to come misleads.
    until = {"announced": outage.ends_at, "changed": outage.ends_at}.get(telling.occasion)
    return [
        outbox.Notice(
            key=f"outage.{telling.occasion}.customer",
            occurrence=f"outage:{outage.pk}:{telling.pk}",
            user_id=None,
            phone=phone,
            context=context,
            expires=until if until and until > now else None,
            variant=variant,
        )
        for phone in dict.fromkeys(phones)
    ]


def words_of(outage: Outage, now: datetime) -> dict[str, str]:
    """What the texts may name, in the utility's language."""
    with translation.override(settings.LANGUAGE_CODE):
        points = _("、").join(outage.points)
        note = _("应急供水点：%(points)s。") % {"points": points} if points else ""
        return {
            "number": outage.number,
            "area": _("、").join(sorted(area.name for area in outage.areas.all())),
            "since": wording.when(outage.begun_at or outage.starts_at, now),
            "until": wording.when(outage.ends_at, now),
            "reason": outage.reason,
            "note": note,
            "link": f"{settings.SITE_URL}/outages/",
            "hotline": policy.current().utility.hotline,
            "utility": policy.current().utility.name,
        }
