"""A PDF as others read it: poppler's tools, which have nothing in common with what made it."""

from __future__ import annotations

import subprocess
from shutil import which

import pytest

needs_poppler = pytest.mark.skipif(
    which("pdftotext") is None, reason="there is no pdftotext (apt-get install poppler-utils)"
)


def text_of(pdf: bytes) -> str:
    """All its words without blanks and line breaks."""
    return "".join(_told("pdftotext", pdf, "-").split())


def pages_of(pdf: bytes) -> list[str]:
    return ["".join(page.split()) for page in _told("pdftotext", pdf, "-").split("\f")[:-1]]


def fonts_of(pdf: bytes) -> list[dict[str, str]]:
    """name, emb, sub, uni of each of its fonts."""
    lines = _told("pdffonts", pdf).splitlines()[2:]
    rows = [line.split() for line in lines]
    return [{"name": r[0], "emb": r[-5], "sub": r[-4], "uni": r[-3]} for r in rows]


def info_of(pdf: bytes) -> dict[str, str]:
    lines = _told("pdfinfo", pdf).splitlines()
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


def _told(tool: str, pdf: bytes, *more: str) -> str:
    return subprocess.run(
        [tool, "-", *more], input=pdf, capture_output=True, check=True
    ).stdout.decode()
