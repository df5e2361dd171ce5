from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from tests.sla.laws import law
from waterdesk.core.models import Case, Event
from waterdesk.core.record import Fact, Line, chain, said, verify

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def events() -> list[Event]:
    case = Case(number="B2611200000017")
    facts = [Fact("opened", NOW, {"to": "pending"}), Fact("accept", NOW), Fact("note", NOW)]
    return chain(case, facts, None, NOW)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@law
@given(texts, texts, st.dictionaries(texts, texts | st.integers() | st.none(), max_size=3))
@example("王芳", '","', {})
@example("", "", {"a": '"', "b": "\\"})
@example("\x7f", "\n", {"was": "\u2028"})
def test_what_an_event_says_is_canonical_json_whatever_its_texts(actor, action, data):
    line = Line("B2611200000017", 3, NOW, NOW, actor, "agent", action, data, "")
    at = "2026-11-20T01:00:00.000000+00:00"
    assert (
        said(line)
        == json.dumps(
            ["B2611200000017", 3, at, at, actor, "agent", action, data, ""],
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()
    )


def test_a_sound_record_has_no_faults(events):
    assert list(verify(events)) == []


def test_a_changed_event_is_found(events):
    events[1].data = {"to": "closed"}
    assert list(verify(events)) == ["B2611200000017#2: was changed"]


def test_a_missing_event_is_found(events):
    assert list(verify([events[0], events[2]])) == ["B2611200000017: event 2 is missing"]


def test_a_rewritten_event_does_not_fit_the_next_one(events):
    forged = chain(
        Case(number="B2611200000017"), [Fact("opened", NOW, {"to": "closed"})], None, NOW
    )
    assert list(verify([*forged, *events[1:]])) == [
        "B2611200000017#2: does not follow the event before it"
    ]


def test_what_the_database_gives_back_has_the_same_digest(db, events):
    Event.objects.bulk_create(events)
    assert list(verify(Event.objects.filter(case="B2611200000017"))) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET action = 'x'", "DELETE FROM core_event"],
)
def test_postgresql_itself_refuses_to_change_the_record(db, events, statement):
    Event.objects.bulk_create(events)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_postgresql_itself_refuses_to_empty_the_record(db, events):
    Event.objects.bulk_create(events)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE core_event")
