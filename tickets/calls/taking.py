"""What an exchange tells is kept, and the call reckoned anew: the only writer of calls.

A row of the call is locked first, so that events of one call follow each other whoever brings them.
What changes for somebody's extension is announced with the commit: see tickets.calls.announcing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tickets.calls import announcing
from tickets.calls.state import Fact, Story, state_of
from tickets.models import LIVE, AgentPhone, Call, CallEvent, EventKind, Ring
from waterdesk.core import numbers
from waterdesk.core.errors import Conflict, Invalid

# An exchange that was cut off for a long weekend may still deliver. *chosen*
OLDEST = timedelta(days=7)
# Clocks of exchanges go wrong; what is further ahead is refused, so that it is set right. *chosen*
AHEAD = timedelta(minutes=5)

DOUBLED = _("这个事件号已用于内容不同的事件。")


class Doubled(Conflict):
    """An event id that already stands for something else."""

    code = "doubled_event"
    message = DOUBLED


@dataclass(frozen=True, slots=True)
class Told:
    """One event of an exchange, its shape checked; numbers are as given."""

    call: str
    event: str
    kind: str
    at: datetime
    number: str | None = None
    called: str = ""
    trunk: str = ""
    extension: str = ""
    direction: str = ""
    recording: str = ""

    def as_kept(self) -> dict[str, Any]:
        said = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        for name in ("call", "event", "kind", "at"):
            del said[name]
        return said | ({"number": ""} if self.number == "" else {})


def take(provider: str, told: Told, now: datetime) -> tuple[Call, bool]:
    """Keep one event; the call it belongs to, and whether the event was new.

    The same event again changes nothing. Raises Doubled when its id stands for another one, Invalid
    for an instant more than OLDEST ago or AHEAD of `now`. An extension nobody has signed in at is
    no fault of the exchange: the call is kept and marked.
    """
    _check_instant(told.at, now)
    with transaction.atomic():
        call = _locked(provider, told)
        event, new = CallEvent.objects.get_or_create(
            provider=provider,
            event=told.event,
            defaults={
                "call": call, "kind": told.kind, "at": told.at, "received_at": now,
                "said": told.as_kept(),
            },
        )  # fmt: skip
        if not new:
            same = (call.pk, told.kind, told.at, told.as_kept())
            if (event.call_id, event.kind, event.at, event.said) != same:
                raise Doubled
            return call, False
        _reckon(call)
    return call, True


def end_lost(now: datetime, most: int = 500) -> int:
    """End the calls of which nothing more was heard within settings.CALLS_LIMIT; how many.

    They are marked, and no longer rung or counted as on the line. An end that is told later is
    believed after all. Repeating it does no harm.
    """
    limit = now - timedelta(minutes=settings.CALLS_LIMIT)
    lost = Call.objects.filter(state__in=LIVE, began_at__lt=limit).values_list("pk", flat=True)
    return sum(expire(pk, now) for pk in list(lost[:most]))


def expire(pk: int, now: datetime) -> bool:
    """End one call of which the exchange knows nothing any more; False when it was over."""
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=pk)
        if call.state not in LIVE:
            return False
        CallEvent.objects.get_or_create(
            provider=call.provider,
            event=f"expired:{call.pk}",
            defaults={
                "call": call, "kind": EventKind.EXPIRED, "at": now, "received_at": now, "said": {},
            },
        )  # fmt: skip
        _reckon(call)
        return True


def _check_instant(at: datetime, now: datetime) -> None:
    if at > now + AHEAD:
        text = _("事件时间晚于现在 5 分钟以上，请校准交换机的时钟。")
        raise Invalid(fields={"at": text})
    if at < now - OLDEST:
        raise Invalid(fields={"at": _("事件时间早于 7 天前，不再接收。")})


def _locked(provider: str, told: Told) -> Call:
    rows = Call.objects.select_for_update().filter(provider=provider, provider_call=told.call)
    if (call := rows.first()) is not None:
        return call
    new = Call(provider=provider, provider_call=told.call, began_at=told.at)
    # Two first events at once make one row: the second waits here for the first one's commit.
    Call.objects.bulk_create([new], ignore_conflicts=True)
    return rows.get()


def facts_of(events: list[CallEvent]) -> list[Fact]:
    return [Fact(event.event, event.kind, event.at, **_spoken(event.said)) for event in events]


def _spoken(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in said.items() if name in Fact.__dataclass_fields__}


def _reckon(call: Call) -> None:
    """Write what the events make of a call, and tell those at whose extension it changes."""
    story = state_of(facts_of(list(call.events.all())))
    given = story.number
    call.number, call.number_given = numbers.read(given).value, given[:80]
    called = numbers.read(story.called)
    call.called = called.value or story.called[:40]
    for name in (
        "direction", "trunk", "extension", "state", "began_at", "ringing_at", "answered_at",
        "held_at", "ended_at", "abandoned_at", "voicemail_at", "wait", "talk", "recording",
        "expired",
    ):  # fmt: skip
        setattr(call, name, getattr(story, name))
    rings = _rings(call, story)
    call.agent_id = _agent(call, story, rings)
    call.unknown_extension = any(ring.user_id is None for ring in rings.values())
    call.save()
    announcing.announce(ring.user_id for ring in rings.values())


def _rings(call: Call, story: Story) -> dict[str, Ring]:
    """The rings of a call as the story has them; who sat there is looked up once, at the first."""
    kept = {ring.extension: ring for ring in call.rings.all()}
    new = [extension for extension in story.rings if extension not in kept]
    sat = dict(AgentPhone.objects.filter(extension__in=new).values_list("extension", "user_id"))
    for extension, told in story.rings.items():
        ring = kept.setdefault(
            extension, Ring(call=call, extension=extension, user_id=sat.get(extension))
        )
        ring.since, ring.until, ring.answered = told.since, told.until, told.answered
        ring.save()
    return kept


def _agent(call: Call, story: Story, rings: Mapping[str, Ring]) -> int | None:
    """Who talks or talked to the caller last; of a call that goes out, whoever dials."""
    answered = [extension for extension, ring in story.rings.items() if ring.answered]
    if answered:
        last = story.extension if story.extension in answered else answered[-1]
        return rings[last].user_id
    if story.direction == "out" and story.extension:
        at_it = AgentPhone.objects.filter(extension=story.extension)
        return at_it.values_list("user_id", flat=True).first() or call.agent_id
    return None
