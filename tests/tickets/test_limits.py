"""Each limit of the hotline's table of work orders, as the seeds promise it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, SHANGHAI, open_ticket
from tickets.models import CATEGORIES, SUBTYPES
from waterdesk.core.models import Clock

pytestmark = pytest.mark.django_db

CITY, OUTSKIRTS = "城东区朝阳路 9 号", "北郊区青山镇 3 号"
MONDAY_2200 = MONDAY_0900 + 13 * HOUR
FRIDAY_1700 = datetime(2026, 11, 20, 17, 0, tzinfo=SHANGHAI)


def due(at=MONDAY_0900, **over) -> dict[str, timedelta]:
    ticket = open_ticket(at=at, **over)
    return {clock.code: clock.due_at - at for clock in Clock.objects.filter(case=ticket)}


@pytest.mark.parametrize(
    ("subtype", "promised"),
    [
        ("burst", {"respond": 5, "arrive": 60, "contain": 240, "finish": 1440}),
        ("leak", {"respond": 15, "arrive": 60, "contain": 240, "finish": 1440}),
        ("no-water", {"respond": 15, "arrive": 240, "finish": 1440}),
        ("low-pressure", {"respond": 15, "arrive": 240, "finish": 1440}),
        ("quality", {"respond": 15, "arrive": 120, "finish": 1440}),
        ("cover", {"respond": 15, "contain": 120, "finish": 480}),
        ("secondary", {"respond": 15, "arrive": 120, "finish": 240}),
        ("hydrant", {"respond": 15, "finish": 1440}),
    ],
)
def test_a_repair_is_promised_in_minutes_round_the_clock(subtype, promised):
    expected = {code: minutes * MINUTE for code, minutes in promised.items()}
    assert due(subtype=subtype) == expected


@pytest.mark.parametrize("subtype", ["burst", "leak"])
@pytest.mark.parametrize(
    ("address", "at", "minutes"),
    [
        (CITY, MONDAY_2200 - MINUTE, 60),
        (CITY, MONDAY_2200, 90),
        (CITY, MONDAY_2200 + 8 * HOUR - MINUTE, 90),
        (CITY, MONDAY_2200 + 8 * HOUR, 60),
        (OUTSKIRTS, MONDAY_0900, 90),
        (OUTSKIRTS, MONDAY_2200, 90),
    ],
)
def test_arriving_takes_longer_at_night_and_in_the_outskirts(subtype, address, at, minutes):
    assert due(at, subtype=subtype, address=address)["arrive"] == minutes * MINUTE


@pytest.mark.parametrize(
    ("calibre", "hours"), [("", 24), (80, 24), (100, 36), (400, 36), (500, 48), ("DN800", 48)]
)
def test_mending_a_burst_takes_longer_the_larger_the_main(calibre, hours):
    assert due(subtype="burst", calibre_mm=calibre)["finish"] == hours * HOUR


def test_a_burst_on_a_holiday_has_the_limits_of_any_day():
    national_day = datetime(2026, 10, 1, 9, 0, tzinfo=SHANGHAI)
    assert due(national_day, subtype="burst") == due(subtype="burst")


# A working day ends at 18:00; the day of the call is not counted.
WORKDAYS = {1: DAY + 9 * HOUR, 2: 2 * DAY + 9 * HOUR, 3: 3 * DAY + 9 * HOUR, 5: 7 * DAY + 9 * HOUR}


@pytest.mark.parametrize(
    ("over", "promised"),
    [
        ({"subtype": "meter"}, {"respond": 1, "finish": 2}),
        ({"category": "consultation"}, {"answer": 3}),
        ({"category": "help"}, {"answer": 3}),
        ({"category": "praise"}, {"answer": 3}),
        ({"category": "complaint"}, {"respond": 1, "answer": 5}),
        ({"category": "report"}, {"respond": 1, "answer": 5}),
        ({"category": "suggestion"}, {"respond": 1, "answer": 5}),
    ],
    ids=lambda value: str(value),
)
def test_an_answer_is_promised_in_whole_working_days(over, promised):
    expected = {code: WORKDAYS[days] for code, days in promised.items()}
    given = {"subtype": ""} | over
    assert due(**given) == expected


def test_a_question_on_friday_evening_is_due_on_wednesday_at_closing_time():
    wednesday = datetime(2026, 11, 25, 18, 0, tzinfo=SHANGHAI)
    given = {"category": "consultation", "subtype": "", "remark": "水价"}
    assert due(FRIDAY_1700 + 3 * HOUR, **given)["answer"] == wednesday - FRIDAY_1700 - 3 * HOUR


@pytest.mark.parametrize("subject", [*SUBTYPES, *CATEGORIES])
def test_nothing_that_can_be_logged_is_without_a_promise(subject):
    kind = ("repair", subject) if subject in SUBTYPES else (subject, "")
    over = {"category": kind[0], "subtype": kind[1] or ("leak" if subject == "repair" else "")}
    assert due(**over)
