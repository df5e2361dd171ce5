"""What the crew takes when a job is done: on the case, in the record, never replaced."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from applications.models import ServiceRow
from tests.core.test_evidence import pictures
from tests.factories import HOUR, MINUTE, MONDAY_0900, open_application, staff
from tests.photographs import exif
from waterdesk.core import door, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Photo, Utility
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return staff("field", "east")


@pytest.fixture
def case(crew):
    """A new connection whose meter is set."""
    case, lead = open_application(at=MONDAY_0900), staff("lead", "east")
    sent, meter = {"handler": crew.username}, {"meter_number": "SB-1"}
    door.move(case.number, "assign", actor=lead, at=MONDAY_0900 + MINUTE, changes=sent)
    door.move(case.number, "survey", actor=crew, at=MONDAY_0900 + 30 * MINUTE)
    return door.move(case.number, "install", actor=crew, at=MONDAY_0900 + HOUR, changes=meter)


def water_on(case, crew, **changes):
    return door.move(
        case.number, "water_on", actor=crew, at=MONDAY_0900 + 2 * HOUR, changes=changes
    )


def test_water_comes_with_its_pressure_and_a_photograph(case, crew):
    case = water_on(case, crew, pressure_mpa="0.28", photo=pictures("red", exif=exif()))
    photo = case.photos.get()
    assert (photo.action, photo.author, photo.pause) == ("water_on", crew, None)
    assert float(photo.latitude) == 27.8275
    assert case.jobs.get(code="water-on").result == {
        "pressure_mpa": 0.28, "photo": [photo.digest]
    }  # fmt: skip
    assert case.events.get(action="water_on").data["photo"] == [photo.digest]
    assert list(verify(case.events)) == []


def test_a_crew_without_a_camera_turns_the_water_on_all_the_same(case, crew):
    case = water_on(case, crew)
    assert (case.status, case.photos.count()) == ("water_on", 0)


def test_a_service_that_demands_the_photograph_is_refused_without(case, crew):
    row = ServiceRow.objects.get(code="new-connection")
    wanted = '"kind": "photo", "required": true'
    row.text = row.text.replace('"kind": "photo", "required": false', wanted)
    row.save()
    Utility.touch()
    policy.forget()
    with pytest.raises(Invalid) as refusal:
        water_on(case, crew)
    assert set(refusal.value.fields) == {"photo"}
    assert water_on(case, crew, photo=pictures("red")).status == "water_on"


def test_four_are_too_many(case, crew):
    four = [*pictures("red", "green"), *pictures("blue", "black")]
    with pytest.raises(Invalid) as refusal:
        water_on(case, crew, photo=four)
    assert set(refusal.value.fields) == {"photo"}
    assert not Photo.objects.exists()


def test_a_photograph_is_of_a_pause_or_of_a_move_and_never_of_neither(case, crew):
    case = water_on(case, crew, photo=pictures("red"))
    said = {"digest": "d" * 64, "original": "e" * 64, "width": 1, "height": 1}
    with pytest.raises(DatabaseError, match="photo_of_a_pause_or_a_move"), transaction.atomic():
        Photo.objects.create(**said, added_at=MONDAY_0900)


def test_postgresql_itself_refuses_to_take_one_from_its_case(case, crew):
    water_on(case, crew, photo=pictures("red"))
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE core_photo SET action = 'install'")
    assert Photo.objects.get().action == "water_on"
