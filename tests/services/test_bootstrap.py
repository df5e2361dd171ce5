"""The first step of `make run`: an environment that matches the pins, or one line."""

from __future__ import annotations

import ast
import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture import ROOT

# Debian's python3 without python3-venv.
WITHOUT_ENSUREPIP = "import sys, runpy; sys.modules['ensurepip'] = None; "
# A Python that is too old, on a machine with no other.
OLD = "import sys, runpy; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (default)'; "
GO = "sys.argv = ['bootstrap', 'run', '-V']; runpy.run_path(path, run_name='__main__')"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone with as much in it as the bootstrap reads."""
    services = tmp_path / "waterdesk/services"
    services.mkdir(parents=True)
    shutil.copy(ROOT / "waterdesk/services/bootstrap.py", services)
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def bootstrap(checkout: Path) -> dict[str, Any]:
    return runpy.run_path(str(checkout / "waterdesk/services/bootstrap.py"))


def run(checkout: Path, before: str) -> subprocess.CompletedProcess[str]:
    path = checkout / "waterdesk/services/bootstrap.py"
    code = f"{before}path = {str(path)!r}; {GO}"
    command = [sys.executable, "-S", "-c", code]
    return subprocess.run(
        command, env={"PATH": "/nowhere"}, capture_output=True, encoding="utf-8", timeout=20
    )


def installed(checkout: Path, *sets: str) -> None:
    """As if the bootstrap had installed these sets; the Python only repeats its arguments."""
    names = bootstrap(checkout)
    python = Path(names["PYTHON"])
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    Path(names["STAMP"]).write_text(json.dumps({name: names["digest"](name) for name in sets}))


def test_an_environment_that_matches_the_pins_is_used_as_it_is(checkout: Path):
    installed(checkout, "run")
    done = run(checkout, "import sys, runpy; ")
    assert (done.returncode, done.stdout, done.stderr) == (0, "-V\n", "")


def test_changed_pins_are_installed_again(checkout: Path):
    installed(checkout, "run", "dev")
    with (checkout / "requirements.txt").open("a") as pins:
        pins.write("# one more line\n")
    up_to_date = bootstrap(checkout)["up_to_date"]
    assert not up_to_date("run")
    assert up_to_date("dev")


def test_what_the_tests_need_is_not_there_with_what_the_desk_needs(checkout: Path):
    installed(checkout, "run")
    assert not bootstrap(checkout)["up_to_date"]("dev")


@pytest.mark.parametrize(
    ("had", "wanted", "got"),
    [
        ([], "run", ["run"]),
        ([], "bench", ["run", "dev", "bench"]),
        (["run", "dev"], "run", ["run", "dev"]),
        (["run", "dev", "bench"], "dev", ["run", "dev", "bench"]),
    ],
)
def test_who_has_had_a_larger_set_keeps_it(checkout: Path, had, wanted, got):
    installed(checkout, *had)
    names = bootstrap(checkout)
    (checkout / "var/log").mkdir(parents=True)
    names["install"](wanted)
    assert list(json.loads(Path(names["STAMP"]).read_text())) == got
    assert all(names["up_to_date"](name) for name in got)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("requirements.txt", "requirements-dev.txt"),
        ("requirements-dev.txt", "requirements-bench.txt"),
    ],
)
def test_a_larger_set_pins_what_the_smaller_one_does(smaller, larger):
    pins = [
        set(re.findall(r"^\S+==\S+", (ROOT / each).read_text(), re.M)) for each in (smaller, larger)
    ]
    assert pins[0] < pins[1]


def test_a_python_that_makes_no_environments_is_told_in_one_line(checkout: Path):
    done = run(checkout, WITHOUT_ENSUREPIP)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("waterdesk: this Python cannot make a virtual environment")
    assert len(done.stderr.splitlines()) == 1
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_told_in_one_line(checkout: Path):
    done = run(checkout, OLD)
    assert done.returncode == 1
    assert done.stderr == "waterdesk: needs Python 3.11 or newer; this is 3.9.2.\n"


def test_an_old_python_can_read_it_to_say_so(checkout: Path):
    text = (checkout / "waterdesk/services/bootstrap.py").read_text()
    ast.parse(text, feature_version=(3, 7))


def test_the_installer_is_pinned_with_its_hashes_and_nothing_else(checkout: Path):
    pins = (checkout / "requirements-dev.txt").read_text()
    pin = bootstrap(checkout)["UV_PIN"].search(pins).group()
    first, *hashes = pin.splitlines()
    assert first.startswith("uv==")
    assert len(hashes) > 5
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)
