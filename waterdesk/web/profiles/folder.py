"""The files of a profile: read, and laid over those of the seeds. Nothing is written to the desk.

Every refusal is a SeedError naming the file, and the line or the row in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from applications.catalogue.faults import BadDefinition
from applications.catalogue.lines import line_of
from applications.catalogue.reading import parse
from waterdesk.core.overlay import KEYS, OverlayError, key_of, lay, lay_rows
from waterdesk.core.seeding import SeedError

ABOUT = "profile.json"
SERVICES = "services"
UTILITY = "utility"


@dataclass(frozen=True)
class Profile:
    """What one folder says: `rows` by the name of the file, `services` by their code."""

    code: str
    name: str
    source: str
    changes: str
    rows: dict[str, Any]
    services: dict[str, Any]
    texts: dict[str, str]

    def where(self, file: str) -> str:
        return f"profiles/{self.code}/{file}.json"


@dataclass(frozen=True)
class Merged:
    """The seeds with a profile over them; `services` are the texts of those that differ."""

    rows: dict[str, Any]
    services: dict[str, str]


def codes(seeds: Path) -> list[str]:
    return sorted(path.parent.name for path in (seeds / "profiles").glob(f"*/{ABOUT}"))


def read_all(seeds: Path) -> dict[str, Profile]:
    return {code: read(seeds, code) for code in codes(seeds)}


def read(seeds: Path, code: str) -> Profile:
    """The profile of this code. Raises SeedError: none such, a broken or an unknown file."""
    there = codes(seeds)
    if code not in there:
        raise SeedError(f"no profile “{code}”; there are: {', '.join(there) or 'none'}")
    home = seeds / "profiles" / code
    found: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for path in sorted(home.rglob("*.json")):
        name = path.relative_to(home).with_suffix("").as_posix()
        texts[name] = path.read_text(encoding="utf-8")
        found[name] = _json(f"profiles/{code}/{name}.json", texts[name])
    about = found.pop(ABOUT.removesuffix(".json"))
    services = {
        name.removeprefix(f"{SERVICES}/"): found.pop(name)
        for name in list(found)
        if name.startswith(f"{SERVICES}/")
    }
    if strange := sorted(set(found) - set(KEYS) - {UTILITY}):
        raise SeedError(f"profiles/{code}/{strange[0]}.json: a profile has no such file")
    return Profile(code, *_about(code, about), found, services, texts)


def _about(code: str, about: Any) -> Iterator[str]:
    for name in ("name", "source", "changes"):
        value = about.get(name) if isinstance(about, dict) else None
        if not isinstance(value, str) or not value.strip():
            raise SeedError(f"profiles/{code}/{ABOUT}: “{name}” is missing")
        yield value


def _json(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        raise SeedError(f"{where} line {fault.lineno}: {fault.msg}") from fault


# --- laid over the seeds --------------------------------------------------------------------------
def merged(seeds: Path, profile: Profile) -> Merged:
    """The seeds as this profile has them. What the rows say is the loader's to check."""
    base = {
        name: _json(f"{name}.json", (seeds / f"{name}.json").read_text(encoding="utf-8"))
        for name in (UTILITY, *KEYS)
    }
    rows = {}
    for name, there in base.items():
        patch = profile.rows.get(name)
        try:
            if patch is None:
                rows[name] = there
            elif name == UTILITY:
                rows[name] = lay(there, _utility(patch, there))
            else:
                rows[name] = lay_rows(there, patch, KEYS[name])
        except OverlayError as fault:
            raise SeedError(f"{profile.where(name)} {fault}") from fault
    rows["areas"] = _parents_first(rows["areas"], profile)
    services = {code: _service(seeds, profile, code) for code in profile.services}
    return Merged(rows, services)


def _utility(patch: Any, there: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(patch, dict):
        raise OverlayError("this should be an object { … }")
    if strange := sorted(set(patch) - set(there)):
        raise OverlayError(f"nobody knows “{strange[0]}”; known: {', '.join(there)}")
    return patch


def _parents_first(rows: list[dict[str, Any]], profile: Profile) -> list[dict[str, Any]]:
    """The loader finds the area above each that it reads."""
    placed: dict[str, dict[str, Any]] = {}
    left = list(rows)
    while left:
        ready = [row for row in left if row.get("parent") is None or row["parent"] in placed]
        if not ready:
            row = left[0]
            known = {each["code"] for each in rows}
            fault = "stands under itself" if row["parent"] in known else "is not there"
            raise SeedError(
                f"{profile.where('areas')} {row['code']}: its parent “{row['parent']}” {fault}"
            )
        placed |= {row["code"]: row for row in ready}
        left = [row for row in left if row["code"] not in placed]
    return list(placed.values())


def _service(seeds: Path, profile: Profile, code: str) -> str:
    """The definition with the patch over it, as text; refused where it could not work."""
    name = f"{SERVICES}/{code}"
    where, patch = profile.where(name), profile.services[code]
    path = seeds / f"{name}.json"
    there = _json(f"{name}.json", path.read_text(encoding="utf-8")) if path.exists() else {}
    if there and isinstance(patch, dict) and "messages" in patch:
        raise SeedError(f"{where}: the texts of a service that is there go into messages.json")
    try:
        text = json.dumps(lay(there, patch), ensure_ascii=False, indent=2)
        if (said := parse(text).code) != code:
            raise SeedError(f"{where}: its code is “{said}”")
    except OverlayError as fault:
        raise SeedError(f"{where} {fault}") from fault
    except BadDefinition as fault:
        line = line_of(profile.texts[name], fault.path[:1])
        place = "".join(f" {part}" for part in fault.path)
        raise SeedError(f"{where} line {line},{place}: {fault.message}") from fault
    return text


# --- what profiles speak of -----------------------------------------------------------------------
def spoken_of(profiles: dict[str, Profile], name: str) -> set[str]:
    """The keys of the rows of this file that some profile says something of."""
    return {
        key_of(row, KEYS[name])
        for profile in profiles.values()
        for row in profile.rows.get(name, ())
    }
