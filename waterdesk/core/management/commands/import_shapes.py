"""`manage.py import_shapes FILE`: polygons of areas from GeoJSON, all of them or none."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from waterdesk.core.models import Area
from waterdesk.core.places import shapes
from waterdesk.database.acting import acting


class Command(BaseCommand):
    help = "Bring the polygons of areas up to date from a file. --check shows what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="look at it, write nothing")

    @acting("command:import_shapes")
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            file = json.loads(options["file"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise CommandError(str(fault)) from fault
        drawn, faults = shapes.read(file, {area.code: area for area in Area.objects.all()})
        for each in drawn:
            self.stdout.write(f"{each.area.code} {each.area}: {each.square_km:.2f} km²")
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults, nothing was written")
        if options["check"]:
            return
        try:
            with transaction.atomic():
                fresh = shapes.write(drawn, update=True)
        except shapes.ShapeError as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"shapes: {fresh} new, {len(drawn) - fresh} changed")
