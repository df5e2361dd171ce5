"""What stops the launcher."""

from __future__ import annotations


class CannotRun(Exception):
    """A reason in one line, for the person at the terminal."""
