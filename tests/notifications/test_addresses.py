from __future__ import annotations

import pytest

from notifications.addresses import masked, mobile, with_mobiles_masked


@pytest.mark.parametrize(
    "phone", ["13800001234", "+86 138 0000 1234", "0086-138-0000-1234", "8613800001234"]
)
def test_a_mobile_number_is_an_address(phone: str):
    assert mobile(phone) == "13800001234"


@pytest.mark.parametrize(
    "phone", ["", "0731-22881234", "96390", "4008001234", "12800001234", "1380000123"]
)
def test_what_receives_no_short_message_is_none(phone: str):
    assert mobile(phone) == ""


def test_a_number_is_masked_in_its_middle():
    assert masked("13800001234") == "138****1234"
    assert masked("96390") == "***90"


def test_mobile_numbers_within_a_text_are_masked_and_case_numbers_are_not():
    text = "A20260302138000012345 张三 13800001234。"
    assert with_mobiles_masked(text) == "A20260302138000012345 张三 138****1234。"
