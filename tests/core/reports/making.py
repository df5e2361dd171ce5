"""Reports for tests: asked for by somebody, made by a maker that says little."""

from __future__ import annotations

from datetime import date

from tests.factories import MONDAY_0900, staff
from waterdesk.core.models import Report
from waterdesk.core.models.reports import Kind
from waterdesk.core.reports import asking, working
from waterdesk.core.reports.working import Made

OCTOBER = date(2026, 10, 15)


def asked(*, kind=Kind.MONTH, day=OCTOBER, area="company", by=None, at=MONDAY_0900):
    return asking.ask(kind, day, area, by=by or staff("supervisor"), at=at)


def made_of(figures=None, pdf=b"%PDF-", xlsx=b"PK"):
    """A maker of these files."""

    def make(_report, _progress):
        return Made(figures or {}, lambda file: file.write(pdf), lambda file: file.write(xlsx))

    return make


def finished(at=MONDAY_0900, make=None, **over):
    """A report that was made."""
    report = asked(at=at, **over)
    working.work(at, make or made_of())
    return Report.objects.get(pk=report.pk)
