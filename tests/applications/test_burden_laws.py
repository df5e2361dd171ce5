"""Laws of the four counters, whatever the record says and in whatever order it is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from applications.burdens.rules import ACTIONS, Card, Kind, burdens, card
from waterdesk.core.record import Line

BEGAN = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


def said(action: str, **data: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(st.just(action), st.fixed_dictionaries(data))


AMOUNTS = st.sampled_from(["300.00", 0, "0", "-5", "NaN", None, 12])
FACTS = st.one_of(
    said("open", channel=st.sampled_from(["counter", "web", "hotline"])),
    said("trip", reason=st.just("sign")),
    said("ask_document", reason=st.just("law"), document=st.just("营业执照")),
    said("pause", reason=st.sampled_from(["customer-correction", "payment"])),
    said("approval", reason=st.just("road"), what=st.just("开挖许可")),
    said("paid", **{"for": st.sampled_from(["inside", "outside"]), "amount": AMOUNTS}),
    said("burden_struck", burden=st.integers(1, 6), reason=st.just("refunded")),
    said("survey"),
)
SAID = st.lists(FACTS, max_size=12)


def record_of(said: list) -> list[Line]:
    return [
        Line("B1", seq, at, at, "clerk", "clerk", action, data, "")
        for seq, (action, data) in enumerate(said, 1)
        for at in [BEGAN + timedelta(minutes=seq)]
    ]


def folded(events: list[Line]) -> Card:
    """The counters, event by event, as the record grew."""
    standing: dict[int, Kind] = {}
    for event in events:
        for burden in burdens([event]):
            standing[burden.seq] = burden.kind
        standing.pop(event.data.get("burden", 0) if event.action == "burden_struck" else 0, None)
    kinds = list(standing.values())
    return Card(*(kinds.count(kind) for kind in Kind))


@given(SAID, st.randoms())
def test_the_counters_are_the_same_in_whatever_order_the_events_are_read(said, chance):
    events = record_of(said)
    shuffled = events.copy()
    chance.shuffle(shuffled)
    assert burdens(shuffled) == burdens(events)


@given(SAID)
def test_the_counters_are_the_fold_of_the_record(said):
    events = record_of(said)
    assert card(burdens(events)) == folded(events)


@given(SAID)
def test_what_is_no_burden_may_be_left_out(said):
    events = record_of(said)
    assert burdens([e for e in events if e.action in ACTIONS]) == burdens(events)


@given(SAID)
def test_a_strike_hides_nothing(said):
    events = record_of(said)
    without = [event for event in events if event.action != "burden_struck"]
    assert [b.seq for b in burdens(events)] == [b.seq for b in burdens(without)]


def paid(**data: object) -> list[Line]:
    return record_of([("paid", {"fee": "pipe", "ref": "1"} | data)])


def test_money_for_what_lies_outside_the_red_line_is_a_burden_with_its_amount():
    [burden] = burdens(paid(amount="300.00", **{"for": "outside"}))
    assert (burden.kind, burden.value, burden.reason) == ("fee", "300.00", "pipe")


def test_money_for_what_lies_inside_it_is_none():
    assert burdens(paid(amount="300.00", **{"for": "inside"})) == []


def test_an_amount_that_cannot_be_read_is_shown_and_not_hidden():
    assert len(burdens(paid(amount="三百", **{"for": "outside"}))) == 1
