"""Processes of our own that stand on the test database: what a worker or a web server would be."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PREAMBLE = """
import os, sys, time
from datetime import datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "waterdesk.settings"
import django
django.setup()
"""


def database_url() -> str:
    """The address of the test database, for a process that takes it for its own."""
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def start(code: str, *args: str, **environment: str) -> subprocess.Popen[str]:
    """Run `code` in a Python that sees the test database as its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + textwrap.dedent(code), *args],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url(), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def output(process: subprocess.Popen[str], seconds: float = 30) -> str:
    """What it printed; it must end by itself, and well."""
    said, _errors = process.communicate(timeout=seconds)
    assert process.returncode == 0
    return said
