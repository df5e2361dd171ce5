"""The seeds have words for everything that the table of an incident tells and names."""

from __future__ import annotations

import pytest

from tests.tickets.test_texts import seeds
from tickets.incidents import sorts, telling
from tickets.incidents.flow import FLOW, KIND


def test_whoever_a_move_tells_is_told_in_a_text_and_no_text_waits_for_ever():
    told = {
        f"{KIND}.{move.action}.{audience}"
        for move in (FLOW.opening, *FLOW.moves)
        for audience in move.audiences
    }
    keys = {text["key"].partition("@")[0] for text in seeds("messages")}
    assert told | {telling.KEY} == {key for key in keys if key.startswith(f"{KIND}.")}


def test_a_text_for_one_stage_is_for_a_stage_that_there_is():
    keys = [text["key"].partition("@") for text in seeds("messages")]
    named = {stage for key, _at, stage in keys if key == telling.KEY and stage}
    assert named <= {"dispatched", "on_site", *sorts.BETWEEN, "restored"}


def test_every_sort_of_fault_has_a_name_a_source_and_known_stages():
    rows = seeds("faults")
    named = {row["code"] for row in seeds("subjects") if row["kind"] == KIND}
    assert {row["subject"] for row in rows} == named
    assert all(row["source"] for row in rows)
    assert {stage for row in rows for stage in row["stages"]} <= set(sorts.BETWEEN)


@pytest.mark.parametrize("code", FLOW.opening.start)
def test_every_promise_of_an_incident_is_that_of_its_tickets(code):
    def promised(kind):
        rows = [row for row in seeds("promises") if row["kind"] == kind and row["code"] == code]
        kept = [row for row in rows if row["conditions"].get("subtype") != "meter"]
        return [(row["amount"], row["unit"], {**row["conditions"], "category": ""}) for row in kept]

    assert promised(KIND) == promised("ticket")
