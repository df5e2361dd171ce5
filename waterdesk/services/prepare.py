"""Bring a database up to this version: tables, reference data and, on a desk to try, the demo.

`python -m waterdesk.services.prepare`. May be repeated; what is there already stays. Prints "demo"
on standard output when the demo accounts exist.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, get_commands
from django.db import Error as DatabaseError
from django.db import transaction


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waterdesk.settings")
    try:
        django.setup()
        prepare()
    except (ImproperlyConfigured, CommandError, DatabaseError) as refusal:
        sys.exit(f"waterdesk: {refusal}".strip().replace("\n", " "))


def prepare() -> None:
    from django.contrib.auth import get_user_model

    commands = get_commands()
    call_command("migrate", interactive=False, verbosity=0)
    if "load_seeds" in commands:
        call_command("load_seeds", verbosity=0, stdout=sys.stderr)
    people = get_user_model().objects
    demo = os.environ.get("DEMO", "1") not in ("0", "false", "no", "off")
    if settings.DEBUG and demo and "load_demo" in commands and not people.exists():
        print("waterdesk: loading the demo data ...", file=sys.stderr, flush=True)
        with transaction.atomic():  # whole or not at all: a stop half-way leaves a fresh desk
            call_command("load_demo", verbosity=0, stdout=sys.stderr)
    if not settings.DEBUG and not _static_files_are_current():
        call_command("collectstatic", interactive=False, verbosity=0)
    if settings.DEBUG and people.filter(username="agent").exists():
        print("demo")


def _static_files_are_current() -> bool:
    """Whether no source is newer than the manifest; compressing them all takes seconds."""
    from django.contrib.staticfiles.finders import get_finders

    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    return not any(
        os.path.getmtime(storage.path(name)) > made
        for finder in get_finders()
        for name, storage in finder.list([])
    )


if __name__ == "__main__":
    main()
