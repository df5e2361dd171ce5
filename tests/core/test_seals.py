"""The daily seals: what is in one, when it is made, and what PostgreSQL refuses."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import Message
from tests.core.forging import KEY
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from tests.sla.laws import law
from waterdesk.core import door, record
from waterdesk.core.models import Event, Seal, Verification
from waterdesk.core.sealing import nightly, outside, seals, signing, tree
from waterdesk.core.sealing.verify_bundle import genuine, root

TUESDAY = MONDAY_0900.replace(hour=0) + DAY


@pytest.fixture(autouse=True)
def _own_file(settings, tmp_path):
    settings.SEALS_DIR = tmp_path / "seals"


def lines():
    return [json.loads(line) for line in outside.path().read_text().splitlines()]


# --- signatures and trees ------------------------------------------------------------
def test_the_signature_is_that_of_the_standard(settings):
    """RFC 8032, 7.1, test 1."""
    settings.RECORD_KEY = KEY
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert signing.public_key() == public
    assert signing.sign(b"") == signature
    assert genuine(public, signature, b"")


@pytest.mark.parametrize(
    ("key", "signature", "said"),
    [
        (-1, -1, b"another text"),
        (-1, 0, b"said"),
        (-1, 127, b"said"),
        (0, -1, b"said"),
    ],
)
def test_whatever_differs_is_not_genuine(settings, key, signature, said):
    settings.RECORD_KEY = KEY
    assert not genuine(
        other(signing.public_key(), key), other(signing.sign(b"said"), signature), said
    )


def other(text: str, place: int) -> str:
    """`text` with another figure at this place; -1 leaves it."""
    changed = text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1 :]
    return {-1: text}.get(place, changed)


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64, "ff" * 64, "00" * 65])
def test_what_is_no_signature_is_not_genuine(signature):
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert not genuine(public, signature, b"")


@law
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20), st.data())
def test_every_leaf_climbs_to_the_root_and_the_script_has_the_same(digests, data):
    leaves = [tree.leaf(digest.hex()) for digest in digests]
    place = data.draw(st.integers(0, len(leaves) - 1))
    whole = tree.root(leaves)
    assert tree.climbed(leaves[place], tree.proof(leaves, place)) == whole
    assert root(leaves) == whole


def test_the_root_of_nothing_is_that_of_the_standard():
    assert (
        tree.root([])
        == root([])
        == ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )


# --- when and what ------------------------------------------------------------
def test_a_day_is_sealed_an_hour_after_it_is_over(db):
    open_ticket(at=MONDAY_0900)
    assert seals.make(TUESDAY + 59 * MINUTE) == []
    (seal,) = seals.make(TUESDAY + HOUR)
    assert seal.day == date(2026, 11, 16)
    assert (seal.first_id, seal.last_id) == (
        Event.objects.earliest("id").id,
        Event.objects.latest("id").id,
    )


def test_days_of_standstill_are_caught_up_with_and_empty_ones_have_a_seal(db):
    open_ticket(at=MONDAY_0900)
    made = seals.make(TUESDAY + 3 * DAY + HOUR)
    assert [seal.day.day for seal in made] == [16, 17, 18, 19]
    assert [seal.count > 0 for seal in made] == [True, False, False, False]
    assert [seal.previous for seal in made] == ["", *(seal.digest for seal in made[:-1])]


def test_nothing_is_sealed_twice(db):
    open_ticket(at=MONDAY_0900)
    assert len(seals.make(TUESDAY + HOUR)) == 1
    assert seals.make(TUESDAY + HOUR) == []


def test_a_desk_without_a_record_has_no_seals(db):
    assert seals.make(TUESDAY + DAY) == []


def test_two_beats_at_once_make_each_seal_once(committed):
    open_ticket(at=MONDAY_0900)
    made: list[int] = []

    def beat() -> None:
        made.append(len(seals.make(TUESDAY + 4 * DAY + HOUR)))
        connections.close_all()

    threads = [threading.Thread(target=beat) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(made) == Seal.objects.count() == 5


def test_what_came_in_late_belongs_to_the_day_it_was_written_down(db):
    """Of another case as well, which a move that came in late changed at its true instant."""
    ticket = open_ticket(at=MONDAY_0900)
    arrived = TUESDAY + 9 * HOUR
    with record.arriving(arrived):
        door.move(ticket.number, "note", actor=staff("agent"), at=MONDAY_0900 + HOUR, note="补记")
    event = ticket.events.latest("seq")
    assert (event.at, event.recorded_at) == (MONDAY_0900 + HOUR, arrived)
    monday, tuesday = seals.make(TUESDAY + DAY + HOUR)
    assert monday.last_id < tuesday.first_id <= event.id <= tuesday.last_id


def test_a_line_begins_a_midnight_of_the_desk(db):
    begins, ends = seals.bounds(date(2026, 11, 16))
    assert begins == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert ends - begins == timedelta(days=1)


# --- outside the database, and told -------------------------------------------------------
def test_each_seal_is_a_line_outside_the_database(db, settings):
    settings.RECORD_KEY = KEY
    open_ticket(at=MONDAY_0900)
    nightly.seal(TUESDAY + HOUR)
    nightly.seal(TUESDAY + 2 * DAY + HOUR)
    assert nightly.seal(TUESDAY + 2 * DAY + HOUR) == 0
    assert lines() == [seals.as_line(seal) for seal in Seal.objects.order_by("day")]
    assert genuine(
        signing.public_key(), lines()[0]["signature"], bytes.fromhex(lines()[0]["digest"])
    )


def test_a_line_that_a_crash_cut_short_is_written_whole(db):
    open_ticket(at=MONDAY_0900)
    nightly.seal(TUESDAY + HOUR)
    outside.path().write_text(outside.path().read_text()[:-40])
    outside.write()
    assert outside.read() == [seals.as_line(seal) for seal in Seal.objects.all()]


def test_supervisors_are_told_the_newest_digest_once(db):
    boss = staff("supervisor", phone="13800000001")
    open_ticket(at=MONDAY_0900)
    nightly.seal(TUESDAY + 3 * DAY + HOUR)
    nightly.seal(TUESDAY + 3 * DAY + 2 * HOUR)
    told = Message.objects.filter(key="record.sealed")
    newest = Seal.objects.latest("day")
    assert sorted(each.channel for each in told) == ["inbox", "sms"]
    assert all(newest.digest in each.body for each in told)
    assert {each.recipient_id for each in told} == {boss.pk}


def test_the_night_has_the_last_days_checked(db):
    open_ticket(at=MONDAY_0900)
    nightly.seal(TUESDAY + HOUR)
    assert Verification.objects.get().since == date(2026, 11, 14)


# --- refused ------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_seal SET count = 0", "DELETE FROM core_seal", "TRUNCATE core_seal"],
)
def test_postgresql_itself_refuses_to_change_a_seal(db, statement):
    open_ticket(at=MONDAY_0900)
    seals.make(TUESDAY + HOUR)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
