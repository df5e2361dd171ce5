"""What a paper is made of: plain values, so that two equal papers are the same paper."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; a line break in it stays one."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values, two pairs a row where they fit; a long value takes the row for itself."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Its head stands on every page that it takes. `shares` are the widths of the columns.

    `figures`: all columns but the first stand at the right, as figures do, and a little smaller.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...] = ()
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar a row, from 0 to `most`: a label, its value (None is no bar), and what is said."""

    rows: tuple[tuple[str, float | None, str], ...]
    most: float = 100


@dataclass(frozen=True, slots=True)
class Lines:
    """Values over time, from 0 to `most`; None leaves a gap. Each line has a mark of its own.

    A line of `lines` has a name and a value for each of `labels`.
    """

    labels: tuple[str, ...]
    lines: tuple[tuple[str, tuple[float | None, ...]], ...]
    most: float = 100
    unit: str = "%"


@dataclass(frozen=True, slots=True)
class Blanks:
    """What is filled in by hand: a label and an empty line each, `tall` ones with room to write."""

    labels: tuple[str, ...]
    tall: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """Places to sign, side by side: who, and what stands there already, line by line."""

    places: tuple[tuple[str, tuple[str, ...]], ...]


Block = Heading | Words | Facts | Table | Bars | Lines | Blanks | Signs


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of A4 pages.

    `digest` names in the foot what the paper says, `printed` when it was printed, both as text;
    `link` becomes a QR code beside the title, `link_note` what stands under it. `page_words` is
    the foot's "page x of y", with %(page)d and %(pages)d.
    """

    title: str
    number: str
    issuer: str
    blocks: tuple[Block, ...]
    digest: str = ""
    printed: str = ""
    link: str = ""
    link_note: str = ""
    subtitle: str = ""
    page_words: str = field(default="第 %(page)d 页，共 %(pages)d 页")
