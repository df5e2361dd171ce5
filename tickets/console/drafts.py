"""The name under which a browser keeps what is typed for a call until it is sent."""

from __future__ import annotations

from collections.abc import Mapping

NAME = "hotline"


def draft_name(said: Mapping[str, str]) -> str:
    """One for each call of an exchange, one for all that is typed without."""
    call = said.get("call", "")
    return f"{NAME}-{call}" if call.isascii() and call.isdigit() else NAME
