"""Load the reference data of `seeds/`: for the core, the message texts, and a profile."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications import seeding as applications
from applications.fees import seeding as fees
from notifications import seeding as texts
from tickets import seeding as tickets
from waterdesk.core import seeding as core
from waterdesk.database.acting import acting
from waterdesk.web.profiles.loading import load as load_profile


class Command(BaseCommand):
    help = "Load reference data. What is missing is added; what the utility edited stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "seeds")
        parser.add_argument(
            "--update", action="store_true", help="overwrite what stands with what the files say"
        )

        parser.add_argument("--profile", help="a folder of seeds/profiles/ to lay over the seeds")
        parser.add_argument(
            "--check", action="store_true", help="say what a profile would change, change nothing"
        )

    @acting("command:load_seeds")
    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        if options["profile"]:
            self._profile(folder, options)
            return
        if options["check"]:
            raise CommandError("--check belongs to --profile")
        try:
            added = core.load(folder, update=options["update"])
            added["classes"] = applications.load(folder, update=options["update"])
            added["fees"] = fees.load(folder, update=options["update"])
            added["hotline"] = tickets.load(folder, update=options["update"])
            added["messages"] = texts.load(folder, update=options["update"]).created
        except (core.SeedError, texts.SeedError) as fault:
            raise CommandError(str(fault)) from fault
        told = ", ".join(f"{name} {count}" for name, count in added.items() if count)
        self.stdout.write(f"seeds: {told or 'nothing new'}")

    def _profile(self, folder: Path, options: dict[str, Any]) -> None:
        if options["update"]:
            raise CommandError("--update and --profile: one after the other")
        try:
            told = load_profile(folder, options["profile"], timezone.now(), check=options["check"])
        except core.SeedError as fault:
            raise CommandError(str(fault)) from fault
        for line in told:
            self.stdout.write(line)
        done = "would change" if options["check"] else "changed"
        self.stdout.write(f"profile {options['profile']}: {len(told)} {done}")
