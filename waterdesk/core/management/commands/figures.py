"""`manage.py figures`: check the stored figures against the record, or make them anew."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from waterdesk.core.figures import checking, folding, rebuilding


class Command(BaseCommand):
    help = "Compare the figures with what the record gives, or make them anew from the clocks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "action", nargs="?", choices=["rebuild", "fold"],
            help="rebuild: every fact from its clock, and all sums; fold: add up what waits",
        )  # fmt: skip
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 naming what differs"
        )
        days = parser.add_mutually_exclusive_group()
        days.add_argument("--day", type=date.fromisoformat, help="cases touched on this day")
        days.add_argument("--since", type=date.fromisoformat, help="from this day on")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"] == bool(options["action"]):
            raise CommandError("figures --check [--day D | --since D], or figures rebuild | fold")
        if options["action"] == "fold":
            self.stdout.write(f"figures: {folding.fold()} deltas added up")
        elif options["action"] == "rebuild":
            self.stdout.write(f"figures: {rebuilding.rebuild()} facts written, all sums anew")
        else:
            self._check(options["day"], options["since"])

    def _check(self, day: date | None, since: date | None) -> None:
        today = timezone.localdate()
        begins = day or since or today - timedelta(days=1)
        found = checking.check(begins, day or today)
        for difference in found.differences:
            self.stdout.write(str(difference))
        if found.unsaid:
            self.stdout.write(f"{found.unsaid} cases are older than what the record tells")
        if found.differences:
            sys.exit(1)
        self.stdout.write(f"figures: {found.cases} cases, every figure is what the record gives")
