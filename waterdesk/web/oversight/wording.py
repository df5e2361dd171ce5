"""Figures as the overview writes them: never rounded up where much is good."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from waterdesk.core import goals
from waterdesk.core.models.goals import Goal

NONE = "—"
IN_MINUTES = timedelta(hours=2)


def per_cent(share: float | None) -> str:
    return NONE if share is None else f"{share:g}%"


def took(span: timedelta | None) -> str:
    """Minutes below two hours, then hours to a tenth, what is begun left out.

    Hours and not days: a day of counted time is not one of the calendar.
    """
    if span is None:
        return NONE
    if span < IN_MINUTES:
        return _("%(minutes)d 分钟") % {"minutes": span // timedelta(minutes=1)}
    return _("%(hours)s 小时") % {"hours": f"{in_hours(span):g}"}


def in_hours(span: timedelta) -> float:
    """Hours to a tenth, what is begun left out."""
    return span // timedelta(minutes=6) / 10


def change(now: float | None, earlier: float | None) -> str:
    """By how many points it is more or less; "" where one of them is not known."""
    if now is None or earlier is None:
        return ""
    points = round(now - earlier, 1)
    return f"{points:+g}".replace("-", "−") if points else "±0"


def goal_words(goal: Goal) -> str:
    """At least or at most so much, in the unit of the goal."""
    value = {"value": f"{goal.value.normalize():f}"}
    if goals.in_hours(goal):
        return _("目标不超过 %(value)s 小时") % value
    if goals.at_most(goal):
        return _("目标不高于 %(value)s%%") % value
    return _("目标不低于 %(value)s%%") % value


def took_seconds(seconds: int | None) -> str:
    return NONE if seconds is None else took(timedelta(seconds=seconds))
