"""One spelling of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.places import LENGTH, normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("城东区朝阳路 8 号", "城东区朝阳路8号"),
        ("城东区朝阳路８号", "城东区，朝阳路8"),
        ("朝阳路8号3幢201室", "朝阳路 8 号 3 栋 201"),
        ("朝阳路8号3号楼201", "朝阳路8号3座201室"),
        ("朝阳路8号B座201", "朝阳路 8 号 b 栋 201 室"),
        ("朝阳路8号（东门）", "朝阳路8号(东门)"),
        ("朝阳路8号2—201", "朝阳路8号2-201"),
        ("朝阳路8#", "朝阳路8号"),
    ],
)
def test_ways_to_write_one_place_are_the_same(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("朝阳路8号", "朝阳路18号"),
        ("朝阳路8号1栋201", "朝阳路8号1栋202"),
        ("朝阳路 8 101", "朝阳路 81 01"),
        ("朝阳路8号2-301", "朝阳路8号23-01"),
    ],
)
def test_other_places_stay_apart(one, other):
    assert normal(one) != normal(other)


@given(st.text(max_size=200) | st.text(alphabet="8a座栋号楼室户#- ,东", max_size=30))
def test_the_spelling_of_a_spelling_is_itself(address):
    once = normal(address)
    assert normal(once) == once
    assert len(once) <= LENGTH
