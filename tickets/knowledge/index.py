"""Searching articles while somebody types: all of them are held in memory, folded once.

A query is parted by blanks, and every part has to be found: Chinese of two characters and more
anywhere in an article, a spoken sentence by the pairs of characters it shares with the questions,
letters as the initials of the pinyin (sfdsq → 水费多少钱) of the title and the questions.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import Max
from pypinyin import Style, lazy_pinyin

from tickets.models import Article, ArticleVersion

SHOWN = 8
# Of a spoken sentence so many of its pairs of characters have to be in the article. *chosen*
SHARED, LEAST = 0.15, 2
# *chosen*: how much it says where a part was found.
WHOLE, TITLE, QUESTION, TAG, SHORT, BODY = 130, 100, 80, 60, 30, 15
TITLE_BEGINS, TITLE_INITIALS, QUESTION_BEGINS, QUESTION_INITIALS = 75, 55, 60, 40
SENTENCE, ITS_SUBJECT = 70, 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as it is searched: its texts folded, the initials of what is asked."""

    article: Article
    title: str
    questions: tuple[str, ...]
    tags: str
    short: str
    body: str
    title_initials: str
    question_initials: tuple[str, ...]
    pairs: frozenset[str]
    everything: str


def search(
    said: str,
    today: date,
    *,
    subject: str = "",
    areas: Collection[str] = (),
    ended: bool = False,
    most: int = SHOWN,
) -> list[Article]:
    """The articles that answer `said`, the best first; [] for less than two characters.

    Only those valid `today`, unless `ended`, and, where `areas` (codes) are named, of one of them
    or of everywhere. Those about `subject` come before others as good. One short query.
    """
    parts = [part for part in (fold(each) for each in said.split()) if len(part) > 1]
    if not parts:
        return []
    found = []
    held = shelf()
    by_part = [(part, _by_pairs(part, held)) for part in parts]
    for place, entry in enumerate(held.entries):
        article = entry.article
        if not (ended or article.is_valid(today)) or not is_of(article, areas):
            continue
        worth = [_worth(entry, part) or near.get(place, 0) for part, near in by_part]
        if all(worth):
            more = ITS_SUBJECT if is_about(article, subject) else 0
            found.append((-sum(worth) - more, place, article))
    return [article for _worth_, _place, article in sorted(found, key=lambda each: each[:2])[:most]]


def is_about(article: Article, subject: str) -> bool:
    """Whether it belongs to the subject, or to the category that the subject is part of."""
    return bool(subject) and bool({subject, subject.split(".")[0]} & set(article.subjects))


def is_of(article: Article, areas: Collection[str]) -> bool:
    """Whether it holds in one of the areas; one without areas holds everywhere."""
    return not article.areas or not areas or bool(set(article.areas) & set(areas))


def _worth(entry: Entry, part: str) -> float:
    """How well one part of a query fits; 0 not at all."""
    if part not in entry.everything:
        return 0
    if part == entry.title or part in entry.questions:
        return WHOLE
    if part in entry.title:
        return TITLE
    if any(part in question for question in entry.questions):
        return QUESTION
    if part in entry.tags:
        return TAG
    letters = _by_initials(entry, part) if part.isascii() else 0
    if part in entry.short:
        return max(letters, SHORT)
    if part in entry.body:
        return max(letters, BODY)
    return letters


def _by_initials(entry: Entry, part: str) -> float:
    if entry.title_initials.startswith(part):
        return TITLE_BEGINS
    if any(initials.startswith(part) for initials in entry.question_initials):
        return QUESTION_BEGINS
    if part in entry.title_initials:
        return TITLE_INITIALS
    if any(part in initials for initials in entry.question_initials):
        return QUESTION_INITIALS
    return 0


def _by_pairs(part: str, held: Shelf) -> dict[int, float]:
    """By its place on the shelf, what each article is worth that shares pairs with the part.

    A pair that few articles have says more than one that stands in every question.
    """
    wanted = pairs_of(part)
    shared: Counter[int] = Counter()
    rare: dict[int, float] = {}
    for pair in wanted:
        places = held.places.get(pair, ())
        shared.update(places)
        for place in places:
            rare[place] = rare.get(place, 0) + 1 / len(places)
    least = max(LEAST, SHARED * len(wanted))
    return {
        place: SENTENCE * rare[place] / (rare[place] + 1)
        for place, count in shared.items()
        if count >= least
    }


def fold(text: str) -> str:
    """Width, case, blanks and punctuation make no difference."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def pairs_of(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """The initials of a folded text's pinyin; what is not Chinese stays: dn100 → dn100."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every article as it stood at one version; `places` are where a pair of characters occurs."""

    newest: int
    entries: tuple[Entry, ...] = ()
    places: Mapping[str, Sequence[int]] = field(default_factory=dict)


_held = Shelf(-1)


def shelf() -> Shelf:
    """All there is, held until some article gets a version. One short query."""
    global _held
    held = _held
    newest = ArticleVersion.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if held.newest != newest:
        read = tuple(map(_entry, _rows()))
        places: dict[str, list[int]] = {}
        for place, entry in enumerate(read):
            for pair in entry.pairs:
                places.setdefault(pair, []).append(place)
        _held = held = Shelf(newest, read, places)
    return held


def forget() -> None:
    """Read the articles anew at the next search."""
    global _held
    _held = Shelf(-1)


def _rows() -> Iterable[Article]:
    return Article.objects.select_related("owner").order_by("code")


def _entry(article: Article) -> Entry:
    title, questions = fold(article.title), tuple(map(fold, article.questions))
    tags, short, body = tuple(map(fold, article.tags)), fold(article.short), fold(article.body)
    letters = (initials(title), *map(initials, questions))
    return Entry(
        article,
        title=title,
        questions=questions,
        tags=" ".join(tags),
        short=short,
        body=body,
        title_initials=letters[0],
        question_initials=letters[1:],
        pairs=frozenset().union(*map(pairs_of, (title, *questions, *tags))),
        everything=" ".join((title, *questions, *tags, short, body, *letters)),
    )
