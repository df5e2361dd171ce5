"""What every file for a spreadsheet needs: rows as text, and cells that run nothing."""

from __future__ import annotations


class Echo:
    """What the csv module writes to: hands the row back at once."""

    def write(self, text: str) -> str:
        return text


def plain(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
