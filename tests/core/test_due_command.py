"""`manage.py due`: lines in, lines out, with no database and no server behind it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
CALENDAR = {"weekly": {"mon": [["08:30", "12:00"], ["13:30", "18:00"]]}}
ASKED = {"calendar": CALENDAR, "start": "2026-03-02T11:00"}
QUESTION = json.dumps(ASKED | {"amount": "0.5d"}).encode()
DUE = {"due": "2026-03-02T16:30:00+08:00"}

# No name of these servers resolves, and no broker listens: whoever asks them would fail.
UNREACHABLE = {
    "DATABASE_URL": "postgres://nobody@database.invalid:5432/nothing",
    "REDIS_URL": "redis://broker.invalid:6379/0",
}


def answers(*questions: bytes) -> list[dict]:
    out = io.StringIO()
    call_command("due", stdin=io.BytesIO(b"\n".join(questions)), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def due_process() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "due"],
        cwd=ROOT,
        env={**os.environ, **UNREACHABLE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_each_line_is_answered_in_order() -> None:
    elapsed = json.dumps(ASKED | {"end": "2026-03-02T14:00"}).encode()
    assert answers(QUESTION, elapsed, QUESTION) == [DUE, {"elapsed_minutes": 90}, DUE]


def test_a_bad_line_is_answered_with_its_error_and_the_next_is_answered_too() -> None:
    bad, good = answers(b'{"amount": "1d"', QUESTION)
    assert bad.keys() == {"error"}
    assert good == DUE


def test_blank_lines_are_skipped() -> None:
    assert answers(b"", b"  \r", QUESTION, b"") == [DUE]


def test_lines_of_windows_with_a_byte_order_mark_are_read() -> None:
    assert answers(b"\xef\xbb\xbf" + QUESTION + b"\r") == [DUE]


@pytest.mark.slow
def test_it_needs_no_database_and_no_broker() -> None:
    process = due_process()
    out, err = process.communicate(b"nonsense\n" + QUESTION, timeout=60)
    assert [json.loads(line).keys() for line in out.splitlines()] == [{"error"}, {"due"}]
    assert (process.returncode, err) == (0, b"")


@pytest.mark.slow
def test_an_answer_comes_before_the_next_question_is_asked() -> None:
    with due_process() as process:
        process.stdin.write(QUESTION + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == DUE
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    with due_process() as process:
        process.stdin.write(QUESTION + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(QUESTION + b"\n")
        process.stdin.close()
        assert (process.wait(timeout=60), process.stderr.read()) == (0, b"")
