"""Case numbers that can be read out over the phone: B260921000123 + one check digit."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def next_number(prefix: str, at: datetime) -> str:
    """A new number, never handed out twice; a rolled-back case leaves a gap.

    The sequence is not reset by day, so nothing is locked and two numbers of one day do not tell
    how many cases lie between days.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('core_case_number')")
        return spelled(prefix, at, cursor.fetchone()[0])


def spelled(prefix: str, at: datetime, serial: int) -> str:
    """The number of the case with this serial: kind, local date of `at`, serial, Luhn digit."""
    digits = f"{timezone.localtime(at):%y%m%d}{serial:06d}"
    return f"{prefix}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """The Luhn digit: it finds every single wrong digit and most swapped neighbours."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 - place % 2)
        total += value - 9 * (value > 9)
    return -total % 10


def looks_right(number: str) -> bool:
    """Whether `number` has a case number's shape and check digit (not whether it exists)."""
    digits = number[1:]
    if not (number[:1].isascii() and number[:1].isalpha() and digits.isascii()):
        return False
    return digits.isdigit() and len(digits) >= 13 and check_digit(digits[:-1]) == int(digits[-1])
