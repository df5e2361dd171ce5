"""Settings: every one documented, defaults that are safe, refusals that name the variable."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.architecture import ROOT
from tests.servers import documented

# What the launcher reads, and not the settings.
OF_THE_LAUNCHER = {"HOST", "PORT", "WEB_WORKERS", "DEMO", "VAR_DIR"}
READERS = {"_text", "_choice", "_flag", "_number", "_list", "_url", "_networks"}

# Of these there are as many as there are subscribers; the example shows one.
NAMED_BY_THE_UTILITY = {"RESULTS_SECRET_BILLING", "CALLS_SECRET_MAIN"}


def read_by_the_settings() -> set[str]:
    tree = ast.parse((ROOT / "waterdesk/settings.py").read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in READERS
        and isinstance(call.args[0], ast.Constant)
    }


def settings(expression: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process, told nothing but `env`, makes of an expression on the settings."""
    code = f"from waterdesk import settings as s; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"} | env,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )


def test_the_example_lists_every_setting_and_no_other():
    assert documented() == read_by_the_settings() | OF_THE_LAUNCHER | NAMED_BY_THE_UTILITY


def test_without_anything_said_the_desk_is_not_in_debug():
    assert settings("s.DEBUG", SECRET_KEY="key").stdout.strip() == "False"


def test_without_anything_said_no_server_of_the_machine_is_used():
    shown = settings("s.DATABASES['default']['OPTIONS']['host'], s.REDIS_URL", SECRET_KEY="key")
    assert shown.stdout.strip() == "/DATABASE_URL-is-not-set unix:///REDIS_URL-is-not-set"


def test_a_pool_is_added_to_a_socket_and_does_not_replace_it():
    url = "postgresql://desk@/desk?host=/run/pg"
    shown = settings(
        "sorted(s.DATABASES['default']['OPTIONS'])", DEBUG="1", DATABASE_URL=url, DB_POOL="4"
    )
    assert shown.stdout.strip() == "['connect_timeout', 'host', 'pool']"


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://:secret@redis.example.com:6379/2", "redis://:secret@redis.example.com:6379/2"),
        ("unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock"),
    ],
)
def test_the_broker_is_told_the_same_address_in_its_own_words(url: str, broker: str):
    assert settings("s.CELERY_BROKER_URL", DEBUG="1", REDIS_URL=url).stdout.strip() == broker


def test_no_tick_outlives_its_period():
    shown = settings(
        "[name for name, t in s.CELERY_BEAT_SCHEDULE.items()"
        " if isinstance(t['schedule'], float) and t['options']['expires'] >= t['schedule']]",
        DEBUG="1",
    )
    assert shown.stdout.strip() == "[]"


def test_a_source_without_a_key_is_refused_by_name():
    done = settings("s.SOURCES", DEBUG="1", IDENTITY_URL="https://identity.example.com/query")
    assert "IDENTITY_KEY must be set when IDENTITY_URL is." in done.stderr


def test_without_anything_said_no_source_is_connected():
    shown = settings("{url for url, key in s.SOURCES.values()}", SECRET_KEY="key")
    assert shown.stdout.strip() == "{''}"


def test_a_command_refuses_a_setting_in_one_line():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": os.environ["PATH"], "VAR_DIR": "/nowhere", "DEBUG": "maybe"},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert done.stderr == "waterdesk: DEBUG must be true or false, not 'maybe'.\n"


def test_deadline_arithmetic_needs_no_key_and_no_server():
    done = subprocess.run(
        [sys.executable, "manage.py", "due"],
        env={"PATH": os.environ["PATH"], "VAR_DIR": "/nowhere"},
        cwd=ROOT,
        input="not a line of JSON\n",
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0
    assert done.stdout.startswith('{"error"')
