"""A list as a text: UTF-8, GB18030 or UTF-16, by the delimiter that suits its headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Invalid
from waterdesk.core.tables.table import HEAD_LINES, Cell, Headings, Table, build, text_of

DELIMITERS = (",", "\t", ";", "|")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(content: bytes, headings: Headings) -> Table:
    """The table in a text; raises Invalid for what is no text or not in order."""
    text = _decoded(content)
    if "\x00" in text:
        raise Invalid(_("这不是文本文件，请上传 .xlsx 或 CSV。"))
    return build(_lines(text, delimiter_of(text, headings)), headings)


def delimiter_of(text: str, headings: Headings) -> str:
    """The delimiter under which the first lines have the most headings that are known."""

    def known(delimiter: str) -> int:
        first = islice(_lines(text, delimiter), HEAD_LINES)
        return max((sum(map(bool, map(headings.known, cells))) for _n, cells in first), default=0)

    return max(DELIMITERS, key=known)


def _unmarked(cell: str) -> str:
    """Without the mark by which our own export keeps a text from being taken for a formula."""
    return cell[1:] if cell.startswith(("'=", "'+", "'-", "'@")) else cell


def _decoded(content: bytes) -> str:
    """UTF-8 first: a Chinese text in GB18030 is hardly ever valid UTF-8, and never by chance."""
    encodings = ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("文件编码无法识别，请另存为 UTF-8 的 CSV 或 .xlsx。"))


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    """(line of the file, cells); a text in quotes may go over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, [text_of(_unmarked(cell)) for cell in cells]
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(_("第 %(line)d 行无法读取，请检查引号。") % {"line": line}) from None
