"""The page itself: its foot, and the number of pages, which is known only at the end."""

from __future__ import annotations

from typing import Any

import segno
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from waterdesk.papers import font
from waterdesk.papers.blocks import Paper

WIDTH, HEIGHT = A4
MARGIN, FOOT = 18 * mm, 22 * mm
INK, GREY, LINE = Color(0.1, 0.13, 0.15), Color(0.4, 0.45, 0.48), Color(0.72, 0.76, 0.78)
QR = 24 * mm
# The room that the QR code takes of the lines beside it.
QR_ROOM = QR + 6 * mm
SMALL = 7.5


class Pages(Canvas):
    """Keeps the pages back until the last one, then draws the foot of each."""

    def __init__(self, paper: Paper, target: Any, **options: Any) -> None:
        super().__init__(
            target,
            pagesize=A4,
            invariant=1,  # no time of making and no random identity: the same paper, the same bytes
            pageCompression=1,
            initialFontName=font.ready(),
            lang="zh-CN",
        )
        self.paper = paper
        self.held_back: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self.held_back.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page, state in enumerate(self.held_back, 1):
            self.__dict__.update(state)
            self.draw_foot(page, len(self.held_back))
            if page == 1 and self.paper.link:
                self.draw_qr()
            super().showPage()
        super().save()

    def draw_foot(self, page: int, pages: int) -> None:
        paper = self.paper
        self.setStrokeColor(LINE)
        self.setLineWidth(0.5)
        self.line(MARGIN, FOOT - 4 * mm, WIDTH - MARGIN, FOOT - 4 * mm)
        self.setFillColor(GREY)
        self.setFont(font.NAME, SMALL)
        first, second = FOOT - 8 * mm, FOOT - 11.5 * mm
        self.drawString(MARGIN, first, f"{paper.issuer}  {paper.number}")
        self.drawRightString(
            WIDTH - MARGIN, first, paper.page_words % {"page": page, "pages": pages}
        )
        self.drawString(MARGIN, second, paper.digest)
        self.drawRightString(WIDTH - MARGIN, second, paper.printed)

    def draw_qr(self) -> None:
        """The QR code in the upper right corner of the first page, as squares, not as a picture."""
        paper = self.paper
        rows = tuple(segno.make(paper.link, error="m", micro=False).matrix)
        side = QR / len(rows)
        left, top = WIDTH - MARGIN - QR, HEIGHT - MARGIN
        squares = self.beginPath()
        for down, row in enumerate(rows):
            for along, dark in enumerate(row):
                if dark:
                    squares.rect(left + along * side, top - (down + 1) * side, side, side)
        self.setFillColor(INK)
        self.drawPath(squares, stroke=0, fill=1)
        self.setFillColor(GREY)
        self.setFont(font.NAME, SMALL)
        self.drawCentredString(left + QR / 2, top - QR - 3.2 * mm, paper.link_note)
        self.linkURL(paper.link, (left, top - QR, left + QR, top), relative=0)
