"""The font of all papers, read once a process; a paper holds only the characters that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

NAME = "NotoSansSC"
FILE = Path(__file__).resolve().parent / "fonts" / "NotoSansSC-Regular.ttf"

_reading = Lock()
# A CMap lists at most so many characters in one block (Adobe Technical Note 5014).
_BLOCK = 100


class Font(TTFont):
    """A TrueType font whose characters beyond the first plane can be copied out of the paper.

    ReportLab writes them into the table that says which glyph is which character with five hex
    digits where UTF-16 wants a pair of surrogates: a rare name would be found by no search.
    """

    def addObjects(self, doc: Any) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        tables = [n for n in doc.idToObject if str(n).startswith("toUnicodeCMap:")]
        for name, subset in zip(tables, subsets, strict=True):
            doc.idToObject[name].content = to_unicode(name.partition(":")[2], subset)


def to_unicode(name: str, subset: Iterable[int]) -> str:
    """The ToUnicode CMap of a font with one byte a glyph; `subset` are the code points in order."""
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *_blocks(list(subset)),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


def _blocks(subset: list[int]) -> Iterator[str]:
    for start in range(0, len(subset), _BLOCK):
        part = subset[start : start + _BLOCK]
        yield f"{len(part)} beginbfchar"
        for place, code in enumerate(part, start):
            yield f"<{place:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>"
        yield "endbfchar"


def ready() -> str:
    """The name of the font, registered; the first call in a process reads the file."""
    with _reading:
        if NAME not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(Font(NAME, str(FILE)))
    return NAME
