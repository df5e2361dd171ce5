"""Papers: documents in Chinese as PDF, the font inside. Knows nothing of cases.

A Paper is made of blocks; `pdf(paper)` gives the same bytes for the same paper, whoever prints it.
"""

from waterdesk.papers.blocks import (
    Bars,
    Blanks,
    Facts,
    Heading,
    Lines,
    Paper,
    Signs,
    Table,
    Words,
)
from waterdesk.papers.printing import pdf

__all__ = [
    "Bars",
    "Blanks",
    "Facts",
    "Heading",
    "Lines",
    "Paper",
    "Signs",
    "Table",
    "Words",
    "pdf",
]
