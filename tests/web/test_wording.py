"""Times, durations and masked data as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from waterdesk.core.wording import duration, mask_name, mask_phone, when

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Saturday in November, half past two in the afternoon.
NOW = datetime(2026, 11, 21, 14, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "不到 1 分钟"),
        (timedelta(seconds=59), "不到 1 分钟"),
        (timedelta(seconds=60), "1 分钟"),
        (timedelta(minutes=59, seconds=59), "59 分钟"),
        (timedelta(hours=1), "1 小时"),
        (timedelta(hours=1, minutes=20), "1 小时 20 分"),
        (timedelta(hours=23, minutes=59), "23 小时 59 分"),
        (timedelta(days=1), "1 天"),
        (timedelta(days=1, minutes=59), "1 天"),
        (timedelta(days=1, hours=2, minutes=59), "1 天 2 小时"),
        (timedelta(days=400), "400 天"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(span, words):
    assert duration(span) == words


def test_a_duration_before_the_limit_and_one_after_it_read_the_same():
    assert duration(timedelta(minutes=-80)) == duration(timedelta(minutes=80)) == "1 小时 20 分"


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)))
def test_a_duration_never_says_more_than_there_is(span):
    numbers = [int(word) for word in duration(span).split() if word.isdigit()]
    assert max(numbers) <= max(span.days, 59)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-21T16:30", "今天 16:30"),
        ("2026-11-21T00:00", "今天 00:00"),
        ("2026-11-21T23:59", "今天 23:59"),
        ("2026-11-22T09:00", "明天 09:00"),
        ("2026-11-20T23:59", "昨天 23:59"),
        ("2026-11-23T16:30", "11月23日 周一 16:30"),
        ("2026-01-04T08:05", "1月4日 周日 08:05"),
        ("2027-01-04T08:30", "2027年1月4日 周一 08:30"),
        ("2025-12-31T08:30", "2025年12月31日 周三 08:30"),
    ],
)
def test_an_instant_is_said_as_one_says_it_today(at, words):
    assert when(datetime.fromisoformat(f"{at}+08:00"), NOW) == words


def test_a_day_is_a_day_of_the_current_zone():
    midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert when(midnight, NOW) == "明天 00:00"
    with timezone.override(UTC):
        assert when(midnight, NOW) == "今天 16:00"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("073128123456", "073****3456"),
        ("28123456", "28****56"),
        ("12345", "12345"),
        ("96390", "96390"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_its_ends(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("欧阳修文", "欧*"),
        ("𬱖某", "𬱖*"),
        (" 李四 ", "李*"),
        ("王", "王*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(name, masked):
    assert mask_name(name) == masked
