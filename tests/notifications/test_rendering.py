from __future__ import annotations

import logging

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from notifications.rendering import check, compiled, cut, render


def filled(template: str, **context: str) -> str:
    return render(compiled(template), context, "key")


def test_placeholders_are_filled():
    assert filled("{name}您好，{number}。", name="张三", number="A1") == "张三您好，A1。"


def test_a_value_is_never_read_as_a_text():
    assert filled("{note}", note="{number} {{x}} %s") == "{number} {{x}} %s"


def test_a_missing_name_leaves_a_gap_and_is_logged_once(caplog):
    with caplog.at_level(logging.WARNING):
        assert [filled("[{never_given}]") for _ in range(3)] == ["[]"] * 3
    assert caplog.text.count("never_given") == 1


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "}",
        "{}",
        "{0}",
        "{name!r}",
        "{name.pk}",
        "{name[0]}",
        "{name:>9}",
        "{{name}}",
        "{Name}",
    ],
)
def test_any_other_use_of_braces_is_refused(template: str):
    with pytest.raises(ValidationError):
        check(template)


def test_a_text_without_placeholders_is_fine():
    check("您好，{name}。")
    check("您好。")


@pytest.mark.parametrize("value", ["a\x00b", "a\nb", "a\ud800b", "a\u202eb", "a\u2028b"])
def test_what_a_database_or_a_terminal_stumbles_over_becomes_a_space(value: str):
    assert filled("{note}", note=value) == "a b"


def test_rare_characters_and_emoji_stay():
    assert filled("{name}", name="䶮𬱖👨‍👩‍👧　末") == "䶮𬱖👨‍👩‍👧　末"


@given(st.text())
def test_every_value_can_be_stored(value: str):
    stored = filled("{note}", note=value)
    assert "\x00" not in stored
    stored.encode("utf-8")


def test_a_long_text_says_that_something_is_missing():
    assert cut("一二三四五", 4) == "一二三…"
    assert cut("一二三四", 4) == "一二三四"
