"""What a case costs: at the edges of the rules, with facts unknown, and by laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.fees.engine import (
    CHARGED,
    DEPENDS,
    INSIDE,
    OUTSIDE,
    WAIVED,
    NoPrice,
    Price,
    Rules,
    Waiver,
    quote,
)
from applications.fees.sums import money
from tests.sla.laws import law
from waterdesk.core.inputs import CALIBRES

START = datetime(2020, 1, 1, tzinfo=UTC)
THE_DAY = "2021-03-01"


def price(code="pipe", amount="260", /, **over):
    given = {
        "code": code,
        "name": code,
        "item": code,
        "side": OUTSIDE,
        "conditions": over.pop("when", {}),
        "price": Decimal(amount),
        "unit": "米",
        "source": "价目表",
        "effective_from": START,
    } | over
    return Price(**given)


def waiver(code="calibre", /, **over):
    given = {
        "code": code,
        "name": code,
        "side": OUTSIDE,
        "conditions": over.pop("when", {"calibre_lt": 100}),
        "reason": f"理由 {code}",
        "source": f"出处 {code}",
        "effective_from": START,
    } | over
    return Waiver(**given)


LAND = {"land_gte": THE_DAY}
RULES = Rules(
    (price(), price("design", "1500", lump=True), price("inside", "120", side=INSIDE)),
    (
        waiver(),
        waiver("land", when=LAND),
        waiver("land", when=LAND | {"developer": True}, waives=False, reason="除外"),
    ),
)
TEN = {"pipe": Decimal(10)}


def asked(calibre=100, quantities=TEN, rules=RULES, **facts):
    return quote({"calibre": calibre} | facts, rules, quantities)


def outcome(result):
    return [item.state for item in result.items], result.total, result.least, result.waived


PAYS = ([CHARGED], Decimal(2600), Decimal(2600), 0)
FREE = ([WAIVED], 0, 0, Decimal(2600))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"calibre": 80, "land": "2020-01-01", "developer": False}, FREE),
        ({"calibre": 100, "land": "2020-01-01", "developer": False}, PAYS),
        ({"calibre": 100, "land": "2021-02-28", "developer": False}, PAYS),
        ({"calibre": 100, "land": THE_DAY, "developer": False}, FREE),
        ({"calibre": 100, "land": THE_DAY, "developer": True}, PAYS),
        ({"calibre": 80, "land": THE_DAY, "developer": True}, FREE),
    ],
)
def test_the_edges_of_the_rules(facts, expected):
    assert outcome(asked(**facts)) == expected


def test_what_is_waived_names_its_reason_and_source():
    [item] = asked(80, land="2020-01-01", developer=False).items
    assert [(g.reason, g.source) for g in item.grounds] == [("理由 calibre", "出处 calibre")]
    assert (item.amount, item.waived) == (Decimal(2600), Decimal(2600))


def test_who_is_excluded_reads_why():
    [item] = asked(100, land=THE_DAY, developer=True).items
    assert [g.reason for g in item.grounds] == ["除外"]


def test_an_unknown_land_date_is_not_guessed_and_both_sums_are_told():
    result = asked(100, developer=False)
    assert outcome(result) == ([DEPENDS], Decimal(2600), Decimal(0), 0)
    assert (result.certain, result.depends_on) == (False, ("land",))


def test_every_unknown_fact_that_decides_is_named():
    assert set(asked(100).depends_on) == {"land", "developer"}
    assert asked(100, land=THE_DAY).depends_on == ("developer",)


def test_an_unknown_fact_that_decides_nothing_is_not_named():
    assert (asked(80).certain, asked(80).depends_on) == (True, ())
    assert asked(100, land="2021-02-28").depends_on == ()
    assert asked(100, developer=True).depends_on == ()


def test_inside_the_red_line_nothing_of_this_is_waived():
    [item] = asked(80, {"inside": Decimal(3)}).items
    assert (item.state, item.amount, item.grounds) == (CHARGED, Decimal(360), ())


def test_what_is_not_measured_is_in_no_sum():
    result = asked(100, {"pipe": None, "design": Decimal(1)}, land="2020-01-01", developer=False)
    assert (result.total, [i.amount for i in result.items]) == (1500, [None, 1500])


def test_an_item_without_a_price_is_refused_by_name():
    with pytest.raises(NoPrice, match="gold"):
        asked(quantities={"gold": Decimal(1)})


def test_the_row_that_says_most_has_the_price():
    rules = Rules((price(), price("pipe", "300", when={"calibre_gte": 100})))
    assert asked(100, rules=rules).total == 3000
    assert asked(80, rules=rules).total == 2600


def test_a_later_version_takes_over_at_its_instant():
    later = START + timedelta(days=1)
    rules = Rules((price(), price("pipe", "300", effective_from=later)))
    assert asked(rules=rules.at(later - timedelta.resolution)).total == 2600
    assert asked(rules=rules.at(later)).total == 3000


def test_an_ended_waiver_waives_no_more():
    ended = Rules(RULES.prices, (waiver(effective_until=START + timedelta(days=1)),))
    assert asked(80, rules=ended.at(START)).least == 0
    assert asked(80, rules=ended.at(START + timedelta(days=1))).least == 2600


def test_a_waiver_for_named_items_leaves_the_others():
    rules = Rules(RULES.prices, (waiver(items=("design",)),))
    result = asked(80, {"pipe": Decimal(10), "design": Decimal(1)}, rules)
    assert [item.state for item in result.items] == [CHARGED, WAIVED]


def test_free_on_one_ground_or_the_other_is_free_and_both_are_named():
    old = waiver("old", when={"land_lt": THE_DAY})
    rules = Rules(RULES.prices, (old, waiver("land", when=LAND)))
    [item] = asked(100, rules=rules).items
    assert (item.state, [g.reason for g in item.grounds]) == (WAIVED, ["理由 old", "理由 land"])


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("1", "1.00")]
)
def test_half_a_fen_is_rounded_up(amount, rounded):
    assert str(money(Decimal(amount))) == rounded


def test_each_line_is_rounded_and_the_sum_is_that_of_the_lines():
    rules = Rules((price("a", "0.05"), price("b", "0.05")))
    result = asked(100, {"a": Decimal("0.1"), "b": Decimal("0.1")}, rules)
    assert [item.amount for item in result.items] == [Decimal("0.01")] * 2
    assert result.total == Decimal("0.02")


# --- laws ---
DAYS = st.dates(date(2019, 1, 1), date(2026, 1, 1)).map(date.isoformat)
LAST_DAY_BEFORE = "2021-02-28"
NUMBERS = st.decimals(0, 10_000, places=2)
QUANTITIES = st.dictionaries(st.sampled_from(["pipe", "design", "inside"]), NUMBERS)


@law
@given(st.sampled_from(CALIBRES), DAYS, st.booleans(), QUANTITIES)
def test_what_is_known_is_certain_and_nothing_gets_lost(calibre, land, developer, quantities):
    result = asked(calibre, quantities, land=land, developer=developer)
    assert result.certain
    assert result.total == result.least
    assert result.total + result.waived == sum((i.amount for i in result.items), Decimal(0))
    assert (result.of(OUTSIDE).total == 0) >= (calibre < 100 or (land >= THE_DAY and not developer))


@law
@given(st.sampled_from(CALIBRES), DAYS, st.booleans(), QUANTITIES)
def test_what_is_found_out_lies_within_what_was_said_before(calibre, land, developer, quantities):
    open_, known = (
        asked(calibre, quantities),
        asked(calibre, quantities, land=land, developer=developer),
    )
    assert open_.least <= known.total <= open_.total
    assert open_.waived <= known.waived


@law
@given(st.sampled_from(CALIBRES), QUANTITIES)
def test_the_two_sums_are_those_of_the_two_days(calibre, quantities):
    both = asked(calibre, quantities, developer=False)
    days = (asked(calibre, quantities, land=d, developer=False) for d in (THE_DAY, LAST_DAY_BEFORE))
    assert [both.least, both.total] == [each.total for each in days]


@law
@given(st.sampled_from(["pipe", "design", "inside"]), NUMBERS, NUMBERS)
def test_more_of_an_item_never_costs_less(code, some, more):
    less = asked(150, {code: some}, land="2020-01-01", developer=False)
    assert asked(150, {code: some + more}, land="2020-01-01", developer=False).total >= less.total
