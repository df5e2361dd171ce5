"""A table of texts with its line of headings found, wherever in the file it stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

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


@dataclass(frozen=True)
class Headings:
    """What the columns of a list are called, in Chinese, whoever reads the page.

    `names` are for each field everything that it may be called, `labels` what a page calls it. A
    list has all of the fields `needed`, or is refused with the words `missing`.
    """

    names: Mapping[str, Iterable[str]]
    labels: Mapping[str, str | Lazy]
    needed: frozenset[str]
    missing: str | Lazy

    @cached_property
    def by_bare(self) -> dict[str, str]:
        return {bare(said): name for name, many in self.names.items() for said in many}

    def known(self, cell: Cell) -> str:
        """The name of the field that stands under this heading; "" for one nobody knows."""
        return self.by_bare.get(bare(cell), "") if isinstance(cell, str) else ""


def build(lines: Iterable[tuple[int, Sequence[Cell]]], headings: Headings) -> Table:
    """The table in these (number, cells) lines; Invalid when it has no headings or no end."""
    head: list[tuple[int, str]] = []
    table = Table([])
    for seen, (number, cells) in enumerate(lines):
        if not head:
            head = _head(cells, table, headings)
            if not head and seen >= HEAD_LINES:
                break
            continue
        row = [cells[place] if place < len(cells) else "" for place, _name in head]
        if any(row):
            table.rows.append([number, *row])
        if len(table.rows) > MOST_ROWS:
            raise Invalid(_("一次最多导入 %(most)d 行，请分成几个文件。") % {"most": MOST_ROWS})
    if not head:
        raise Invalid(headings.missing)
    if not table.rows:
        raise Invalid(_("表头下面没有内容。"))
    return table


def text_of(value: object) -> str:
    """A cell as kept: trimmed, and no longer than is told as too long."""
    return str(value)[: CELL_LENGTH * 2].strip()[:CELL_LENGTH]


def _head(cells: Sequence[Cell], table: Table, headings: Headings) -> list[tuple[int, str]]:
    """(place, field) of the known headings, if this is the line of headings; else nothing."""
    named = [(place, headings.known(cell)) for place, cell in enumerate(cells)]
    found = [(place, name) for place, name in named if name]
    names = [name for _place, name in found]
    if not headings.needed <= set(names):
        return []
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise Invalid(_("表头中“%(column)s”出现了两次。") % {"column": headings.labels[twice]})
    table.columns = names
    strange = [cell for place, cell in enumerate(cells) if not named[place][1]]
    table.ignored = [each[:IGNORED_LENGTH] for each in strange if isinstance(each, str) and each]
    return found


def bare(heading: str) -> str:
    """A heading without what does not tell: width, blanks, stars, units and remarks in brackets."""
    text = unicodedata.normalize("NFKC", heading)
    return re.sub(r"\(.*?\)|[\s*:]", "", text).lower()
