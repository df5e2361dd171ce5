"""Loads seeds/messages.json. What the utility has edited stays as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from notifications import texts
from notifications.models import Text

FILE = "messages.json"
_WRITTEN = ("subject", "body", "ttl", "secret", "notes", "seeded")


class SeedError(ValueError):
    """The file cannot be loaded; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many texts were new, changed, and left alone because the utility has edited them."""

    created: int
    updated: int
    kept: int


def load(folder: Path, *, update: bool = False) -> Loaded:
    """Create and update the texts of `folder`/messages.json; all of them or none.

    A text edited since it was loaded is kept unless `update`; one that was switched off stays off
    in any case, and one that left the file stays. Repeating it changes nothing. Two queries and
    up to two writes for any number of texts. Raises SeedError for an entry that cannot be used.
    """
    return write(_entries(folder / FILE), FILE, update=update)


def write(entries: list[dict[str, Any]], where: str, *, update: bool = False) -> Loaded:
    """The same for entries that stand in the file `where`."""
    return write_files({where: entries}, update=update)


@transaction.atomic
def write_files(files: Mapping[str, list[dict[str, Any]]], *, update: bool = False) -> Loaded:
    """The same for entries of several files, by their names, no text in two of them."""
    wanted: dict[tuple[str, str], Text] = {}
    for where, entries in files.items():
        wanted |= _read(entries, where)
    found = {(t.key, t.channel): t for t in Text.objects.select_for_update()}
    created = [text for name, text in wanted.items() if name not in found]
    updated, kept = [], 0
    for name in wanted.keys() & found.keys():
        text, there = wanted[name], found[name]
        if fingerprint(there) == text.seeded == there.seeded and there.notes == text.notes:
            continue
        if fingerprint(there) != there.seeded and not update:
            kept += 1
            continue
        for field in _WRITTEN:
            setattr(there, field, getattr(text, field))
        updated.append(there)
    Text.objects.bulk_create(created)
    Text.objects.bulk_update(updated, _WRITTEN)
    texts.forget()
    transaction.on_commit(texts.forget)
    return Loaded(len(created), len(updated), kept)


def fingerprint(text: Text) -> str:
    """What the wording is now; compared with what it was when it came from the seeds."""
    seconds = None if text.ttl is None else text.ttl.total_seconds()
    content = json.dumps([text.subject, text.body, seconds, text.secret], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def fingerprint_of(entry: dict[str, Any]) -> str:
    """The same of an entry of the file; SeedError for one that cannot be used."""
    return _text(FILE, entry).seeded


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise SeedError(f"{path}: {problem!r}") from problem
    if not isinstance(entries, list):
        raise SeedError(f"{path}: a list of texts is wanted")
    return entries


def _read(entries: list[dict[str, Any]], where: str) -> dict[tuple[str, str], Text]:
    found: dict[tuple[str, str], Text] = {}
    for entry in entries:
        text = _text(where, entry)
        if (text.key, text.channel) in found:
            raise SeedError(f"{where}: {text.key} on {text.channel} stands there twice")
        found[text.key, text.channel] = text
    return found


def _text(where: str, entry: dict[str, Any]) -> Text:
    try:
        minutes = entry.get("ttl_minutes")
        text = Text(
            key=entry["key"],
            channel=entry["channel"],
            subject=entry.get("subject", ""),
            body=entry["body"],
            ttl=None if minutes is None else timedelta(minutes=minutes),
            secret=entry.get("secret", False),
            notes=entry.get("source", ""),
        )
        text.clean_fields()
    except (AttributeError, KeyError, TypeError, ValidationError) as problem:
        raise SeedError(f"{where}: {entry}: {problem!r}") from problem
    text.seeded = fingerprint(text)
    return text
