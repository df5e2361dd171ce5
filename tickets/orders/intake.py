"""What makes an order acceptable: the file and the API hand over the same names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from tickets import intake
from tickets.models import REPAIR, Order, OrderSource, Term, Ticket
from tickets.models.orders import NUMBER_LENGTH
from waterdesk.core import door
from waterdesk.core.errors import Invalid
from waterdesk.core.intake import Faults, gather, refuse_if, text
from waterdesk.core.models.cases import Case

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# Clocks may differ by minutes; an order that lay for longer is a slip of the year. Both *chosen*.
AHEAD, OLDEST = timedelta(minutes=10), timedelta(days=90)
TITLE_LENGTH = 100
# What an order is about when nobody says so.
OTHERWISE = "help"


def draft(given: Mapping[str, Any], *, by: User | None, at: datetime) -> Ticket:
    """An unsaved ticket with its order; raises Invalid naming every field at fault.

    Fields: source, number, term, received_at, title, content, and those of a ticket.
    """
    faults: Faults = {}
    checks = {
        "source": _source,
        "number": text(NUMBER_LENGTH, required=True),
        "term": _term,
        "title": text(TITLE_LENGTH),
        "received_at": lambda raw: _instant(raw, at),
    }
    values = gather(checks, given, faults)
    ticket = _ticket(given, by, faults)
    refuse_if(faults)
    ticket.reference = values["number"]
    ticket.ordered = Order(**values)
    return ticket


def open_order(given: Mapping[str, Any], *, by: User | None, at: datetime) -> tuple[Ticket, bool]:
    """The ticket of an order, and whether it is new: the same number again is the same order.

    Of two at once the second waits and finds the first one's. Raises Invalid.
    """
    ticket = draft(given, by=by, at=at)
    order = ticket.ordered
    key = door.Key(f"order:{order.source}", order.number, {})
    return door.open_once(ticket, key, actor=by, at=at)


def _ticket(given: Mapping[str, Any], by: User | None, faults: Faults) -> Ticket | None:
    category = given.get("category") or (REPAIR if given.get("subtype") else OTHERWISE)
    told = {name: given.get(name) for name in ("name", "phone", "address", "area", "subtype")}
    told |= {"category": category, "remark": given.get("content")}
    try:
        return intake.draft(told, by=by, channel=Case.Channel.MUNICIPAL.value)
    except Invalid as fault:
        spoken = {"remark": "content"}
        faults |= {spoken.get(name, name): words for name, words in fault.fields.items()}
        return None


def _source(raw: object) -> str:
    found = OrderSource.objects.filter(code=str(raw or "").strip()).first()
    if found is None:
        raise Invalid(_("没有这个转办来源。"))
    return found.code


def _term(raw: object) -> str:
    said = str(raw or "").strip()
    spoken = {str(each.value): each.value for each in Term} | _SPOKEN
    if said not in spoken:
        raise Invalid(_("办理时限应为：当日、3、5 或 13 个工作日。"))
    return spoken[said]


# As lists have it, in Chinese, whoever reads the page.
_SPOKEN = {
    "当日": Term.SAME_DAY.value,
    **{
        said: term.value
        for days, term in (("3", Term.DAYS_3), ("5", Term.DAYS_5), ("13", Term.DAYS_13))
        for said in (days, f"{days}个工作日", f"{days} 个工作日", f"{days}天")
    },
}


def _instant(raw: object, at: datetime) -> datetime:
    """When it was sent here; without an offset it is the desk's own time."""
    said = str(raw or "").strip().replace("/", "-")
    try:
        found = parse_datetime(said)
        if found is None and (day := parse_date(said)) is not None:
            found = datetime.combine(day, datetime.min.time())
    except ValueError:
        found = None
    if found is None:
        raise Invalid(_("请填写转来时间，如 2026-11-21 09:05。"))
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    if not at - OLDEST <= found <= at + AHEAD:
        raise Invalid(_("转来时间应在最近 90 天之内，且不晚于现在。"))
    return min(found, at)
