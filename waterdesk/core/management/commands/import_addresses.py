"""`manage.py import_addresses FILE`: the address book from CSV or Excel, every row looked at."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waterdesk.core.errors import Invalid
from waterdesk.core.places import book

# Rows between two words of progress.
EVERY = 10_000


class Command(BaseCommand):
    help = "Bring the address book up to date from a file. --check shows what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="look at every row, write nothing")
        parser.add_argument("--skip", action="store_true", help="leave out the rows at fault")

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing is written while a row is at fault, unless --skip leaves those out."""
        try:
            report = book.check(options["file"])
        except (Invalid, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self._show(report)
        if options["check"]:
            return
        if report.wrong and not options["skip"]:
            raise CommandError(f"{report.wrong} rows at fault, nothing was written (see --skip)")
        told = 0
        for done in book.load(options["file"]):
            if done.rows - told >= EVERY:
                told = done.rows
                self.stdout.write(f"{done.rows} / {report.rows}")
        self.stdout.write(f"addresses: {report.right} written, {report.wrong} left out")

    def _show(self, report: book.Report) -> None:
        for row in report.sample:
            where = "" if row.lat is None else f" {row.lat:.6f},{row.lon:.6f}"
            self.stdout.write(f"{row.area.code}: {row.text}{where} {row.kind}".rstrip())
        for fault in report.faults:
            self.stderr.write(f"line {fault.line}: {fault.words}")
        self.stdout.write(f"{report.rows} rows: {report.right} right, {report.wrong} at fault")
