"""Nobody finds out at three in the morning: the lead is told of a gap a day before it begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox
from waterdesk.core import wording
from waterdesk.core.audiences import Directory
from waterdesk.core.duty import cover
from waterdesk.core.duty.cover import Gap

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

AHEAD = timedelta(hours=24)
# How far is looked for the end of a gap, and back for its beginning.
FAR = timedelta(days=7)


@transaction.atomic
def warn_ahead(policy: Policy, now: datetime) -> int:
    """Tell the leads of the gaps that begin within AHEAD of `now`; returns the messages made.

    Once a gap, however often this runs, and twice at once too: a message is one of its occurrence.
    What is left of a gap that was filled in part is another gap. A gap that is older than FAR is
    told again each week. Nothing happens while no ladder asks for a duty roster.
    """
    if not cover.asked_for(policy):
        return 0
    directory = Directory(policy)
    notices = [
        notice
        for gap in ahead(policy.areas, directory, now)
        for notice in _notices(gap, directory, now)
    ]
    return outbox.queue(notices, now)


def ahead(area_ids: Iterable[int], directory: Directory, now: datetime) -> list[Gap]:
    """The gaps of these areas that hold at `now` or begin within AHEAD, from FAR ago on.

    Areas of one lead that share a gap have it together; those of two leads each their own.
    """
    policy = directory.policy
    groups: dict[int, list[int]] = {}
    for each in cover.smallest(area_ids, policy):
        groups.setdefault(directory.in_charge(each)[0], []).append(each)
    since, until = _midnight(now - FAR), now + FAR
    found: list[Gap] = []
    for head, mine in groups.items():
        below = {up for each in mine for up in policy.above(each) if head in policy.above(up)}
        found += cover.gaps(below, policy, since, until)
    return sorted(gap for gap in found if gap.starts_at < now + AHEAD and gap.ends_at > now)


def _notices(gap: Gap, directory: Directory, now: datetime) -> list[outbox.Notice]:
    policy = directory.policy
    area = policy.areas[gap.area_id]
    old = gap.starts_at <= _midnight(now - FAR)
    when = f"{now:%G-W%V}" if old else f"{gap.starts_at.astimezone(UTC):%Y%m%dT%H%M%S}"
    open_ended = gap.ends_at >= now + FAR
    with translation.override(settings.LANGUAGE_CODE):
        until = _("另行排班前") if open_ended else wording.when(gap.ends_at, now)
        context = {
            "area": area.name,
            "since": wording.when(max(gap.starts_at, now), now),
            "until": until,
            "link": f"{settings.SITE_URL}/desk/duty/",
            "utility": policy.utility.name,
        }
    return [
        outbox.Notice(
            key="duty.gap",
            occurrence=f"duty-gap:{area.code}:{when}",
            user_id=person.user_id,
            phone=person.phone,
            context=context,
            expires=gap.ends_at,
        )
        for person in directory.in_charge(gap.area_id)[1]
    ]


def _midnight(at: datetime) -> datetime:
    """A fixed instant of the day, so that a run a minute later finds the same beginnings."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
