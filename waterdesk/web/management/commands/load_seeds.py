"""Load the reference data of `seeds/`: for the core, the message texts, and a profile."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from applications import seeding as applications
from applications.fees import seeding as fees
from notifications import seeding as texts
from waterdesk.core import seeding as core


class Command(BaseCommand):
    help = "Load reference data. What is missing is added; what the utility edited stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "seeds")
        parser.add_argument(
            "--update", action="store_true", help="overwrite what stands with what the files say"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        try:
            added = core.load(folder, update=options["update"])
            added["classes"] = applications.load(folder, update=options["update"])
            added["fees"] = fees.load(folder, update=options["update"])
            added["messages"] = texts.load(folder, update=options["update"]).created
        except (core.SeedError, texts.SeedError) as fault:
            raise CommandError(str(fault)) from fault
        told = ", ".join(f"{name} {count}" for name, count in added.items() if count)
        self.stdout.write(f"seeds: {told or 'nothing new'}")
