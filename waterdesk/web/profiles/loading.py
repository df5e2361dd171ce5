"""Loads a profile, on an empty desk and on one at work.

Rows and services that no profile speaks of are loaded as ever: what is missing is added, what the
utility edited stays. The others are made what this profile says, which is how going from one to
another, and back, changes what it should. Promises get versions from now on.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from applications import seeding as applications
from applications.catalogue.reading import parse
from applications.fees import seeding as fees
from notifications import seeding as texts
from notifications.models import Text
from waterdesk.core import policy, promise_losses, promise_rows
from waterdesk.core import seeding as core
from waterdesk.core.models import Promise
from waterdesk.core.overlay import KEYS, key_of
from waterdesk.core.promise_versions import Key, Versions, key_of_row
from waterdesk.core.seeding import SeedError
from waterdesk.web.profiles.folder import (
    UTILITY,
    Merged,
    Profile,
    merged,
    read,
    read_all,
    spoken_of,
)
from waterdesk.web.profiles.standing import differences, standing


class _Undo(Exception):
    """A dry run has seen what it wanted to see."""


def load(seeds: Path, code: str, now: datetime, *, check: bool = False) -> list[str]:
    """Load the seeds with the profile `code` over them; returns a line for all that changed.

    All or nothing; a second time changes nothing; with `check` nothing is changed at all. Raises
    SeedError naming the file and the row at fault.
    """
    read(seeds, code)
    profiles = read_all(seeds)
    told: list[str] = []
    try:
        with transaction.atomic():
            before = standing()
            _Loading(seeds, profiles, profiles[code], now).run()
            told = list(differences(before, standing()))
            if check:
                raise _Undo
    except _Undo:
        pass
    except (SeedError, texts.SeedError) as fault:
        said = str(fault)
        named = said if said.startswith("profiles/") else f"profiles/{code}: {said}"
        raise SeedError(named) from fault
    finally:
        policy.forget()
    return told


class _Loading:
    """One loading, in a transaction: the seeds as the profile has them, then what is spoken of."""

    def __init__(
        self, seeds: Path, profiles: dict[str, Profile], profile: Profile, now: datetime
    ) -> None:
        self.seeds, self.profiles, self.profile, self.now = seeds, profiles, profile, now
        self.merged = {each.code: merged(seeds, each) for each in profiles.values()}
        self.all: Merged = self.merged[profile.code]
        # The seeds' own texts of all services that any profile speaks of; new ones have none.
        self.base = {
            code: path.read_text(encoding="utf-8")
            for each in profiles.values()
            for code in each.services
            if (path := seeds / "services" / f"{code}.json").exists()
        }
        self.services = self.base | self.all.services

    def run(self) -> None:
        before = [promise_rows.row_of(each) for each in Promise.objects.select_related("ladder")]
        with TemporaryDirectory() as name:
            folder = Path(shutil.copytree(self.seeds, Path(name) / "seeds"))
            self._write_promises_and_rows(folder)
            applications.load(folder)
            fees.load(folder)
            texts.load(folder)
        self._overwrite()
        self._no_losses(before)

    def _write_promises_and_rows(self, folder: Path) -> None:
        """The promises with their versions first: what comes after finds them there."""
        versions = Versions(self._managed(), self.now)
        promises = list(versions.planned(self.all.rows["promises"]))
        of_services = {
            f"services/{code}.json": list(versions.planned(applications.promises_of(parse(text))))
            for code, text in self.services.items()
        }
        versions.end([*promises, *(row for rows in of_services.values() for row in rows)])
        for name, rows in (self.all.rows | {"promises": promises}).items():
            _write(folder / f"{name}.json", rows)
        for code, text in self.all.services.items():
            (folder / "services" / f"{code}.json").write_text(text, encoding="utf-8")
        core.load(folder)
        core.load_promises(of_services)

    def _managed(self) -> set[Key]:
        """The promises that some profile speaks of, by itself or in a service."""
        found = {
            key_of_row(row)
            for profile in self.profiles.values()
            for row in profile.rows.get("promises", ())
        }
        # A service that only another profile has goes on, and keeps its promises.
        laid = [
            text
            for each in self.merged.values()
            for code, text in each.services.items()
            if code in self.services
        ]
        for text in [*self.base.values(), *laid]:
            found |= {key_of_row(row) for row in applications.promises_of(parse(text))}
        return found

    def _overwrite(self) -> None:
        """What profiles speak of becomes what this one says."""
        rows: dict[str, Any] = {name: self._spoken(name) for name in ("calendars", "areas")}
        rows["reasons"] = [
            row | {"position": place}
            for place, row in enumerate(self.all.rows["reasons"])
            if key_of(row, KEYS["reasons"]) in spoken_of(self.profiles, "reasons")
        ]
        named = {name for each in self.profiles.values() for name in each.rows.get(UTILITY, {})}
        utility = self.all.rows[UTILITY]
        rows[UTILITY] = {name: utility[name] for name in named if name in utility}
        core.rewrite(rows)
        codes = {json.loads(key)[0] for key in spoken_of(self.profiles, "classes")}
        applications.rewrite(self.all.rows["classes"], codes, self.services.values())
        self._texts()

    def _spoken(self, name: str) -> list[dict[str, Any]]:
        keys = spoken_of(self.profiles, name)
        return [dict(row) for row in self.all.rows[name] if key_of(row, KEYS[name]) in keys]

    def _texts(self) -> None:
        """A text of the profile counts as edited: loading the seeds again leaves it alone."""
        texts.write(self._spoken("messages"), self.profile.where("messages"), update=True)
        base = json.loads((self.seeds / texts.FILE).read_text(encoding="utf-8"))
        ours = {key_of(row, KEYS["messages"]) for row in self.profile.rows.get("messages", ())}
        for row in base:
            if key_of(row, KEYS["messages"]) in ours:
                there = Text.objects.filter(key=row["key"], channel=row["channel"])
                there.update(seeded=texts.fingerprint_of(row))

    def _no_losses(self, before: list[Any]) -> None:
        """Refuse a profile under which some case would have no promise from now on."""
        after = [promise_rows.row_of(each) for each in Promise.objects.select_related("ladder")]
        known = promise_rows.known()
        if faults := promise_losses.losses(before, after, known, self.now):
            raise SeedError("\n".join(f"{self.profile.where('promises')} {f}" for f in faults))


def _write(path: Path, said: Any) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
