"""What the worker calls: the figures of a report, its two files, and whether they still hold."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone, translation

from waterdesk.core.models.reports import Report
from waterdesk.core.reports.working import Made, Progress
from waterdesk.web.reports import book, counting, paper, sheets
from waterdesk.web.reports.sheets import Difference

COUNTED, PRINTED, WRITTEN = 30, 50, 99


def make(report: Report, progress: Progress) -> Made:
    """Count, and say how each file is written. In the desk's own language, whoever asked."""
    at = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        contents = counting.contents(report)
        figures = sheets.as_json(contents.sheets)
    progress(COUNTED)

    def pdf(file: BinaryIO) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            file.write(paper.pdf(report, contents, figures, at))
        progress(PRINTED)

    def xlsx(file: BinaryIO) -> None:
        judged = contents["overall"].rows[0].values[0] or 1
        told = partial(_tell, progress, int(judged))
        with translation.override(settings.LANGUAGE_CODE):
            book.write(report, contents, at, file, told)

    return Made(figures, pdf, xlsx)


def _tell(progress: Progress, judged: int, written: int) -> None:
    progress(PRINTED + (WRITTEN - PRINTED) * min(written, judged) // judged)


def differences(report: Report) -> list[Difference]:
    """Where the figures of today are other than the report's, in the reader's language."""
    return sheets.differences(report.figures, counting.contents(report).sheets)


def differing(report: Report) -> int:
    return len(differences(report))
