"""疑点: burdens of a customer that were recorded long after they happened, or after the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from applications.burdens.rules import ACTIONS, STRUCK
from applications.models import Application
from waterdesk.core.anomalies.rule import Finding, Limit, Limits, Rule, Span
from waterdesk.core.models.people import User
from waterdesk.core.models.record import Event

HOUR = timedelta(hours=1)


def recorded_late(span: Span, limits: Limits) -> Iterator[Finding]:
    """Burdens that were written down in the period and had happened long before, by their own word.

    What was written down after the case had ended counts by that end, whatever it says.
    """
    said = Event.objects.filter(
        recorded_at__gte=span.since, recorded_at__lt=span.until, action__in=ACTIONS
    ).exclude(action=STRUCK)
    events = list(said.exclude(actor="").order_by("recorded_at", "pk"))
    numbers = {event.case for event in events}
    cases = {each.number: each for each in Application.objects.filter(number__in=numbers)}
    names = {event.actor for event in events}
    people = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    for event in events:
        case = cases.get(event.case)
        if case is None:
            continue
        by = event.recorded_at - min(_happened(event), case.ended_at or event.recorded_at)
        if by >= limits["hours"] * HOUR:
            yield Finding(
                key=f"{event.case}:{event.seq}",
                at=event.at,
                area_id=case.area_id,
                case=event.case,
                seq=event.seq,
                person_id=people.get(event.actor),
                facts={"action": event.action, "hours": by // HOUR},
            )


def _happened(event: Event) -> datetime:
    said = event.data.get("happened")
    return datetime.fromisoformat(said) if said else event.at


RULE = Rule(
    "burden-recorded-late",
    _("负担补记太晚"),
    _("客户跑腿、要资料、自办审批等，在发生（或办结）%(hours)d 小时之后才登记。"),
    _("“%(action)s”晚了 %(hours)d 小时才登记。"),
    recorded_late,
    (Limit("hours", _("晚多少小时"), 24, least=1),),
)
