"""Sums of money: Decimal yuan, to the 分."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def money(amount: Decimal | int) -> Decimal:
    """The amount in yuan with two places, half a 分 rounded up (away from zero)."""
    return Decimal(amount).quantize(FEN, ROUND_HALF_UP)


def told(amount: Decimal | str) -> str:
    """As people read it: 1,234.50, and whole yuan without their zeros: 30,000."""
    value = money(Decimal(amount))
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def plain(number: Decimal | str) -> str:
    """A quantity or a price without needless zeros: 12.50 is 12.5, 400.00 is 400."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
