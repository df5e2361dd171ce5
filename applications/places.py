"""One spelling of an address, by which two applications for the same place are found.

It is for comparing only: the address itself stays as it was typed. Pure.
"""

from __future__ import annotations

import re
import unicodedata

LENGTH = 200

# Blanks between two figures part them ("8 101" is no 8101); all others mean nothing.
_BETWEEN_FIGURES = re.compile(r"(?<=[0-9a-z])[\s,，、.。]+(?=[0-9a-z])")
_NOTHING = re.compile(r"[\s,，、.。;；:：()（）\[\]【】\"'“”]+")
_DASH = re.compile(r"[-‐‑‒–—―−~]+")
# Ways to write the same: a house, a flat.
_ALIKE = (
    (re.compile(r"(?<=[0-9a-z])(?:号楼|幢|座|#楼)"), "栋"),
    (re.compile(r"(?<=[0-9a-z])#"), "号"),
    (re.compile(r"(?<=[0-9])[号室户](?=$)"), ""),
    (re.compile(r"(?<=[0-9])室"), ""),
)


def normal(address: str) -> str:
    """The address without what people write differently; "" for nothing but signs.

    Full width becomes half, capitals small, blanks and signs go; 幢, 座 and 号楼 are 栋; a 号 or 室
    at the end goes. Doing it again changes nothing.
    """
    text = _tidied(address)
    # What goes may leave something at the end that goes as well.
    while (again := _tidied(text)) != text:
        text = again
    return text


def _tidied(address: str) -> str:
    text = unicodedata.normalize("NFKC", address).casefold().strip()
    text = _DASH.sub("-", text)
    text = _NOTHING.sub("", _BETWEEN_FIGURES.sub("-", text))
    for pattern, word in _ALIKE:
        text = pattern.sub(word, text)
    return text[:LENGTH]
