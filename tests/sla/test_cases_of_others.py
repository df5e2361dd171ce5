"""What other systems publish as their own test cases, asked as `manage.py due` is asked.

The Ruby gems working_hours and biz (Zendesk) and what helpdesks document. Left out is what they
mean otherwise on purpose: working days that keep the hour, counting backwards, no amount at all.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from waterdesk.sla import lines

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
NINE_TO_FIVE = {"weekly": {key: [["09:00", "17:00"]] for key in WEEKDAYS}, "tz": "UTC"}
TOKYO = NINE_TO_FIVE | {"tz": "Asia/Tokyo"}
LUNCH = {"weekly": {"mon": [["07:00", "12:00"], ["13:00", "18:00"]]}, "tz": "UTC"}
MONDAY_ALL_DAY = {"weekly": {"mon": [["00:00", "24:00"]]}, "tz": "UTC"}
LATE_WEEK = {"weekly": {key: [["08:00", "18:00"]] for key in ("thu", "fri")}, "tz": "UTC"}
UNEVEN = {
    "weekly": {
        "mon": [["09:00", "17:00"]],
        "tue": [["10:00", "16:00"]],
        "wed": [["09:00", "17:00"]],
        "thu": [["10:00", "16:00"]],
        "fri": [["09:00", "17:00"]],
        "sat": [["11:00", "14:30"]],
    },
    "tz": "Etc/UTC",
}
PARIS = {"weekly": {"sun": [["09:00", "17:00"]]}, "tz": "Europe/Paris"}
NIGHT = {"weekly": {key: [["22:00", "24:00"], ["00:00", "06:00"]] for key in WEEKDAYS}, "tz": "UTC"}
NEW_YORK = {
    "weekly": {key: [["00:00", "24:00"]] for key in (*WEEKDAYS, "sat", "sun")},
    "tz": "America/New_York",
}
CHINA = {
    "weekly": {key: [["08:30", "12:00"], ["13:30", "18:00"]] for key in WEEKDAYS},
    "holidays": ["2026-01-01", "2026-01-02", *[f"2026-02-{day}" for day in range(15, 24)]],
    "extra_workdays": ["2026-01-04", "2026-02-14", "2026-02-28"],
}
CHRISTMAS = {"holidays": ["2019-12-25", "2019-12-26", "2020-01-01"]}


def hours_on(calendar: dict, day: str, *windows: list[str]) -> dict:
    """The calendar with other hours on one date."""
    return calendar | {"extra_workdays": {day: list(windows)}}


def ask(calendar: dict, start: str, **more: Any) -> dict[str, Any]:
    return lines.answer(json.dumps({"calendar": calendar, "start": start} | more))


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "due"),
    [
        # working_hours
        (NINE_TO_FIVE, "1991-11-15T14:00:42Z", "120m", "1991-11-15T16:00:42+00:00"),
        (NINE_TO_FIVE, "1991-11-15T16:30:42Z", "45m", "1991-11-18T09:15:42+00:00"),
        (NINE_TO_FIVE, "1991-11-15T16:59:42Z", "2m", "1991-11-18T09:01:42+00:00"),
        (NINE_TO_FIVE, "1991-11-15T16:59:42.250Z", "2m", "1991-11-18T09:01:42.250000+00:00"),
        (TOKYO, "1991-11-15T07:00:00Z", "180m", "1991-11-18T11:00:00+09:00"),
        (LUNCH, "1991-11-11T05:00Z", "360m", "1991-11-11T14:00:00+00:00"),
        (MONDAY_ALL_DAY, "2014-04-07T23:59:30Z", "1m", "2014-04-14T00:00:30+00:00"),
        (
            hours_on(LATE_WEEK, "2019-12-27", ["10:00", "18:00"]),
            "2019-12-27T09:00Z", "2m", "2019-12-27T10:02:00+00:00",
        ),
        (
            hours_on(LATE_WEEK, "2019-12-27", ["08:00", "17:00"]),
            "2019-12-27T17:59Z", "2m", "2020-01-02T08:02:00+00:00",
        ),
        (
            hours_on(LATE_WEEK, "2019-12-27", ["08:00", "17:00"]),
            "2019-12-27T16:00Z", "120m", "2020-01-02T09:00:00+00:00",
        ),
        (
            hours_on(LATE_WEEK, "2019-12-27", ["08:00", "12:00"], ["14:00", "18:00"]),
            "2019-12-27T10:00Z", "240m", "2019-12-27T16:00:00+00:00",
        ),
        (
            hours_on(LATE_WEEK, "2019-12-27", ["08:00", "12:00"], ["14:00", "18:00"]),
            "2019-12-27T12:59Z", "2m", "2019-12-27T14:02:00+00:00",
        ),
        (PARIS, "2020-03-29T00:00:00+01:00", "60m", "2020-03-29T10:00:00+02:00"),
        (PARIS, "2020-10-25T00:00:00+02:00", "60m", "2020-10-25T10:00:00+01:00"),
        (PARIS, "2020-10-25T01:00:00+01:00", "60m", "2020-10-25T10:00:00+01:00"),
        # biz
        (UNEVEN, "2006-01-04T15:58:30Z", "1.5m", "2006-01-04T16:00:00+00:00"),
        (UNEVEN, "2006-01-04T14:30Z", "90m", "2006-01-04T16:00:00+00:00"),
        (UNEVEN, "2006-01-04T13:00Z", "180m", "2006-01-04T16:00:00+00:00"),
        # at closing, at opening, one minute either side, and up to closing itself
        (NINE_TO_FIVE, "2014-04-07T17:00Z", "1m", "2014-04-08T09:01:00+00:00"),
        (NINE_TO_FIVE, "2014-04-07T16:59Z", "1m", "2014-04-07T17:00:00+00:00"),
        (NINE_TO_FIVE, "2014-04-07T09:00Z", "480m", "2014-04-07T17:00:00+00:00"),
        (NINE_TO_FIVE, "2014-04-07T08:59Z", "481m", "2014-04-08T09:01:00+00:00"),
        (NINE_TO_FIVE, "2014-04-11T17:00Z", "0.5d", "2014-04-14T13:00:00+00:00"),
        (NINE_TO_FIVE, "2014-04-12T00:00Z", "1d", "2014-04-14T17:00:00+00:00"),
        (NINE_TO_FIVE, "2014-04-07T12:00Z", "5d", "2014-04-14T12:00:00+00:00"),
        # holidays, year ends, the leap day
        (NINE_TO_FIVE | CHRISTMAS, "2019-12-24T16:00Z", "120m", "2019-12-27T10:00:00+00:00"),
        (NINE_TO_FIVE | CHRISTMAS, "2019-12-31T16:30Z", "60m", "2020-01-02T09:30:00+00:00"),
        (NINE_TO_FIVE | CHRISTMAS, "2019-12-24T10:00Z", "3wd", "2019-12-31T17:00:00+00:00"),
        (NINE_TO_FIVE, "2024-02-28T16:00Z", "600m", "2024-03-01T10:00:00+00:00"),
        (NINE_TO_FIVE, "2024-02-28T10:00Z", "1wd", "2024-02-29T17:00:00+00:00"),
        (NINE_TO_FIVE, "2023-02-28T10:00Z", "1wd", "2023-03-01T17:00:00+00:00"),
        # a make-up Sunday, Spring Festival
        (CHINA, "2026-01-04T08:00", "240m", "2026-01-04T14:00:00+08:00"),
        (CHINA, "2025-12-31T10:00", "1wd", "2026-01-04T18:00:00+08:00"),
        (CHINA, "2026-01-04T10:00", "1wd", "2026-01-05T18:00:00+08:00"),
        (CHINA, "2026-02-14T18:00", "0.5d", "2026-02-24T14:00:00+08:00"),
        (CHINA, "2026-02-13T12:00", "2d", "2026-02-24T12:00:00+08:00"),
        # a shift over midnight, in two windows
        (NIGHT, "2026-03-02T23:00Z", "180m", "2026-03-03T02:00:00+00:00"),
        (NIGHT, "2026-03-06T23:00Z", "120m", "2026-03-09T01:00:00+00:00"),
        # a day of 23 hours and one of 25
        (NEW_YORK, "2026-03-08T00:00", "1380m", "2026-03-09T00:00:00-04:00"),
        (NEW_YORK, "2026-11-01T00:00", "1500m", "2026-11-02T00:00:00-05:00"),
        (NEW_YORK, "2026-11-01T01:30-04:00", "60m", "2026-11-01T01:30:00-05:00"),
        (NEW_YORK, "2026-03-08T02:30", "30m", "2026-03-08T04:00:00-04:00"),
    ],
)  # fmt: skip
def test_due(calendar: dict, start: str, amount: str, due: str) -> None:
    assert ask(calendar, start, amount=amount) == {"due": due}


@pytest.mark.parametrize(
    ("calendar", "start", "end", "minutes"),
    [
        # biz: a whole week of hours
        (UNEVEN, "2006-01-01T00:00Z", "2006-01-08T00:00Z", 39.5 * 60),
        (UNEVEN, "2006-01-01T00:00Z", "2006-01-01T00:00Z", 0),
        (NINE_TO_FIVE, "2014-04-07T17:00Z", "2014-04-08T09:00Z", 0),
        (NINE_TO_FIVE, "2014-04-07T16:59:30Z", "2014-04-08T09:00:30Z", 1),
        (NINE_TO_FIVE, "2014-04-05T00:00Z", "2014-04-07T00:00Z", 0),
        (NINE_TO_FIVE | CHRISTMAS, "2019-12-24T09:00Z", "2020-01-02T17:00Z", 5 * 480),
        (TOKYO, "2014-04-07T00:00Z", "2014-04-07T08:00Z", 480),
        (MONDAY_ALL_DAY, "2014-04-07T00:00Z", "2014-04-14T12:00Z", 36 * 60),
        (NEW_YORK, "2026-03-08T00:00", "2026-03-09T00:00", 1380),
        (NEW_YORK, "2026-11-01T00:00", "2026-11-02T00:00", 1500),
    ],
)
def test_elapsed(calendar: dict, start: str, end: str, minutes: float) -> None:
    assert ask(calendar, start, end=end) == {"elapsed_minutes": minutes}


# Four hours from 09:00 to 13:00 on a Monday, and what stops them.
@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([["2014-04-07T07:00Z", "2014-04-07T08:00Z"]], "2014-04-07T13:00:00+00:00"),
        ([["2014-04-07T07:00Z", "2014-04-07T10:00Z"]], "2014-04-07T14:00:00+00:00"),
        ([["2014-04-07T09:00Z", "2014-04-07T10:00Z"]], "2014-04-07T14:00:00+00:00"),
        ([["2014-04-07T13:00Z", "2014-04-07T15:00Z"]], "2014-04-07T13:00:00+00:00"),
        ([["2014-04-07T12:59Z", "2014-04-07T15:00Z"]], "2014-04-07T15:01:00+00:00"),
        ([["2014-04-07T12:00Z", "2014-04-07T17:00Z"]], "2014-04-08T10:00:00+00:00"),
        ([["2014-04-07T12:00Z", "2014-04-08T09:00Z"]], "2014-04-08T10:00:00+00:00"),
        ([["2014-04-07T11:00Z", "2014-04-28T11:00Z"]], "2014-04-28T13:00:00+00:00"),
        (
            [
                ["2014-04-07T10:00Z", "2014-04-07T11:00Z"],
                ["2014-04-07T11:00Z", "2014-04-07T12:00Z"],
            ],
            "2014-04-07T15:00:00+00:00",
        ),
        (
            [
                ["2014-04-07T10:30Z", "2014-04-07T12:00Z"],
                ["2014-04-07T10:00Z", "2014-04-07T11:00Z"],
            ],
            "2014-04-07T15:00:00+00:00",
        ),
        ([["2014-04-07T10:00:00.5Z", "2014-04-07T10:00:01Z"]], "2014-04-07T13:00:00.500000+00:00"),
        ([["2014-04-07T13:00Z", None]], "2014-04-07T13:00:00+00:00"),
    ],
)
def test_due_with_pauses(pauses: list, due: str) -> None:
    assert ask(NINE_TO_FIVE, "2014-04-07T09:00Z", amount="240m", pauses=pauses) == {"due": due}
