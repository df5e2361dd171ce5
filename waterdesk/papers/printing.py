"""From blocks to the bytes of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from html import escape
from io import BytesIO
from itertools import zip_longest
from typing import Any

from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from waterdesk.papers import charts, font
from waterdesk.papers.blocks import (
    Bars,
    Blanks,
    Block,
    Facts,
    Heading,
    Lines,
    Paper,
    Signs,
    Table,
    Words,
)
from waterdesk.papers.pages import FOOT, GREY, HEIGHT, INK, LINE, MARGIN, QR_ROOM, WIDTH, Pages

ROOM = WIDTH - 2 * MARGIN
LABEL = 30 * mm
# A value of more characters takes the whole row. *chosen*: what half a row holds in two lines.
LONG = 30
# What one row may hold of a long text, in lines: less than half a page.
MOST_LINES = 20
CELL, PADDING = 9.5, 5
ROW, TALL = 8 * mm, 18 * mm
SIGN_ROOM = 12 * mm
_grid = [
    ("FONTNAME", (0, 0), (-1, -1), font.NAME),
    ("GRID", (0, 0), (-1, -1), 0.5, LINE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
]


def pdf(paper: Paper) -> bytes:
    """The paper as a PDF of A4 pages; the same bytes whenever and wherever it is made anew.

    Text of any length is broken over lines and pages. What the font lacks is an empty box.
    """
    target = BytesIO()
    frame = Frame(MARGIN, FOOT, ROOM, HEIGHT - MARGIN - FOOT, 0, 0, 0, 0)
    document = BaseDocTemplate(
        target,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=f"{paper.title} {paper.number}",
        author=paper.issuer,
        subject=paper.digest,
        creator="waterdesk",
    )
    document.build([*_head(paper), *_body(paper)], canvasmaker=partial(Pages, paper))
    return target.getvalue()


def _style(
    size: float, color: Any = INK, before: float = 0, after: float = 0, *, right: bool = False
) -> ParagraphStyle:
    return ParagraphStyle(
        "", fontName=font.ready(), fontSize=size, leading=size * 1.55, textColor=color,
        wordWrap="CJK", alignment=TA_RIGHT if right else TA_LEFT, spaceBefore=before,
        spaceAfter=after,
    )  # fmt: skip


def _said(text: str, style: ParagraphStyle) -> Paragraph:
    """Text as it is: nothing in it is markup."""
    return Paragraph("<br/>".join(escape(line) for line in text.split("\n")), style)


class Gap(Spacer):
    """Room below a block; where a page is full there is none, and no empty page because of it."""

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self.width, max(min(self.height, height), 0)


def _head(paper: Paper) -> list[Flowable]:
    title = [_said(paper.title, _style(18)), _said(paper.issuer, _style(9.5, GREY))]
    if paper.subtitle:
        title.append(_said(paper.subtitle, _style(9.5, GREY)))
    room = ROOM - QR_ROOM if paper.link else ROOM
    plain = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    height = 29 * mm if paper.link else None
    top = ("VALIGN", (0, 0), (-1, -1), "TOP")
    head = Grid([[title, ""]], [room, ROOM - room], height, style=[*plain, top, _grid[0]])
    return [head, Spacer(0, 4 * mm)]


def _body(paper: Paper) -> Iterator[Flowable]:
    """The blocks one after the other; a heading stays with what follows it."""
    for block in paper.blocks:
        yield from _flow(block)


def _flow(block: Block) -> list[Flowable]:
    match block:
        case Heading():
            # At the foot of a page it goes to the next one, but not the whole table below it.
            return [CondPageBreak(30 * mm), _said(block.text, _style(12, before=8, after=4))]
        case Words():
            return [_said(block.text, _style(10, after=5))]
        case Facts():
            return [_facts(block), Gap(0, 3 * mm)]
        case Table():
            return [_table(block), Gap(0, 3 * mm)]
        case Bars():
            return [*charts.bars(block, ROOM), Gap(0, 3 * mm)]
        case Lines():
            return [charts.LineChart(block, ROOM), Gap(0, 3 * mm)]
        case Blanks():
            return [_blanks(block), Gap(0, 3 * mm)]
        case Signs():
            return [KeepTogether([Spacer(0, 4 * mm), _signs(block)])]


def _facts(block: Facts) -> Grid:
    label, value = _style(9, GREY), _style(CELL)
    rows: list[list[Any]] = []
    wide: list[int] = []
    half: list[Any] = []
    for name, text in block.rows:
        pair = [_said(name, label), _said(text, value)]
        if len(text) > LONG or "\n" in text:
            _end_half(rows, half, wide)
            for place, part in enumerate(_pieces(text, ROOM - LABEL)):
                wide.append(len(rows))
                rows.append(["" if place else pair[0], _said(part, value), "", ""])
            half = []
        elif half:
            rows.append(half + pair)
            half = []
        else:
            half = pair
    _end_half(rows, half, wide)
    spans = [("SPAN", (1, row), (-1, row)) for row in wide]
    side = ROOM / 2 - LABEL
    return Grid(rows, [LABEL, side, LABEL, side], style=[*_grid, *spans])


def _end_half(rows: list[list[Any]], half: list[Any], wide: list[int]) -> None:
    """A pair that nothing came beside takes the whole row."""
    if half:
        wide.append(len(rows))
        rows.append([*half, "", ""])


def _table(block: Table) -> Grid:
    shares = block.shares or (1,) * len(block.head)
    widths = [ROOM * share / sum(shares) for share in shares]
    first = _style(9, GREY), _style(CELL)
    others = (_style(8, GREY, right=True), _style(8.5, right=True)) if block.figures else first
    styles = [first, *[others] * (len(widths) - 1)]
    rows = [[_said(each, label) for each, (label, _value) in zip(block.head, styles, strict=True)]]
    for row in block.rows:
        cells = [_pieces(text, width) for text, width in zip(row, widths, strict=True)]
        rows += [
            [_said(each, value) for each, (_label, value) in zip(part, styles, strict=True)]
            for part in zip_longest(*cells, fillvalue="")
        ]
    return Grid(rows, widths, repeatRows=1, style=_grid)


def _pieces(text: str, width: float) -> list[str]:
    """The text in parts of at most MOST_LINES each, so that no row is higher than a page.

    A row of ReportLab that is cut by the end of a page loses what it spans.
    """
    a_line = int((width - 2 * PADDING) / CELL)
    lines = [
        line[start : start + a_line]
        for line in text.split("\n")
        for start in range(0, len(line) or 1, a_line)
    ]
    if len(lines) <= MOST_LINES:
        return [text]
    parts = range(0, len(lines), MOST_LINES)
    return ["\n".join(lines[start : start + MOST_LINES]) for start in parts]


def _blanks(block: Blanks) -> Grid:
    label = _style(9, GREY)
    rows: list[list[Any]] = []
    for place in range(0, len(block.labels), 2):
        pair = [_said(each, label) for each in block.labels[place : place + 2]]
        rows.append([pair[0], "", pair[1] if len(pair) > 1 else "", ""])
    spans = [("SPAN", (1, n), (-1, n)) for n, row in enumerate(rows) if row[2] == ""]
    heights = [ROW] * len(rows)
    for each in block.tall:
        spans += [("SPAN", (1, len(rows)), (-1, len(rows)))]
        rows.append([_said(each, label), "", "", ""])
        heights.append(TALL)
    side = ROOM / 2 - LABEL
    return Grid(rows, [LABEL, side, LABEL, side], heights, style=[*_grid, *spans])


def _signs(block: Signs) -> Grid:
    label, value = _style(9, GREY), _style(CELL)
    cells = []
    for who, lines in block.places:
        said = [_said(line, value) for line in lines] or [Spacer(0, SIGN_ROOM)]
        cells.append([_said(who, label), *said])
    top = ("VALIGN", (0, 0), (-1, -1), "TOP")
    return Grid([cells], [ROOM / len(cells)] * len(cells), style=[*_grid, top])
