"""`manage.py burdens --check`: the four zeros of every application anew from its record."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from applications.burdens.checking import differences, wrong_days


class Command(BaseCommand):
    help = "Compare the stored counters of burdens with what the record gives; writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", required=True, help="exit 1 naming what differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = False
        for found in differences():
            wrong = True
            said = f"{found.number} {found.column}: {found.stored} → {found.derived}"
            self.stdout.write(said)
        for day, area, service in wrong_days():
            wrong = True
            self.stdout.write(f"{day} area {area} {service}: not the sum of its applications")
        if wrong:
            sys.exit(1)
        self.stdout.write("burdens: every counter is what its record gives")
