"""What a profile can change, as it stands on the desk, and what has changed between two looks."""

from __future__ import annotations

import json
from collections.abc import Iterator

from applications.catalogue.reading import parse
from applications.models import CustomerClass, ServiceRow
from notifications.models import Text
from waterdesk.core.models import Area, CalendarDay, Promise, Reason, Utility, WorkCalendar

# By what it is about and which one, what it says.
Standing = dict[tuple[str, str], str]
UTILITY = (
    "name", "hotline", "slogan", "pause_correction_hours", "pause_correction_days",
    "minutes_to_arrive_late", "calls_to_try", "days_to_call", "days_to_rate",
)  # fmt: skip


def standing() -> Standing:
    """Everything, in the words of the files: a query for each sort."""
    return dict(_all())


def differences(before: Standing, after: Standing) -> Iterator[str]:
    """A line for each thing that is new, gone or different, in the order of the desk."""
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        if was != now:
            yield f"{' '.join(key)}: {'–' if was is None else was} → {'–' if now is None else now}"


def _all() -> Iterator[tuple[tuple[str, str], str]]:
    for utility in Utility.objects.all():
        for name in UTILITY:
            yield ("utility", name), str(getattr(utility, name))
    for area in Area.objects.select_related("parent", "calendar"):
        above, calendar = (each.code if each else "–" for each in (area.parent, area.calendar))
        places = "、".join(area.places)
        yield ("area", area.code), f"{area.name} ({area.level}, {above}, {calendar}; {places})"
    for row in WorkCalendar.objects.order_by("code"):
        yield ("calendar", row.code), f"{row.name} {json.dumps(row.weekly)}"
    for day in CalendarDay.objects.select_related("calendar").order_by("calendar__code", "date"):
        yield ("day", f"{day.calendar.code} {day.date}"), f"{day.name} {json.dumps(day.windows)}"
    for promise in Promise.objects.filter(effective_until=None).order_by("code", "version"):
        conditions = json.dumps(promise.conditions, sort_keys=True, ensure_ascii=False)
        limit = f"{promise.name} {promise.amount.normalize():f} {promise.unit}"
        yield ("promise", f"{promise.kind} {promise.code} {conditions}"), limit
    for reason in Reason.objects.all():
        yield ("reason", f"{reason.use} {reason.code}"), f"{reason.label} {reason.advice}"
    for each in CustomerClass.objects.order_by("code"):
        yield ("class", each.code), f"{each.name} DN{each.least_mm}–{each.most_mm}"
    for text in Text.objects.order_by("key", "channel"):
        yield ("text", f"{text.key} {text.channel}"), text.body
    yield from _services()


def _services() -> Iterator[tuple[tuple[str, str], str]]:
    for row in ServiceRow.objects.order_by("position", "code"):
        service = parse(row.text)
        steps = " → ".join(step.name for step in service.steps)
        jobs = "、".join(job.name for job in service.jobs)
        yield ("service", service.code), f"{service.name}: {steps} ({jobs})"
