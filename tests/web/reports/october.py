"""An October with a few cases in it, and its report as the worker makes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.core.reports.making import asked
from tests.factories import DAY, HOUR, MONDAY_0900, SHANGHAI
from tests.finished import answered, finished, with_water
from waterdesk.core.models import Report
from waterdesk.core.reports import working
from waterdesk.web.reports import making

# A working Monday in October.
BEGUN = datetime(2026, 10, 19, 9, 0, tzinfo=SHANGHAI)
DAYS = timedelta(days=4)


def some_cases() -> None:
    """A repair in time and one far too late, a complaint that was answered, and some water."""
    finished(begun=BEGUN)
    finished(begun=BEGUN, after=DAYS)
    answered(begun=BEGUN + HOUR)
    with_water(begun=BEGUN)


def made(at=MONDAY_0900, **over) -> Report:
    """The report of October, or of what is asked for."""
    given = {"day": date(2026, 10, 19), "at": at} | over
    report = asked(**given)
    working.work(at, making.make)
    return Report.objects.select_related("area").get(pk=report.pk)


LATER = MONDAY_0900 + DAY
