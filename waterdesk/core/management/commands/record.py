"""`manage.py record`: the record checked, sealed, exported; rights and keys that guard it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, _SubParsersAction
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from waterdesk.core.errors import DeskError
from waterdesk.core.models.people import User
from waterdesk.core.sealing import bundles, checking, nightly, roles, seals, signing
from waterdesk.core.sealing.chains import Wanted


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date such as 2026-11-01") from None


class Command(BaseCommand):
    help = "Verify, seal or export the record; print the rights and keys that guard it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        verify = parts.add_parser("verify", help="name what was touched; exit 1 when anything was")
        verify.add_argument("--since", type=_day, help="cases and seals from this day on")
        verify.add_argument("--case", default="", help="this case alone")
        parts.add_parser("seal", help="seal the days that are over, as the worker does")
        parts.add_parser("key", help="a new key for RECORD_KEY, and its public key")
        rights = parts.add_parser("roles", help="the rights of the role that the desk works by")
        rights.add_argument("role")
        does = rights.add_mutually_exclusive_group()
        does.add_argument("--apply", action="store_true", help="grant and revoke them now")
        does.add_argument("--check", action="store_true", help="exit 1 naming what is too much")
        self._add_export(parts)

    def _add_export(self, parts: _SubParsersAction) -> None:
        export = parts.add_parser("export", help="a signed bundle that others can check")
        export.add_argument("out", type=Path)
        export.add_argument("--since", type=_day, help="recorded from this day on")
        export.add_argument("--until", type=_day, help="recorded up to this day")
        export.add_argument("--case", default="", help="this case alone")
        export.add_argument("--by", required=True, help="the administrator who takes it")
        export.add_argument("--reason", required=True, help="why; it is recorded")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['part']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        since = seals.bounds(options["since"])[0] if options["since"] else None
        wanted = Wanted(since, options["case"].strip().upper())
        self._fail(map(str, checking.everything(wanted, timezone.now())))
        self.stdout.write("record: sound")

    def _seal(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"sealed {nightly.seal(timezone.now())} days")

    def _key(self, options: dict[str, Any]) -> None:
        """Nothing is kept: it goes into the environment by hand."""
        secret = signing.new_key()
        self.stdout.write(f"RECORD_KEY={secret}\npublic key: {signing.public_key(secret)}")

    def _roles(self, options: dict[str, Any]) -> None:
        role = options["role"]
        if options["check"]:
            try:
                self._fail(roles.too_much(role))
            except LookupError:
                raise CommandError(f"there is no role {role}") from None
            self.stdout.write(f"{role}: can read the record and add to it, no more")
        elif options["apply"]:
            roles.apply(role)
            self.stdout.write(f"{role}: done")
        else:
            self.stdout.write("".join(f"{each};\n" for each in roles.statements(role)), ending="")

    def _export(self, options: dict[str, Any]) -> None:
        case = options["case"].strip().upper()
        if case and (options["since"] or options["until"]):
            raise CommandError("--case takes the whole case: no --since, no --until")
        actor = User.objects.filter(username=options["by"], is_active=True).first()
        if actor is None:
            raise CommandError(f"there is nobody called {options['by']}")
        scope = bundles.Scope(options["since"], options["until"], case)
        draft = options["out"].with_name(options["out"].name + ".part")
        try:
            with draft.open("wb") as out:
                count = bundles.export(
                    out, scope, options["reason"], actor=actor, now=timezone.now()
                )
            draft.rename(options["out"])
        except signing.NoKeyError:
            raise CommandError("RECORD_KEY is not set: see manage.py record key") from None
        except DeskError as refusal:
            raise CommandError(str(refusal.message)) from None
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(f"{options['out']}: {count} events, key {signing.public_key()}")

    def _fail(self, lines: Iterable[str]) -> None:
        """Name each on standard output, where a script finds them, and exit 1; nothing for none."""
        wrong = False
        for line in lines:
            wrong = True
            self.stdout.write(line)
        if wrong:
            sys.exit(1)
