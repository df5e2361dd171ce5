"""The seeds have words for everything that the table of a ticket tells and names."""

from __future__ import annotations

import json

import pytest

from tests.conftest import SEEDS
from tickets.flow import FLOW, KIND
from tickets.models import CATEGORIES, REPAIR, SUBTYPES, subject_of
from tickets.orders import following as ordering


def seeds(name):
    return json.loads((SEEDS / f"{name}.json").read_text("utf-8"))


def test_whoever_a_move_tells_is_told_in_a_text_and_no_text_waits_for_ever():
    told = {
        f"{KIND}.{move.action}.{audience}"
        for move in (FLOW.opening, *FLOW.moves)
        for audience in move.audiences
    }
    texts = {text["key"] for text in seeds("messages") if text["key"].startswith(f"{KIND}.")}
    assert told == texts


def test_every_category_and_every_sort_of_repair_has_a_name():
    named = {row["code"] for row in seeds("subjects") if row["kind"] == KIND}
    assert named == {*CATEGORIES, *(subject_of(REPAIR, subtype) for subtype in SUBTYPES)}


@pytest.mark.parametrize("use", ["pause", "cancel"])
def test_every_list_of_reasons_that_a_move_asks_from_has_reasons(use):
    asked = {field.use for move in FLOW.moves for field in move.fields if field.kind == "reason"}
    assert use in asked
    assert any(row["use"] == use for row in seeds("reasons"))


def test_every_promise_of_a_ticket_is_started_and_stopped_by_some_move():
    promised = {row["code"] for row in seeds("promises") if row["kind"] == KIND}
    # Those of an order begin when it was sent here, not with the call.
    begun = {code for move in (FLOW.opening, *FLOW.moves) for code in move.start}
    assert promised == begun | {*ordering.CLOCKS}
    assert promised == {code for move in FLOW.moves for code in move.stop}
