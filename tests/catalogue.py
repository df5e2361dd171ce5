"""What test_translations.py reads: the English catalogue, and every text the sources translate."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.translation.template import templatize

from tests.architecture import OURS, ROOT, sources

FOLDER = ROOT / "waterdesk" / "locale" / "en" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"

# Which argument of a call is the text (and its plural), and which its context.
TEXT = {"_": 0, "gettext": 0, "ngettext": 0, "pgettext": 1, "npgettext": 1}
CONTEXT = {"pgettext": 0, "npgettext": 0}
Key = tuple[str, str]  # context ("" without one), text


@dataclass(frozen=True)
class Entry:
    """One text of the catalogue; `said` is its translation, or one for each form of a plural."""

    context: str
    text: str
    plural: str
    said: tuple[str, ...]
    flags: str

    @property
    def key(self) -> Key:
        return self.context, self.text


# --- the catalogue ------------------------------------------------------------------------------
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)? ?(".*")')


@cache
def entries() -> list[Entry]:
    """What django.po holds, without its header."""
    return [entry for entry in parsed(PO.read_text("utf-8")) if entry.text]


def parsed(text: str) -> Iterator[Entry]:
    for block in text.split("\n\n"):
        words: dict[str, str] = {}
        name = ""
        for name_here, quoted in LINE.findall(re.sub(r"^#.*$", "", block, flags=re.MULTILINE)):
            name = name_here or name
            words[name] = words.get(name, "") + ast.literal_eval(quoted)
        yield Entry(
            words.get("msgctxt", ""),
            words.get("msgid", ""),
            words.get("msgid_plural", ""),
            tuple(value for name, value in sorted(words.items()) if name.startswith("msgstr")),
            "".join(re.findall(r"^#, (.*)$", block, re.MULTILINE)),
        )


HOLES = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}|</?\w+[^>]*>")


def holes(text: str) -> Counter[str]:
    """What stays as it is in every language: placeholders and tags, each as often as it occurs."""
    return Counter(HOLES.findall(text))


# --- the sources --------------------------------------------------------------------------------
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(({LITERAL})(?:, ({LITERAL}))?")


@cache
def wanted() -> dict[Key, str]:
    """Every text the sources translate, and a place where it stands."""
    found: dict[Key, str] = {}
    for source in sources():
        for line, key in in_python(source.tree):
            found.setdefault(key, f"{source.name}:{line}")
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.html")):
            for key in in_template(path.read_text("utf-8")):
                found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def in_python(tree: ast.Module) -> Iterator[tuple[int, Key]]:
    """(line, key) of every call of gettext; a text that is no literal counts as its own code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            name = node.func.id.removesuffix("_lazy")
            if name in TEXT:
                arguments = [_literal(argument) for argument in node.args]
                yield node.lineno, _key(name, arguments)


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)


def in_template(text: str) -> Iterator[Key]:
    """The same for a template, which Django turns into such calls for makemessages too."""
    for name, *arguments in CALL.findall(templatize(text)):
        yield _key(name, [ast.literal_eval(argument or "''") for argument in arguments])


def _key(name: str, arguments: list[str]) -> Key:
    context = arguments[CONTEXT[name]] if name in CONTEXT else ""
    return context, arguments[TEXT[name]]
