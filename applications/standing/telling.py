"""What the customer and the area's lead are told of a standing, each once an occurrence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import ngettext

from notifications.outbox import Notice

if TYPE_CHECKING:
    from applications.models import Standing
    from waterdesk.core.turn import Turn

ENDING, LEAD = "application.ending.customer", "application.ending.lead"
REVIEWED, REVIEWED_LEAD = "application.review_ahead.customer", "application.review_ahead.lead"
ENDED, EXTENDED = "application.standing_ended.customer", "application.standing_extended.customer"


def of_ending(turn: Turn, row: Standing, ahead: int) -> Iterator[Notice]:
    """That the end is near: to the customer's phone, to the inbox of the area's lead."""
    occurrence = f"standing:{row.pk}:{row.ends_on:%Y%m%d}:{ahead}"
    context = _context(turn, row)
    for key, audience in ((ENDING, "customer"), (LEAD, "lead")):
        yield from _notices(turn, key, audience, occurrence, context)


def of_review(turn: Turn, row: Standing, ahead: int) -> Iterator[Notice]:
    """That it is looked at again soon: nothing is asked of the customer, who may have moved on."""
    occurrence = f"standing:{row.pk}:review:{row.review_on:%Y%m%d}:{ahead}"
    left = _left(row.review_on, timezone.localdate(turn.at))
    context = _context(turn, row) | {"until": row.review_on.isoformat(), "left": left}
    for key, audience in ((REVIEWED, "customer"), (REVIEWED_LEAD, "lead")):
        yield from _notices(turn, key, audience, occurrence, context)


def of_end(turn: Turn, row: Standing, why: str) -> Iterator[Notice]:
    """That it has ended, and why in words."""
    with translation.override(settings.LANGUAGE_CODE):
        reason = row.get_ended_because_display()
    context = _context(turn, row) | {"reason": f"{reason}：{why}" if why else reason}
    return _notices(turn, ENDED, "customer", f"standing:{row.pk}:ended", context)


def of_extension(turn: Turn, row: Standing) -> Iterator[Notice]:
    occurrence = f"standing:{row.pk}:extended:{turn.case.version}"
    return _notices(turn, EXTENDED, "customer", occurrence, _context(turn, row))


def _notices(
    turn: Turn, key: str, audience: str, occurrence: str, context: dict[str, str]
) -> Iterator[Notice]:
    for person in turn.directory.people(audience, turn.case):
        yield Notice(
            key=key,
            occurrence=occurrence,
            user_id=person.user_id,
            phone=person.phone,
            context=context,
            case=turn.case.number,
            variant=turn.case.subject,
        )


def _context(turn: Turn, row: Standing) -> dict[str, str]:
    case, rules = turn.case, turn.policy
    last = row.ended_on or row.ends_on
    return {
        "name": case.name,
        "phone": case.phone,
        "address": case.address,
        "number": case.number,
        "service": rules.subject(case.kind, case.subject),
        "what": row.name,
        "until": "" if last is None else last.isoformat(),
        "left": "" if row.ends_on is None else _left(row.ends_on, timezone.localdate(turn.at)),
        "link": f"{settings.SITE_URL}/track/{case.number}/",
        "apply": f"{settings.SITE_URL}/apply/{case.subject}/",
        "hotline": rules.utility.hotline,
        "utility": rules.utility.name,
    }


def _left(ends_on: date, today: date) -> str:
    days = (ends_on - today).days
    with translation.override(settings.LANGUAGE_CODE):
        return ngettext("还有 %(days)d 天", "还有 %(days)d 天", days) % {"days": days}
