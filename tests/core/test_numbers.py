"""What exchanges write as a number, and the one spelling it gets."""

from __future__ import annotations

import pytest

from waterdesk.core import inputs, numbers
from waterdesk.core.errors import Invalid

SPOKEN = [
    ("13800001111", "13800001111", "mobile"),
    ("+86 138 0000 1111", "13800001111", "mobile"),
    ("008613800001111", "13800001111", "mobile"),
    ("8613800001111", "13800001111", "mobile"),
    ("013800001111", "13800001111", "mobile"),
    ("138-0000-1111", "13800001111", "mobile"),
    ("１３８００００１１１１", "13800001111", "mobile"),
    ("sip:13800001111@10.0.0.1", "13800001111", "mobile"),
    ("tel:+8613800001111", "13800001111", "mobile"),
    ("0731-28881234", "073128881234", "landline"),
    ("073128881234", "073128881234", "landline"),
    ("+86 731 2888 1234", "073128881234", "landline"),
    ("(010) 6552 1234", "01065521234", "landline"),
    ("+861065521234", "01065521234", "landline"),
    ("0731-28881234转801", "073128881234*801", "landline"),
    ("0731-28881234 ext. 801", "073128881234*801", "landline"),
    ("073128881234#801", "073128881234*801", "landline"),
    ("2888 1234", "28881234", "local"),
    ("28881234转8", "28881234*8", "local"),
    ("400-820-8820", "4008208820", "service"),
    ("8008208820", "8008208820", "service"),
    ("96390", "96390", "service"),
    ("12345", "12345", "service"),
    ("95598", "95598", "service"),
    ("110", "110", "service"),
    ("", "", "withheld"),
    (None, "", "withheld"),
    ("anonymous", "", "withheld"),
    ("Unknown", "", "withheld"),
    ("sip:anonymous@anonymous.invalid", "", "withheld"),
    ("匿名", "", "withheld"),
    ("<unavailable>", "", "withheld"),
    ("+44 20 7946 0000", "442079460000", "other"),
    ("8001", "8001", "other"),
    ("1" * 90, "1" * 40, "other"),
]


@pytest.mark.parametrize(("raw", "value", "kind"), SPOKEN)
def test_a_number_gets_one_spelling(raw, value, kind):
    assert numbers.read(raw) == numbers.Number(value, kind)


@pytest.mark.parametrize("raw", [raw for raw, _value, kind in SPOKEN if kind != "other"])
def test_reading_what_was_read_changes_nothing(raw):
    once = numbers.read(raw)
    assert numbers.read(once.value) == once


def test_a_number_with_and_without_the_own_area_code_is_one():
    assert numbers.spellings("28881234", "0731") == ["28881234", "073128881234"]
    assert "28881234" in numbers.spellings("073128881234*801", "0731")


def test_another_area_code_makes_another_number():
    assert numbers.spellings("01028881234", "0731") == ["01028881234"]


def test_a_withheld_number_is_looked_for_nowhere():
    assert numbers.spellings("", "0731") == []


@pytest.mark.parametrize("raw", ["12", "8001", "+44 20 7946 0000", "张三", "abc13800001111"])
def test_what_an_agent_types_is_refused_where_an_exchange_is_not(raw):
    with pytest.raises(Invalid):
        inputs.caller(raw)
