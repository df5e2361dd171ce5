from __future__ import annotations

import pytest

from waterdesk.core import inputs
from waterdesk.core.errors import Invalid


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "+86 138 1234 5678",
        "0086-138-1234-5678",
        "8613812345678",
        "１３８１２３４５６７８",
    ],
)
def test_a_mobile_number_is_understood_however_it_is_typed(typed):
    assert inputs.mobile(typed) == "13812345678"


@pytest.mark.parametrize(
    "typed", ["", "12812345678", "1381234567", "138123456789", "abc", "０", "٣" * 11]
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(Invalid):
        inputs.mobile(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0731-28881234", "073128881234"),
        ("(0731) 2888 1234 转 801", "073128881234*801"),
        ("28881234", "28881234"),
        ("400-123-4567", "4001234567"),
        ("95598", "95598"),
        ("12345", "12345"),
        ("110", "110"),
        ("+86 13912345678", "13912345678"),
        ("", ""),
        ("anonymous", ""),
    ],
)
def test_any_number_that_can_call_is_kept(typed, kept):
    assert inputs.caller(typed) == kept


@pytest.mark.parametrize("typed", ["1234567890123", "hello", "00000000", "1", "<script>"])
def test_a_number_that_cannot_call_is_refused(typed):
    with pytest.raises(Invalid):
        inputs.caller(typed)


@pytest.mark.parametrize(
    "number",
    ["11010519491231002X", "34052419800101001X", "440524188001010014", "11010519491231002x"],
)
def test_a_good_identity_number_passes(number):
    assert inputs.identity(number) == number.upper()


@pytest.mark.parametrize(
    "number",
    ["110105194912310021", "11010519491331002X", "1101051949123100", "A1010519491231002X", ""],
)
def test_a_bad_identity_number_is_refused(number):
    with pytest.raises(Invalid):
        inputs.identity(number)


@pytest.mark.parametrize("code", ["91512081MA62K0260E", "91350100M000100Y43", "91350100m000100y43"])
def test_a_good_credit_code_passes(code):
    assert inputs.credit_code(code) == code.upper()


@pytest.mark.parametrize("code", ["91350100M000100Y4Z", "91350100M000100Y44", "9135", "O" * 18])
def test_a_bad_credit_code_is_refused(code):
    with pytest.raises(Invalid):
        inputs.credit_code(code)


def test_rare_characters_and_emoji_are_kept_and_controls_are_not():
    assert inputs.text(" 䶮𬱖\u202e👋\x00 小\n区 ", 20) == "䶮𬱖👋 小 区"


def test_line_breaks_are_kept_where_they_belong():
    assert inputs.text("一\n二", 20, lines=True) == "一\n二"


def test_a_lone_surrogate_does_not_reach_the_database():
    assert inputs.text("a\ud800b", 20) == "ab"


def test_text_that_is_too_long_is_refused():
    with pytest.raises(Invalid, match="不能超过 5 个字"):
        inputs.text("六个字的文本", 5)


@pytest.mark.parametrize(("typed", "kept"), [("20", 20), ("DN100", 100), (15, 15)])
def test_a_calibre_in_use_passes(typed, kept):
    assert inputs.calibre(typed) == kept


@pytest.mark.parametrize("typed", ["21", "-20", "", "DN", "20.0", "²", "99999999999"])
def test_an_unknown_calibre_is_refused(typed):
    with pytest.raises(Invalid):
        inputs.calibre(typed)
