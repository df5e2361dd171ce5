"""`manage.py recompute`: every clock anew from its start, its case's pauses and its calendar."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from waterdesk.core import policy
from waterdesk.core.readings import Scope
from waterdesk.core.recompute import differences, recompute


def _day(text: str) -> datetime:
    """The local midnight at which this date begins."""
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), time.min))
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date such as 2026-11-01") from None


class Command(BaseCommand):
    help = "Replay the open clocks and write what differs; with --check only say what does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=_day, help="look also at clocks stopped since this date (for --check)"
        )
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 when figures differ"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check(options["since"])
            return
        outcome = recompute(timezone.now())
        self.stdout.write(
            f"clocks {outcome.looked}, written {outcome.written}, moved {outcome.moved}"
        )
        self._fail(outcome.faults)

    def _check(self, since: datetime | None) -> None:
        wrong = []
        for found in differences(policy.current(), Scope(since=since)):
            name = f"{found.clock.number} {found.clock.code}"
            wrong += [f"{name}: {found.fault}"] if found.fault else []
            wrong += [
                f"{name} {field}: {_said(found.stored[field])} → {_said(found.replayed[field])}"
                for field in found.fields
            ]
        self._fail(wrong)
        self.stdout.write("clocks: every figure is what its replay gives")

    def _fail(self, lines: list[str]) -> None:
        """Name each on standard output, where a script finds them, and exit 1; nothing for none."""
        for line in lines:
            self.stdout.write(line)
        if lines:
            sys.exit(1)


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
