"""Charts drawn as lines and areas, which stay sharp at any size; what they show is said beside.

Colour is never the only sign: a bar has its figure, a line has a mark and a dash of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from waterdesk.papers import font
from waterdesk.papers.blocks import Bars, Lines
from waterdesk.papers.pages import GREY, INK, LINE

BAR, THICK = 6.2 * mm, 3.2 * mm
SMALL = 8.0
# A chart that a third of a page holds; below it stand the names of its lines.
CHART, AXIS, KEY = 46 * mm, 9 * mm, 6 * mm
TRACK = Color(0.92, 0.94, 0.95)
COLORS = (Color(0.0, 0.4, 0.52), Color(0.7, 0.3, 0.1), Color(0.35, 0.35, 0.6))
DASHES: tuple[tuple[int, ...], ...] = ((), (4, 2), (1, 2))
STEPS = 4  # the lines of the grid: 0, 25, 50, 75, 100 of 100


def bars(block: Bars, width: float) -> list[Flowable]:
    """One flowable a bar, so that many of them go over to the next page."""
    labels = [stringWidth(label, font.ready(), SMALL) for label, _value, _said in block.rows]
    said = [stringWidth(text, font.ready(), SMALL) for _label, _value, text in block.rows]
    left = min(max(labels, default=0) + 3 * mm, width * 0.34)
    right = min(max(said, default=0) + 3 * mm, width * 0.34)
    return [_Bar(row, block.most, (width, left, right)) for row in block.rows]


class _Bar(Flowable):
    def __init__(
        self, row: tuple[str, float | None, str], most: float, room: tuple[float, float, float]
    ) -> None:
        super().__init__()
        self.row, self.most, self.room = row, most, room
        self.width, self.height = room[0], BAR

    def draw(self) -> None:
        canvas, (label, value, said) = self.canv, self.row
        width, left, right = self.room
        base = (BAR - THICK) / 2
        canvas.setFont(font.NAME, SMALL)
        canvas.setFillColor(INK)
        canvas.drawString(0, base + 0.6 * mm, fitted(label, left - 2 * mm))
        canvas.drawRightString(width, base + 0.6 * mm, fitted(said, right))
        canvas.setFillColor(TRACK)
        canvas.rect(left, base, width - left - right, THICK, stroke=0, fill=1)
        if value:
            share = min(max(value / self.most, 0), 1) if self.most else 0
            canvas.setFillColor(COLORS[0])
            canvas.rect(left, base, (width - left - right) * share, THICK, stroke=0, fill=1)


class LineChart(Flowable):
    def __init__(self, block: Lines, width: float) -> None:
        super().__init__()
        self.block, self.width, self.height = block, width, CHART + AXIS + KEY

    def draw(self) -> None:
        self.canv.setFont(font.ready(), SMALL)
        self._grid()
        for place, (_name, values) in enumerate(self.block.lines):
            self._line(place, values)
        self._names()

    def _at(self, place: int, value: float) -> tuple[float, float]:
        """Where a value stands; the first and the last keep half a label from the edges."""
        left, right = 12 * mm, self.width - 8 * mm
        across = (right - left) / max(len(self.block.labels) - 1, 1)
        most = self.block.most or 1
        return left + place * across, AXIS + KEY + (CHART - 4 * mm) * min(value / most, 1)

    def _grid(self) -> None:
        canvas, block = self.canv, self.block
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        canvas.setFillColor(GREY)
        for step in range(STEPS + 1):
            value = block.most * step / STEPS
            _x, y = self._at(0, value)
            canvas.line(12 * mm, y, self.width, y)
            canvas.drawRightString(11 * mm, y - 1 * mm, f"{value:g}{block.unit}")
        # As many labels as there is room for, the last one always.
        widest = max((stringWidth(each, font.NAME, SMALL) for each in block.labels), default=1)
        fit = max(int((self.width - 20 * mm) / (widest + 3 * mm)), 1)
        every = -(-len(block.labels) // fit)
        for place, label in enumerate(block.labels):
            if (len(block.labels) - 1 - place) % every == 0:
                canvas.drawCentredString(self._at(place, 0)[0], KEY + 3.5 * mm, label)

    def _line(self, place: int, values: tuple[float | None, ...]) -> None:
        canvas = self.canv
        _ink(canvas, place)
        before: tuple[float, float] | None = None
        for where, value in enumerate(values):
            here = None if value is None else self._at(where, value)
            if here and before:
                canvas.setDash(*_dash(place))
                canvas.line(*before, *here)
            if here:
                canvas.setDash()
                MARKS[place % len(MARKS)](canvas, *here)
            before = here

    def _names(self) -> None:
        canvas, x, y = self.canv, 12 * mm, 1.5 * mm
        for place, (name, _values) in enumerate(self.block.lines):
            _ink(canvas, place)
            canvas.setDash(*_dash(place))
            canvas.line(x, y + 1 * mm, x + 8 * mm, y + 1 * mm)
            canvas.setDash()
            MARKS[place % len(MARKS)](canvas, x + 4 * mm, y + 1 * mm)
            canvas.setFillColor(INK)
            canvas.drawString(x + 10 * mm, y, name)
            x += 16 * mm + stringWidth(name, font.NAME, SMALL)


def _ink(canvas: Any, place: int) -> None:
    canvas.setStrokeColor(COLORS[place % len(COLORS)])
    canvas.setFillColor(COLORS[place % len(COLORS)])
    canvas.setLineWidth(1.2)


def _dash(place: int) -> tuple[Any, ...]:
    dash = DASHES[place % len(DASHES)]
    return (list(dash), 0) if dash else ()


def _round(canvas: Any, x: float, y: float) -> None:
    canvas.circle(x, y, 0.8 * mm, stroke=0, fill=1)


def _square(canvas: Any, x: float, y: float) -> None:
    canvas.rect(x - 0.75 * mm, y - 0.75 * mm, 1.5 * mm, 1.5 * mm, stroke=0, fill=1)


def _corner(canvas: Any, x: float, y: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x, y + 1.1 * mm)
    path.lineTo(x + 1.1 * mm, y - 0.8 * mm)
    path.lineTo(x - 1.1 * mm, y - 0.8 * mm)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


MARKS: tuple[Callable[[Any, float, float], None], ...] = (_round, _square, _corner)


def fitted(text: str, room: float) -> str:
    """The text, cut with a mark where there is no room for all of it."""
    if stringWidth(text, font.ready(), SMALL) <= room:
        return text
    while text and stringWidth(f"{text}…", font.NAME, SMALL) > room:
        text = text[:-1]
    return f"{text}…"
