"""Words of danger in what a caller says: found, unless they are denied. Pure; the rules are data.

Rather one alarm too many than one too few: a question ("有没有触电？"), a fear ("怕塌陷") and
whatever is unclear count; a plain denial ("没有人触电", "塌陷没有") and a word that is part of
another ("漏电保护器") do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tickets.models.questions import Emergency
from waterdesk.core import policy

BLANK = "□"
_SENTENCE = re.compile(r"[。！!？?；;\n]")
_CLAUSE = re.compile(r"([，,。！!？?；;\n]|但是|但|可是|不过)")
_DENIAL = (
    r"(?:(?<!有)(?<!不是)没有?|(?<!有)无|未|(?<!是)不是|并非|不存在|不会|排除"
    r"|防止|避免|预防|以免)"
)
# What may stand between the denial and the word: "没有人触电", "没有发生任何塌陷".
_BETWEEN = r"人|发生|出现|看到|看见|闻到|发现|听说|造成|导致|任何|什么|过|的|被|再"
_AND = r"和|或者|或|及|与|、"
_AFTER = re.compile(
    r"(?:的?(?:情况|现象|危险|风险))?(?:倒|是|都|也|暂时|目前)*"
    r"(?:没有|没发生|不存在|没看到|没见)(?:发生|看到|的|啊|呀)*$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One danger spoken of: which, by which word, and what to read out at once."""

    code: str
    name: str
    word: str
    instruction: str


def heard(text: str) -> list[Hit]:
    """The dangers in `text` by the rules in force, the most serious first, each once."""
    return find(text, rules())


def find(text: str, rules: Iterable[Emergency]) -> list[Hit]:
    """The same by the rules given, in their order."""
    rules = list(rules)
    said = re.sub(r"[^\S\n]+", "", unicodedata.normalize("NFKC", text).casefold())
    words = sorted({part for rule in rules for word in rule.words for part in word.split("+")})
    denied = _denied(words)
    hits = []
    for rule in rules:
        without = said
        for phrase in rule.unless:
            without = without.replace(phrase.casefold(), BLANK * len(phrase))
        word = next((word for word in rule.words if _spoken(word, without, denied)), None)
        if word is not None:
            hits.append(Hit(rule.code, rule.name, word.replace("+", ""), rule.instruction))
    return hits


def _denied(words: Sequence[str]) -> re.Pattern[str]:
    """What ends in a denial that reaches to the next word, also over a list: "没有触电、塌陷"."""
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    others = rf"|(?:{listed})(?:{_AND})" if listed else ""
    return re.compile(rf"{_DENIAL}(?:{_BETWEEN}{others})*$")


def _spoken(word: str, said: str, denied: re.Pattern[str]) -> bool:
    """Whether the word, or every part of it in one sentence, is said and not denied."""
    parts = word.casefold().split("+")
    return any(
        all(any(_meant(part, sentence, denied)) for part in parts)
        for sentence in _kept_ends(said)
        if all(part in sentence for part in parts)
    )


def _kept_ends(said: str) -> list[str]:
    """The sentences, each with the mark that ends it: a question denies nothing."""
    ends = [*(found.end() for found in _SENTENCE.finditer(said)), len(said)]
    return [said[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _meant(part: str, sentence: str, denied: re.Pattern[str]) -> Iterator[bool]:
    """For each place where the part stands, whether it is meant."""
    pieces = _CLAUSE.split(sentence)
    for clause, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        for found in re.finditer(re.escape(part), clause):
            before, after = clause[: found.start()], clause[found.end() :]
            no = denied.search(before) or (end not in ("?", "？") and _AFTER.match(after))
            yield not no


_held: tuple[int, tuple[Emergency, ...]] = (-1, ())


def rules() -> tuple[Emergency, ...]:
    """The rows in their order, held in memory until the utility's configuration changes."""
    global _held
    revision = policy.current().revision
    if _held[0] != revision:
        _held = revision, tuple(Emergency.objects.all())
    return _held[1]
