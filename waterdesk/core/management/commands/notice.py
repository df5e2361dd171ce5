"""`manage.py notice`: a yearly holiday notice, looked at first and then put into force."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from waterdesk.core import notice_files, notices
from waterdesk.core.errors import DeskError
from waterdesk.database.acting import acting


class Command(BaseCommand):
    help = "Show what a holiday notice would change; with --apply put it into force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=f"JSON or iCal, or the word {notice_files.PACKAGE}")
        parser.add_argument("--calendar", required=True, help="the code of the work calendar")
        parser.add_argument("--year", type=int, help="needed for the package")
        parser.add_argument("--source", default="", help="where the notice is published")
        parser.add_argument("--apply", action="store_true", help="write it, and move the clocks")
        parser.add_argument(
            "--override", action="store_true", help="let the notice win over conflicting days"
        )

    @acting("command:notice")
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            notice = self._read(options)
            self._show(notices.plan(notice, options["calendar"]))
            if options["apply"]:
                self._apply(notice, options)
        except DeskError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _read(self, options: dict[str, Any]) -> notice_files.Notice:
        year, source = options["year"], options["source"]
        if options["file"] == notice_files.PACKAGE:
            if year is None:
                raise CommandError(f"{notice_files.PACKAGE}: say which year with --year")
            return notice_files.from_package(year, source)
        try:
            content = Path(options["file"]).read_bytes()
        except OSError as fault:
            raise CommandError(f"{options['file']}: {fault.strerror}") from fault
        return notice_files.read(content, year=year, source=source)

    def _show(self, planned: notices.Plan) -> None:
        self.stdout.write(f"{planned.calendar.code}: {planned.notice.year} {planned.notice.source}")
        for change in planned.changes:
            hours = " ".join("-".join(pair) for pair in change.windows) or "off"
            self.stdout.write(f"  {change.kind:8} {change.date} {change.name} {hours}")
        moved = certain = 0
        for found in notices.moves(planned):
            clock = found.clock
            if found.fault:
                self.stdout.write(f"  {clock.number} {clock.code}: {found.fault}")
            elif found.moved:
                was, due = found.stored["due_at"], found.replayed["due_at"]
                self.stdout.write(f"  {clock.number} {clock.code} {_local(was)} → {_local(due)}")
            moved += found.moved
            certain += found.stored["provisional"] and not found.replayed["provisional"]
        self.stdout.write(
            f"clocks that move {moved}, no longer provisional {certain}; "
            f"published until {planned.published_until}"
        )

    def _apply(self, notice: notice_files.Notice, options: dict[str, Any]) -> None:
        done = notices.apply(
            notice, options["calendar"], timezone.now(), override=options["override"]
        )
        clocks = done.clocks
        self.stdout.write(
            f"days {done.days}, clocks written {clocks.written}, moved {clocks.moved}"
        )
        for fault in clocks.faults:
            self.stdout.write(fault)


def _local(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
