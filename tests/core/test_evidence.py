"""照片为证: photographs of a pause, through the door and in the record; none is ever replaced."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import HOUR, MINUTE, MONDAY_0900, customer, open_application, staff
from tests.photographs import exif, taken
from tests.tickets.test_two_at_once import together
from waterdesk.core import door, evidence, flow, media
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models import Photo
from waterdesk.core.record import verify

TEN = MONDAY_0900 + HOUR
COLOURS = ("red", "green", "blue", "black")


def pictures(*colours, **more):
    return evidence.taken_in(io.BytesIO(taken(colour=colour, **more)) for colour in colours)


def paused(*colours, address="城东区朝阳路 8 号"):
    case = open_application(at=MONDAY_0900, address=address)
    changes = {"reason": "site-not-ready"}
    changes |= {"photos": pictures(*colours)} if colours else {}
    return door.move(case.number, "pause", actor=staff("clerk"), at=TEN, changes=changes)


def add(case, *colours, at=TEN + MINUTE, by=None, number=1, seen=None, **more):
    changes = {"pause": number, "photos": pictures(*colours, **more)}
    by = by or staff("clerk")
    return door.move(case.number, "add_photos", actor=by, at=at, changes=changes, seen=seen)


@pytest.fixture
def case(db):
    return paused()


def test_a_pause_may_begin_with_photographs_and_its_event_names_them(db):
    case = paused("red", "green")
    photos = list(case.pauses.get().photos.all())
    event = case.events.get(action="pause")
    assert event.data["photos"] == [photo.digest for photo in photos]
    assert len(set(event.data["photos"])) == 2
    assert list(verify(case.events)) == []
    assert {photo.author for photo in photos} == {staff("clerk")}


def test_the_file_is_what_its_name_says(db):
    [photo] = paused("red").pauses.get().photos.all()
    kept = media.path_of(photo.digest).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == photo.digest
    assert media.path_of(photo.digest, small=True).exists()


def test_more_are_added_later_with_an_event_of_their_own(case):
    add(case, "red", exif=exif())
    event = case.events.get(action="add_photos")
    [photo] = case.pauses.get().photos.all()
    assert (event.data["pause"], event.data["photos"]) == (1, [photo.digest])
    assert event.data["pause_reason"] == "site-not-ready"
    assert (float(photo.latitude), float(photo.longitude)) == (27.8275, 113.15)
    assert photo.taken_at == MONDAY_0900 + 30 * MINUTE


def test_also_to_a_pause_that_has_ended_and_to_a_closed_case(case):
    clerk = staff("clerk")
    door.move(case.number, "resume", actor=clerk, at=TEN + HOUR)
    add(case, "red", at=TEN + 2 * HOUR)
    door.move(case.number, "cancel", actor=clerk, at=TEN + 3 * HOUR)
    add(case, "green", at=TEN + 4 * HOUR)
    assert case.pauses.get().photos.count() == 2


def test_nothing_of_the_clocks_moves(case):
    before = list(case.clocks.values())
    add(case, "red")
    assert list(case.clocks.values()) == before


def test_a_pause_has_three_at_most(case):
    add(case, "red", "green")
    with pytest.raises(Invalid) as refusal:
        add(case, "blue", "black", at=TEN + 2 * MINUTE)
    assert set(refusal.value.fields) == {"photos"}
    add(case, "blue", at=TEN + 3 * MINUTE)
    assert case.pauses.get().photos.count() == 3


def test_four_at_once_are_refused_before_any_is_read():
    with pytest.raises(Invalid) as refusal:
        pictures(*COLOURS)
    assert set(refusal.value.fields) == {"photos"}


def test_the_same_photograph_twice_is_one(case):
    add(case, "red", "red")
    with pytest.raises(Invalid, match="已经有了"):
        add(case, "red", at=TEN + 2 * MINUTE)
    add(case, "red", "green", at=TEN + 3 * MINUTE)
    assert case.pauses.get().photos.count() == 2
    assert len(case.events.last().data["photos"]) == 1


def test_a_refused_pause_leaves_no_row(db):
    case = open_application(at=MONDAY_0900)
    changes = {"reason": "no-such-reason", "photos": pictures("red")}
    with pytest.raises(Invalid):
        door.move(case.number, "pause", actor=staff("clerk"), at=TEN, changes=changes)
    assert not Photo.objects.exists()


@pytest.mark.parametrize("photos", ["red", ["red"], 1, [b"x"]])
def test_what_was_not_decoded_is_refused(case, photos):
    changes = {"pause": 1, "photos": photos}
    with pytest.raises(Invalid) as refusal:
        door.move(case.number, "add_photos", actor=staff("clerk"), at=TEN, changes=changes)
    assert set(refusal.value.fields) == {"photos"}


def test_who_may_not_pause_adds_none(case):
    for person in (staff("supervisor"), customer(case.phone)):
        with pytest.raises(NotAllowed):
            add(case, "red", by=person)


def test_a_case_without_a_pause_has_none_to_add_to(db):
    case = open_application(at=MONDAY_0900)
    assert "add_photos" not in {move.action for move in flow.allowed(staff("clerk"), case)}
    with pytest.raises(Conflict):
        add(case, "red")


@pytest.mark.parametrize(
    "sql", ["UPDATE core_photo SET digest = 'x'", "DELETE FROM core_photo WHERE true"]
)
def test_postgresql_itself_refuses_to_change_or_remove_one(case, sql):
    add(case, "red")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Photo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_a_form_that_is_sent_twice_at_once_adds_each_photograph_once():
    clerk = staff("clerk")
    for n in range(4):
        case = paused(address=f"城东区朝阳路 {n} 号")
        once = lambda case=case: add(case, "red", "green", by=clerk)  # noqa: E731
        outcomes = together(once, once)
        assert len([each for each in outcomes if isinstance(each, Invalid)]) == 1
        assert case.pauses.get().photos.count() == 2
        assert case.events.filter(action="add_photos").count() == 1
