"""A table of texts with its line of headings found, wherever in the file it stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.projects.fields import FIELDS
from waterdesk.core.errors import Invalid

MOST_ROWS = 5000
MOST_COLUMNS = 60
# The headings stand among the first lines; above them there may be a title.
HEAD_LINES = 10
# One more than the longest text there is room for, so that a longer one is told as such.
CELL_LENGTH = 2001
IGNORED_LENGTH = 40

# What could not be read of a cell, instead of its text.
FAULTS = {
    "formula": _("单元格是公式，且没有保存计算结果；请粘贴为数值。"),
    "error": _("单元格是错误值（如 #REF!）。"),
}
Cell = str | dict[str, str]


@dataclass
class Table:
    """`columns` are names of fields; a row is [line of the file, a cell for each column]."""

    columns: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def known_heading(cell: Cell) -> str:
    """The name of the field that stands under this heading; "" for a heading nobody knows."""
    return _HEADINGS.get(_bare(cell), "") if isinstance(cell, str) else ""


def build(lines: Iterable[tuple[int, Sequence[Cell]]]) -> Table:
    """The table in these (number, cells) lines; Invalid when it has no headings or no end."""
    head: list[tuple[int, str]] = []
    table = Table([])
    for seen, (number, cells) in enumerate(lines):
        if not head:
            head = _head(cells, table)
            if not head and seen >= HEAD_LINES:
                break
            continue
        row = [cells[place] if place < len(cells) else "" for place, _name in head]
        if any(row):
            table.rows.append([number, *row])
        if len(table.rows) > MOST_ROWS:
            raise Invalid(_("一次最多导入 %(most)d 行，请分成几个文件。") % {"most": MOST_ROWS})
    if not head:
        raise Invalid(_("没有找到表头：标题行应有“项目编号”和“项目名称”，可下载模板对照。"))
    if not table.rows:
        raise Invalid(_("表头下面没有内容。"))
    return table


def text_of(value: object) -> str:
    """A cell as kept: trimmed, and no longer than is told as too long."""
    return str(value)[: CELL_LENGTH * 2].strip()[:CELL_LENGTH]


def _head(cells: Sequence[Cell], table: Table) -> list[tuple[int, str]]:
    """(place, field) of the known headings, if this is the line of headings; else nothing."""
    named = [(place, known_heading(cell)) for place, cell in enumerate(cells)]
    found = [(place, name) for place, name in named if name]
    names = [name for _place, name in found]
    if not {"code", "name"} <= set(names):
        return []
    if twice := next((name for name in names if names.count(name) > 1), ""):
        label = next(each.label for each in FIELDS if each.name == twice)
        raise Invalid(_("表头中“%(column)s”出现了两次。") % {"column": label})
    table.columns = names
    strange = [cell for place, cell in enumerate(cells) if not named[place][1]]
    table.ignored = [each[:IGNORED_LENGTH] for each in strange if isinstance(each, str) and each]
    return found


def _bare(heading: str) -> str:
    """A heading without what does not tell: width, blanks, stars, units and remarks in brackets."""
    text = unicodedata.normalize("NFKC", heading)
    return re.sub(r"\(.*?\)|[\s*:]", "", text).lower()


# In Chinese, whoever reads the page: it is what stands in the lists that come in.
_HEADINGS = {
    _bare(heading): each.name
    for each in FIELDS
    for heading in (each.name, each.heading, *each.aliases)
}
