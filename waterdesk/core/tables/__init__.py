"""Lists as others send them: a spreadsheet (.xlsx) or a text with delimiters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Invalid
from waterdesk.core.tables import delimited, workbook
from waterdesk.core.tables.table import MOST_ROWS, Headings, Table

MOST_BYTES = 5 * 1024 * 1024
# How a file of the old Excel begins: a compound document.
_OLD = b"\xd0\xcf\x11\xe0"

__all__ = ["MOST_BYTES", "MOST_ROWS", "Headings", "Table", "read"]


def read(content: bytes, headings: Headings) -> Table:
    """The rows of a file, whatever it is called: its first bytes say what it is.

    Raises Invalid for what is no such list, too large, or has no line of headings.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(_("文件不能超过 5 MB。"))
    if not content.strip():
        raise Invalid(_("文件是空的。"))
    if content.startswith(_OLD):
        raise Invalid(_("这是旧版 .xls 文件，请另存为 .xlsx 再上传。"))
    if content.startswith(b"PK\x03\x04"):
        return workbook.read(content, headings)
    return delimited.read(content, headings)
