"""Reports over a million judged clocks: seconds of a month's PDF; a workbook of 100,000 rows.

The workbook is written by a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any

ROWS = 100_000
YEARS = timedelta(days=700)  # what figures.lay covers, all but its edges


def run() -> None:
    from django.utils import timezone

    from tests.bench import figures, laying
    from tests.notifications import processes
    from waterdesk.core import periods

    figures.lay(laying.SIZE)
    last = timezone.localdate() - timedelta(days=40)
    month = _report(periods.month(last).since, periods.month(last).until)
    _print_paper(month)
    span = min(YEARS * (1.05 * ROWS / laying.SIZE), YEARS)
    many = _report(last - span, last)
    environment = os.environ | {"DATABASE_URL": processes.database_url()}
    called = [sys.executable, "-m", "tests.bench.reports", str(many.pk)]
    subprocess.run(called, env=environment, check=True)
    print(f"goal: below 5 s; {ROWS:,} rows below 15 s and 200 MB")


def _report(since: Any, until: Any) -> Any:
    from django.utils import timezone

    from waterdesk.core import policy
    from waterdesk.core.models import Report

    now = timezone.now()
    root = policy.current().root
    return Report.objects.create(
        kind="month", since=since, until=until, area=root, version=1, at=now
    )


def _print_paper(report: Any) -> None:
    from waterdesk.web.reports import making

    for name in ("first in the process", "again"):
        with TemporaryFile() as file:
            begun = time.perf_counter()
            made = making.make(report, lambda _share: None)
            counted = time.perf_counter() - begun
            made.pdf(file)
            took = time.perf_counter() - begun
            size = file.tell()
        print(
            f"report: month as PDF, {name:22}{took:6.2f} s, of which counting {counted:.2f} s,"
            f" {size / 1024:,.0f} KB"
        )


def write_a_workbook(pk: int) -> None:
    """What the process of its own does."""
    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False
    from waterdesk.core.models import Report
    from waterdesk.web.reports import book, counting

    report = Report.objects.select_related("area").get(pk=pk)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with TemporaryFile() as file:
        begun, worked = time.perf_counter(), time.process_time()
        rows = book.write(report, counting.contents(report), report.at, file, lambda _written: None)
        took, worked = time.perf_counter() - begun, time.process_time() - worked
        size = file.tell()
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"report: Excel, {rows:,} rows of cases {took:6.2f} s, of which Python {worked:.2f} s,"
        f" {size / 1024 / 1024:.1f} MB, at most {held:.0f} MB of memory ({before:.0f} MB before)"
    )


if __name__ == "__main__":
    write_a_workbook(int(sys.argv[1]))
