"""Finding a case or an address by whatever the caller says of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.core.places.ground import address
from tests.factories import MONDAY_0900, open_application, open_ticket, staff
from waterdesk.core import search
from waterdesk.core.places import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    open_application(name="王五", address="城西区解放路 1 号")
    return open_ticket(name="欧阳修", phone="057187654321", address="城东区中山东路 66 号重庆里")


def numbers(text, by=None):
    return [each.case.number for each in search.cases(by or staff("agent"), text)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("中山", ("address",)),
        ("山东", ("address",)),
        ("６６号", ("address",)),
        ("欧阳", ("name",)),
        ("欧阳 中山", ("name", "address")),
        ("欧", ("name",)),
        ("zsdl", ("initials",)),
        ("ZSDL", ("initials",)),
        ("oyx", ("initials",)),
        ("zs", ("initials",)),
        ("cql", ("initials",)),
        ("zql", ("initials",)),
        ("4321", ("phone",)),
        ("87654321", ("phone",)),
        ("0571-8765 4321", ("phone",)),
        ("+86 0571 87654321", ("phone",)),
    ],
)
def test_a_case_is_found_and_it_is_said_why(ticket, text, why):
    found = search.cases(staff("agent"), text)
    assert [(each.case.number, each.why) for each in found] == [(ticket.number, why)]


def test_a_case_is_found_by_the_beginning_of_its_number(ticket):
    found = search.cases(staff("agent"), ticket.number[:9].lower())
    assert [(each.case.number, each.why) for each in found] == [(ticket.number, ("number",))]


@pytest.mark.parametrize("text", ["", " ", "%", "_", "\\", "欧阳 解放", "x\x00y", "0000", "@@"])
def test_what_is_not_there_is_not_found(ticket, text):
    assert numbers(text) == []


@pytest.mark.parametrize("newest", [0, 1, 1000])
def test_an_old_case_is_found_as_well_as_a_new_one(ticket, monkeypatch, newest):
    monkeypatch.setattr(search, "NEWEST", newest)
    later = open_ticket(address="城东区中山东路 70 号")
    assert numbers("中山东") == [later.number, ticket.number]
    assert numbers("zsd") == [later.number, ticket.number]


def test_an_area_sees_its_own_alone(ticket):
    assert numbers("中山", staff("agent", "west")) == []
    assert numbers("87654321", staff("agent", "west")) == []
    assert numbers("中山", staff("agent", "east")) == [ticket.number]


def test_a_question_costs_three_statements_at_most(ticket):
    agent = staff("agent")
    numbers("中山", agent)
    with CaptureQueriesContext(connection) as queries:
        numbers("中山", agent)
    assert len(queries) <= 3


def test_addresses_of_the_book_are_found_those_that_begin_so_first():
    address("城东区人民路 1 号中山小区")
    first = address("中山东路 66 号", kind="school")
    found = search.addresses("中山")
    assert [each.address.text for each in found] == ["中山东路 66 号", "城东区人民路 1 号中山小区"]
    assert [each.address for each in search.addresses("zsdl66")] == [first]
    assert search.addresses("中") == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_in_a_text_is_in_what_is_looked_through(before, after):
    whole = words.folded(before + "中山路" + after)
    kept = words.sought(before + "中山路" + after).split("\n")
    assert whole == kept[0] or not whole


@given(st.text(alphabet="中山路朝阳8号 ab-_%", min_size=1, max_size=30))
def test_postgres_and_python_make_the_same_pairs(text):
    sought = words.sought(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_grams(%s)", [sought])
        assert sorted(cursor.fetchone()[0]) == words.grams(sought.split("\n"))


def test_the_index_of_pairs_is_used_for_what_is_rare(ticket):
    rows = search._worded(search.Case.objects.all(), ["山东"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "core_case_grams" in rows.explain()


def test_the_time_of_the_opening_is_not_what_orders(ticket):
    earlier = open_ticket(at=MONDAY_0900, address="城东区中山东路 1 号")
    assert numbers("中山") == [earlier.number, ticket.number]
