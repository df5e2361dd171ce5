"""`manage.py changes --check`: whether nobody touched the history of the configuration."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from waterdesk.core.history import checking
from waterdesk.core.models import ConfigChange


class Command(BaseCommand):
    help = "How many changes of the configuration are noted; --check looks for forged ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="name what is wrong, and fail")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"changes of the configuration: {ConfigChange.objects.count()}")
        if not options["check"]:
            return
        wrong = list(checking.faults())
        for line in wrong:
            self.stdout.write(line)
        if wrong:
            sys.exit(1)
        self.stdout.write("sound")
