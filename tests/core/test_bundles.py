"""Bundles for an auditor, and what the script that comes with them finds: ten manipulations."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.core import forging
from tests.core.forging import KEY, THURSDAY, change, two_days
from tests.factories import MINUTE, open_ticket, staff
from waterdesk.core.errors import Invalid, NotAllowed, NotFound
from waterdesk.core.models import Case, Disclosure, Event
from waterdesk.core.sealing import bundles, nightly, outside, signing, verify_bundle
from waterdesk.core.sealing.bundles import Scope

OTHER_KEY = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
WHOLE = Scope()
Forge = Callable[[list[Case]], None]


@pytest.fixture
def opened(db, settings, tmp_path):
    settings.SEALS_DIR, settings.RECORD_KEY = tmp_path / "seals", KEY
    return two_days()


@pytest.fixture
def taken(tmp_path):
    """Takes a bundle; what comes back are the faults that the script finds in it."""

    def take(scope: Scope = WHOLE, edit: Callable[[dict[str, bytes]], None] = dict) -> list[str]:
        path = tmp_path / "bundle.zip"
        path.write_bytes(edited(bundle(scope), edit))
        return list(verify_bundle.faults(str(path), signing.public_key()))

    return take


def bundle(scope: Scope) -> bytes:
    out = io.BytesIO()
    bundles.export(out, scope, "年度审计", actor=staff("admin"), now=THURSDAY)
    return out.getvalue()


def edited(content: bytes, edit: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    edit(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        [new.writestr(name, text) for name, text in files.items()]
    return out.getvalue()


def line_edited(name: str, place: int, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    """Somebody types over what one line of a file says, and signs nothing."""

    def edit(files: dict[str, bytes]) -> None:
        lines = files[name].decode().splitlines(keepends=True)
        assert old in lines[place]
        lines[place] = lines[place].replace(old, new, 1)
        files[name] = "".join(lines).encode()

    return edit


def replaced(files: dict[str, bytes]) -> None:
    """A manifest that fits what was changed, signed with a key of the forger's own."""
    line_edited("events.jsonl", 0, '"logged"', '"closed"')(files)
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["events.jsonl"] = sha256(files["events.jsonl"]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()


def lines_of(content: bytes, name: str) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        return [json.loads(line) for line in read.read(name).splitlines()]


@pytest.mark.parametrize(
    "scope",
    [
        Scope(),
        Scope(since=date(2026, 11, 17)),
        Scope(until=date(2026, 11, 16)),
        Scope(since=date(2026, 11, 16), until=date(2026, 11, 16)),
    ],
)
def test_a_sound_bundle_has_no_faults(opened, taken, scope):
    open_ticket(at=THURSDAY - MINUTE, phone="13900000007", address="城东区朝阳路 77 号")
    assert taken(scope) == []


def test_a_sound_bundle_of_one_case_proves_that_it_is_under_the_seals(opened, taken):
    assert taken(Scope(case=opened[0].number)) == []
    lines = lines_of(bundle(Scope(case=opened[0].number)), "events.jsonl")
    assert {line["said"][0] for line in lines} == {opened[0].number}
    assert sum("proof" in line for line in lines) == opened[0].version


# The ten that an outside reader must find with nothing but the bundle and the script.
NOT_AS_SEALED = "seal of 2026-11-16: does not fit its events"
TEN: dict[str, tuple[Forge, str]] = {
    "a changed value": (change("data", '{"note": "别的"}'), "{0}#2: was changed"),
    "a changed time": (change("at", "2026-11-15T00:00:00Z"), "{0}#2: was changed"),
    "a changed actor": (change("actor", "somebody"), "{0}#2: was changed"),
    "one deleted in the middle": (
        forging.delete_in_the_middle, "{0}#3: does not follow the event before it",
    ),
    "the last one deleted": (forging.delete_the_last, "{0}: does not end with event"),
    "a whole case deleted": (forging.delete_a_whole_case, NOT_AS_SEALED),
    "one put in between": (forging.insert, "{0}#4: does not follow the event before it"),
    "two swapped": (forging.swap, "{0}#2: was changed"),
    "a case rechained after a change": (forging.rechain, NOT_AS_SEALED),
    "a forged seal": (forging.reseal_a_day, "seal of 2026-11-17: does not follow the seal"),
}  # fmt: skip


@pytest.mark.parametrize("named", TEN)
def test_each_of_ten_manipulations_is_found_by_the_script_alone(opened, taken, named):
    forge, said = TEN[named]
    forge(opened)
    assert any(fault.startswith(said.format(opened[0].number)) for fault in taken())


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (line_edited("events.jsonl", 0, '"logged"', '"closed"'), "#1: was changed"),
        (line_edited("events.jsonl", 1, "+00:00", "+08:00"), "was changed"),
        (line_edited("seals.jsonl", 0, '"count":', '"count":1'), "seal of 2026-11-16: was changed"),
        (line_edited("heads.jsonl", 0, ",", ",1"), "does not end with event"),
        (line_edited("manifest.json", 0, "{", "{ "), "manifest: the signature is not by the key"),
        (lambda files: files.update({"manifest.sig": b""}), "manifest: the signature is not"),
        (replaced, "manifest: the signature is not by the key"),
    ],
)
def test_what_was_typed_over_in_a_bundle_is_found(opened, taken, edit, said):
    assert any(said in fault for fault in taken(edit=edit))


def test_a_bundle_signed_anew_by_somebody_else_is_not_by_the_desks_key(opened, taken, settings):
    """Everything in the database made to fit, and a bundle of it with another key."""
    published = signing.public_key()
    forging.reseal_everything(opened)
    settings.RECORD_KEY = OTHER_KEY
    out = bundle(Scope())
    settings.RECORD_KEY = KEY
    assert signing.public_key() == published
    assert "manifest: the signature is not by the key" in taken(
        edit=lambda files: files.update(
            {name: zipfile.ZipFile(io.BytesIO(out)).read(name) for name in files}
        )
    )


def test_seals_all_made_anew_do_not_fit_those_kept_elsewhere(opened, tmp_path):
    kept = tmp_path / "from-messages.jsonl"
    kept.write_bytes(outside.path().read_bytes())
    outside.path().unlink()
    forging.reseal_everything(opened)
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle(Scope()))
    assert "seal of 2026-11-16: is not the one kept elsewhere" in list(
        verify_bundle.faults(str(path), signing.public_key(), str(kept))
    )


def test_one_event_of_a_case_that_is_not_under_its_seal_is_found(opened, taken):
    forging.rechain(opened)
    assert NOT_AS_SEALED in taken(Scope(case=opened[0].number))


def test_the_script_in_the_bundle_runs_on_python_alone(opened, tmp_path):
    """-I -S: neither our packages nor those of the machine."""
    (tmp_path / "b.zip").write_bytes(bundle(Scope()))
    with zipfile.ZipFile(tmp_path / "b.zip") as read:
        (tmp_path / "verify_bundle.py").write_bytes(read.read("verify_bundle.py"))
    command = [sys.executable, "-I", "-S", "verify_bundle.py", "b.zip", signing.public_key()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "sound")
    (tmp_path / "b.zip").write_bytes(
        edited((tmp_path / "b.zip").read_bytes(), line_edited("events.jsonl", 0, ":", ": "))
    )
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        1, "events.jsonl: is not the file that was signed\n",
    )  # fmt: skip


# --- who may, and that it is recorded ------------------------------------------------------
def test_taking_a_case_is_a_line_of_its_record_and_taking_a_period_one_of_the_list(opened):
    bundle(Scope(case=opened[0].number))
    event = opened[0].events.latest("seq")
    assert (event.action, event.data["reason"]) == ("record_exported", "年度审计")
    bundle(Scope())
    assert list(Disclosure.objects.values_list("case", "reason").order_by("id")) == [
        (opened[0].number, "年度审计"),
        ("", "年度审计"),
    ]


@pytest.mark.parametrize(
    ("role", "scope", "reason", "refusal"),
    [
        ("supervisor", Scope(), "审计", NotAllowed),
        ("lead", Scope(), "审计", NotAllowed),
        ("admin", Scope(), "  ", Invalid),
        ("admin", Scope(case="G000"), "审计", NotFound),
    ],
)
def test_who_may_not_or_does_not_say_why_is_refused(opened, role, scope, reason, refusal):
    with pytest.raises(refusal):
        bundles.export(io.BytesIO(), scope, reason, actor=staff(role), now=THURSDAY)
    assert not Disclosure.objects.exists()


def test_without_a_key_there_is_no_bundle(opened, settings):
    settings.RECORD_KEY = ""
    with pytest.raises(signing.NoKeyError):
        bundle(Scope())


def test_the_command_writes_the_bundle_and_says_by_which_key(opened, tmp_path, capsys):
    staff("admin", name="chief")
    out = tmp_path / "audit.zip"
    call_command("record", "export", str(out), "--by", "chief", "--reason", "审计")
    said = capsys.readouterr().out
    assert f"{Event.objects.count()} events, key {signing.public_key()}" in said
    assert list(verify_bundle.faults(str(out))) == []


@pytest.mark.parametrize(
    "more",
    [
        ("--by", "nobody"),
        ("--by", "boss"),
        ("--by", "chief", "--case", "G000"),
        ("--by", "chief", "--case", "G000", "--since", "2026-11-01"),
    ],
)
def test_the_command_leaves_no_file_when_it_is_refused(opened, tmp_path, more):
    staff("admin", name="chief")
    staff("supervisor", name="boss")
    with pytest.raises(CommandError):
        call_command("record", "export", str(tmp_path / "x.zip"), "--reason", "审计", *more)
    assert not list(tmp_path.glob("x.zip*"))


def test_the_desk_of_a_new_key_signs_what_the_script_believes(db, settings, capsys):
    call_command("record", "key")
    secret, public = (
        line.split("=")[-1].split(": ")[-1] for line in capsys.readouterr().out.split("\n")[:2]
    )
    settings.RECORD_KEY = secret
    assert verify_bundle.genuine(public, signing.sign(b"x"), b"x")
    assert nightly.seal(THURSDAY) == 0
