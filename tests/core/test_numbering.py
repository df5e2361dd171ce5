from __future__ import annotations

from datetime import UTC, datetime

import pytest

from waterdesk.core import numbering

LATE_EVENING_UTC = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_number_carries_the_local_date_and_its_check_digit():
    number = numbering.next_number("B", LATE_EVENING_UTC)
    assert number.startswith("B261121")
    assert numbering.looks_right(number)


@pytest.mark.django_db
def test_no_number_is_handed_out_twice():
    drawn = [numbering.next_number("G", LATE_EVENING_UTC) for _ in range(50)]
    assert len(set(drawn)) == 50


def test_every_single_wrong_digit_is_found():
    good = "26112100012" + str(numbering.check_digit("26112100012"))
    wrong = [
        good[:place] + str((int(good[place]) + step) % 10) + good[place + 1 :]
        for place in range(len(good))
        for step in range(1, 10)
    ]
    assert not [n for n in wrong if numbering.check_digit(n[:-1]) == int(n[-1])]


@pytest.mark.parametrize(
    "text", ["", "B", "B12", "B26112100012³4", "1234567890123456", "é261121000123"]
)
def test_what_has_no_number_shape_does_not_look_right(text):
    assert not numbering.looks_right(text)
