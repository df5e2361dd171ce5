"""Names and addresses as they are compared and looked for. Pure.

Initials are pinyin's first letters, zsl for 中山路. They are read a character at a time, because a
dictionary of phrases costs every process 60 MB. So characters that places read otherwise than the
dictionary have both readings: 朝阳路 is found by zyl and cyl.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache

# Before the package is imported, which reads it.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin.pinyin_dict import pinyin_dict

LENGTH = 200
_NOTHING = re.compile(r"[\W_]+")
# What these are called in names of places and people: 朝阳, 长沙, 重庆, 厦门, 番禺, 曾, 单, 仇.
SPOKEN = {"朝": "c", "长": "c", "重": "c", "厦": "x", "番": "p", "曾": "z", "单": "s", "仇": "q"}


def folded(text: str) -> str:
    """`text` without what people write differently: width, case, blanks, punctuation."""
    return _NOTHING.sub("", unicodedata.normalize("NFKC", text).casefold())[:LENGTH]


def initials(text: str) -> str:
    """The first letters of what is read aloud; letters and figures stand for themselves."""
    return "".join(map(_letter, folded(text)))


def spoken(text: str) -> str:
    """The same with the readings of SPOKEN."""
    return "".join(SPOKEN.get(char) or _letter(char) for char in folded(text))


@cache
def _letter(char: str) -> str:
    readings = pinyin_dict.get(ord(char), "")
    return unicodedata.normalize("NFD", readings[0])[0] if readings else char


def sought(*texts: str) -> str:
    """What a search looks through: every text as it is and by its initials, a line each."""
    lines = [read(text) for text in texts for read in (folded, initials, spoken)]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def asked(text: str) -> list[str]:
    """The words of a question, each of which must be found; [] for nothing but signs."""
    return [word for part in text.split() if (word := folded(part))]


def grams(words: list[str]) -> list[str]:
    """Every two characters that stand side by side: what the index knows (see 0041_search)."""
    return sorted({word[at : at + 2] for word in words for at in range(len(word) - 1)})
