"""The questions of `manage.py due` and their answers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from waterdesk.sla import lines

OFFICE = [["08:30", "12:00"], ["13:30", "18:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
FESTIVAL = [f"2026-02-{day}" for day in range(15, 24)]
CALENDAR = {"weekly": WEEK, "holidays": FESTIVAL, "extra_workdays": {"2026-02-14": OFFICE}}


def ask(**question: Any) -> dict[str, Any]:
    return lines.answer(json.dumps({"calendar": CALENDAR, "start": "2026-02-13T16:30"} | question))


@pytest.mark.parametrize(
    ("amount", "due"),
    [
        ("180m", "2026-02-14T10:00:00+08:00"),
        ("240m", "2026-02-14T11:00:00+08:00"),
        ("0.5d", "2026-02-14T11:00:00+08:00"),
        ("1.25d", "2026-02-24T09:00:00+08:00"),
        ("1wd", "2026-02-14T18:00:00+08:00"),
        ("3wd", "2026-02-25T18:00:00+08:00"),
        ("0m", "2026-02-13T16:30:00+08:00"),
        ("0d", "2026-02-13T16:30:00+08:00"),
        ("0wd", "2026-02-13T16:30:00+08:00"),
        ("0.5m", "2026-02-13T16:30:30+08:00"),
        ("0.000001d", "2026-02-13T16:30:00.028800+08:00"),
    ],
)
def test_an_amount_is_answered_with_the_due_time_in_the_calendars_zone(
    amount: str, due: str
) -> None:
    assert ask(amount=amount) == {"due": due}


@pytest.mark.parametrize(
    ("end", "minutes"),
    [
        ("2026-02-14T10:00", 180),
        ("2026-02-14T02:00:00Z", 180),
        ("2026-02-14T03:00:00+01:00", 180),
        ("2026-02-13T16:30:30", 0.5),
        ("2026-02-13T16:30", 0),
        ("2026-02-24T00:00", 570),
    ],
)
def test_an_end_is_answered_with_the_minutes_in_between(end: str, minutes: float) -> None:
    answer = ask(end=end)
    assert answer == {"elapsed_minutes": minutes}
    assert type(answer["elapsed_minutes"]) is type(minutes)


def test_pauses_move_the_due_time_and_are_not_elapsed() -> None:
    pauses = [["2026-02-13T17:00", "2026-02-14T09:00"], ["2026-02-13T17:30", "2026-02-13T17:45"]]
    assert ask(amount="180m", pauses=pauses) == {"due": "2026-02-14T11:30:00+08:00"}
    assert ask(end="2026-02-14T11:30", pauses=pauses) == {"elapsed_minutes": 180}


def test_a_pause_without_an_end_leaves_the_due_time_open() -> None:
    pauses = [["2026-02-13T17:00", None]]
    assert "a pause that has not ended" in ask(amount="180m", pauses=pauses)["error"]
    assert ask(amount="30m", pauses=pauses) == {"due": "2026-02-13T17:00:00+08:00"}
    assert ask(end="2026-02-24T11:30", pauses=pauses) == {"elapsed_minutes": 30}


def test_an_extra_workday_wins_over_a_holiday() -> None:
    short = {
        "weekly": WEEK,
        "holidays": FESTIVAL,
        "extra_workdays": {"2026-02-16": [["9:00", "10:00"]]},
    }
    assert ask(amount="120m", calendar=short) == {"due": "2026-02-16T09:30:00+08:00"}


def test_extra_workdays_without_windows_are_as_long_as_the_standard_day() -> None:
    mixed = WEEK | {"mon": [["09:00", "10:00"]]}
    listed = {"weekly": mixed, "holidays": FESTIVAL, "extra_workdays": ["2026-02-14"]}
    assert ask(amount="1.1875d", calendar=listed) == {"due": "2026-02-14T18:00:00+08:00"}


def test_a_calendar_may_close_at_24_and_read_seconds() -> None:
    late = {"weekly": {"fri": [["22:00:30", "24:00"]], "sat": [["00:00", "00:30"]]}}
    assert ask(amount="120m", calendar=late) == {"due": "2026-02-14T00:00:30+08:00"}
    assert ask(amount="1wd", calendar=late) == {"due": "2026-02-14T00:30:00+08:00"}


def test_a_time_without_an_offset_is_wall_time_in_the_calendars_zone() -> None:
    always = {day: [["00:00", "24:00"]] for day in (*WEEK, "sat", "sun")}
    new_york = {"weekly": always, "tz": "America/New_York"}
    assert ask(calendar=new_york, start="2026-03-07T12:00", amount="1440m") == {
        "due": "2026-03-08T13:00:00-04:00"
    }
    assert ask(calendar=new_york, start="2026-11-01T01:30", end="2026-11-01T02:00") == {
        "elapsed_minutes": 90
    }


def test_equal_calendars_are_shared() -> None:
    lines._calendar.cache_clear()
    ask(amount="1d")
    ask(amount="2d", calendar=dict(reversed(CALENDAR.items())))
    assert lines._calendar.cache_info().misses == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({}, "either an amount or an end"),
        ({"amount": "1d", "end": "2026-02-14T10:00"}, "either an amount or an end"),
        ({"amount": "1d", "limit": 3}, "the line: 'limit' is not one of calendar, start"),
        ({"amount": "-5m"}, "'-5m' is not an amount such as 240m"),
        ({"amount": "5"}, "not an amount"),
        ({"amount": "1e3m"}, "not an amount"),
        ({"amount": "٣d"}, "not an amount"),
        ({"amount": 5}, "5 is not an amount"),
        ({"amount": "1.5wd"}, "whole"),
        ({"amount": "999999999999m"}, "at most 1000000000"),
        ({"amount": "1000000000d"}, "too little opening time"),
        ({"amount": "1d", "start": "yesterday"}, "start: 'yesterday' is not a time"),
        ({"amount": "1d", "start": 20260213}, "start: 20260213 is not a time"),
        ({"amount": "1d", "start": None}, "start: None is not a time"),
        ({"amount": "1d", "start": "0001-01-01T00:00"}, "no counterpart in UTC"),
        ({"amount": "0m", "start": "1850-01-01T00:00"}, "only the years 1900 to 2199"),
        ({"end": "2026-02-12T10:00"}, "before the start"),
        ({"end": "2026-02-30T10:00"}, "end: '2026-02-30T10:00' is not a time"),
        ({"amount": "1d", "pauses": "none"}, "pauses: a list is wanted"),
        ({"amount": "1d", "pauses": [["2026-02-13T17:00"]]}, "a pause is .from, to."),
        ({"amount": "1d", "pauses": [[None, None]]}, "pause: None is not a time"),
        ({"amount": "1d", "pauses": [["2026-02-14", "2026-02-13"]]}, "ends before"),
        ({"amount": "1d", "calendar": None}, "calendar: an object is wanted"),
        ({"amount": "1d", "calendar": {}}, "empty"),
        ({"amount": "1d", "calendar": {"weekly": []}}, "weekly: an object is wanted"),
        ({"amount": "1d", "calendar": {"weekly": {"monday": OFFICE}}}, "'monday' is not one of"),
        ({"amount": "1d", "calendar": {"weekly": {"mon": ["09:00"]}}}, "mon: a window is"),
        ({"amount": "1d", "calendar": {"weekly": {"mon": [["9", "12:00"]]}}}, "mon: '9' is not a"),
        (
            {"amount": "1d", "calendar": {"weekly": {"mon": [["09:00", "24:01"]]}}},
            "mon: 09:00-24:01",
        ),
        (
            {"amount": "1d", "calendar": {"weekly": {"mon": [["22:00", "06:00"]]}}},
            "mon: 22:00-06:00",
        ),
        (
            {"amount": "1d", "calendar": {"weekly": {"mon": [*OFFICE, ["11:00", "14:00"]]}}},
            "mon: 11:00-14:00 overlaps",
        ),
        ({"amount": "1d", "calendar": CALENDAR | {"tz": "Asia/Shangai"}}, "'Asia/Shangai' is not"),
        ({"amount": "1d", "calendar": CALENDAR | {"tz": 8}}, "tz is the name"),
        ({"amount": "1d", "calendar": CALENDAR | {"year": 2026}}, "calendar: 'year' is not one of"),
        ({"amount": "1d", "calendar": CALENDAR | {"holidays": ["1 May"]}}, "'1 May' is not a date"),
        ({"amount": "1d", "calendar": CALENDAR | {"holidays": {}}}, "holidays: a list is wanted"),
        (
            {"amount": "1d", "calendar": CALENDAR | {"extra_workdays": 1}},
            "extra_workdays: an object",
        ),
        (
            {"amount": "1d", "calendar": CALENDAR | {"extra_workdays": {"2026-02-14": []}}},
            "extra_workdays: 2026-02-14 has no opening window",
        ),
    ],
)
def test_what_cannot_be_answered_is_named(question: dict, words: str) -> None:
    answer = ask(**question)
    assert answer.keys() == {"error"}
    assert re.search(words, answer["error"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "not JSON"),
        (b"\xff\xff", "not JSON"),
        (b"null", "the line: an object is wanted"),
        (b"[]", "the line: an object is wanted"),
        (b"[" * 5_000, "nested too deep"),
        (b'{"end": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"amount": "1d", "start": "2026-02-13T16:30"}', "calendar: an object is wanted"),
    ],
)
def test_a_line_that_is_no_question_is_refused(line: bytes, words: str) -> None:
    assert words in lines.answer(line)["error"]


def test_long_input_is_not_echoed_whole() -> None:
    assert len(ask(amount="9" * 100_000)["error"]) < 200
