"""What the worker does: take a report, have it made, keep its files, say that it is there.

Who takes one has a lease. A worker that is killed leaves a row whose lease ends, and the next one
begins anew; after TRIES it says that it could not be made. There is never half a file.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from waterdesk.core.models.reports import Report
from waterdesk.core.reports import files, subscribing
from waterdesk.core.reports.asking import UNFINISHED
from waterdesk.core.reports.files import Kept

log = logging.getLogger(__name__)

# More than a task may take: who has a report longer than this is gone.
LEASE = timedelta(minutes=5)
TRIES = 3
# After a fault it is tried again so much later. *chosen*
AGAIN = timedelta(minutes=1)
# Reports of so many days are counted again each night. *chosen*: a pause may be corrected within a
# week of its end, and a quarter is what a supervisor looks back at.
RECOUNTED = timedelta(days=92)

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker gives back: the figures as JSON, and who writes each of the two files."""

    figures: dict[str, Any]
    pdf: Callable[[BinaryIO], None]
    xlsx: Callable[[BinaryIO], None]


Maker = Callable[[Report, Progress], Made]


def work(now: datetime, make: Maker) -> int:
    """Make every report that waits; returns how many. Any number of workers may run it."""
    done = 0
    while report := _take(now):
        try:
            _make(report, make)
        except SoftTimeLimitExceeded:
            raise  # the lease ends, and the next one goes on
        except Exception:  # one report that cannot be made must not hold up the others
            log.exception("the report %s cannot be made", report.pk)
            _mine(report).update(taken_until=now + AGAIN)
            _give_up(report.pk, now)
        done += 1
    return done


def _take(now: datetime) -> Report | None:
    free = Q(taken_until=None) | Q(taken_until__lt=now)
    with transaction.atomic():
        rows = Report.objects.select_for_update(skip_locked=True, of=("self",))
        rows = rows.select_related("area").filter(UNFINISHED, free).order_by("pk")
        for report in rows[: TRIES + 1]:
            if report.tries >= TRIES:
                _give_up(report.pk, now)
                continue
            report.tries, report.progress, report.taken_until = report.tries + 1, 0, now + LEASE
            report.save(update_fields=["tries", "progress", "taken_until"])
            return report
    return None


def _give_up(pk: int, at: datetime) -> None:
    rows = Report.objects.filter(UNFINISHED, pk=pk, tries__gte=TRIES)
    rows.update(failed_at=at, taken_until=None)


def _mine(report: Report) -> Any:
    """The row while nobody else has taken it up meanwhile."""
    return Report.objects.filter(UNFINISHED, pk=report.pk, tries=report.tries)


def _make(report: Report, make: Maker) -> None:
    def progress(share: int) -> None:
        _mine(report).update(progress=min(share, 99))

    made = make(report, progress)
    pdf = files.keep(made.pdf, files.PDF)
    xlsx = files.keep(made.xlsx, files.XLSX)
    _finish(report, made.figures, pdf, xlsx)


def _finish(report: Report, figures: dict[str, Any], pdf: Kept, xlsx: Kept) -> None:
    """The row names both files and its readers are told, or neither."""
    now = timezone.now()
    with transaction.atomic():
        ended = _mine(report).update(
            made_at=now, taken_until=None, progress=100, figures=figures,
            pdf=pdf.digest, pdf_size=pdf.size, xlsx=xlsx.digest, xlsx_size=xlsx.size,
        )  # fmt: skip
        if ended:
            subscribing.tell(report, now)


def recount(now: datetime, count: Callable[[Report], int]) -> int:
    """Compare the newest version of each lately reported period with what is counted today.

    `count` returns how many figures differ. Returns how many reports do; files and hashes stay.
    """
    since = timezone.localdate(now) - RECOUNTED
    rows = Report.objects.filter(made_at__isnull=False, until__gte=since)
    newest: Iterable[Report] = (
        rows.select_related("area")
        .order_by("kind", "since", "area_id", F("version").desc())
        .distinct("kind", "since", "area_id")
    )
    differing = 0
    for report in newest:
        differs = count(report)
        Report.objects.filter(pk=report.pk).update(differs=differs, recounted_at=now)
        differing += bool(differs)
    return differing
