"""A service's file → its definition; whatever cannot work is refused with where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from applications.catalogue import checks
from applications.catalogue.common import ALWAYS, COMMON, common
from applications.catalogue.definition import (
    FIELD_KINDS,
    KINDS,
    RESULTS,
    TEAMS,
    Detail,
    Job,
    Leaves,
    Outside,
    Question,
    Ruling,
    Service,
    Step,
)
from applications.catalogue.faults import BadDefinition, Path
from applications.catalogue.lines import line_of

_CODE = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
APPLICANTS = ("person", "organisation")
SOURCES = ("registry", "identity", "property", "arrears")
# Rows of the workflow that a job may be finished by, in the order in which a case passes them.
MOVES = ("survey", "install", "water_on")


@lru_cache(maxsize=512)
def parse(text: str) -> Service:
    """The service that this JSON text defines; of the same text it is the same one, not read twice.

    Raises BadDefinition, which names the line of what is wrong: text that is no JSON, a word that
    nobody knows, questions that contradict each other, jobs that wait for each other …
    """
    try:
        given = json.loads(text)
    except json.JSONDecodeError as fault:
        raise BadDefinition(fault.msg, line=fault.lineno) from fault
    try:
        return read(given)
    except BadDefinition as fault:
        raise BadDefinition(fault.message, fault.path, line_of(text, fault.path)) from fault


def read(given: Any) -> Service:
    """The same from what the JSON says; BadDefinition then has the path and no line."""
    row = _Row(given, ())
    row.known({each.name for each in fields(Service) if each.init})
    service = Service(
        code=row.code("code"),
        name=row.text("name", 60),
        group=row.text("group", 40),
        guide=tuple(row.each("guide", lambda item: item.said(300))),
        questions=tuple(row.each("questions", _question)),
        steps=tuple(row.each("steps", _step)),
        jobs=tuple(row.each("jobs", _job)),
        applicants=tuple(row.each("applicants", lambda item: item.one(APPLICANTS)) or APPLICANTS),
        facts=tuple(row.each("facts", _outside)),
        rulings=tuple(row.each("rulings", _ruling)),
        refusals=tuple(row.each("refusals", lambda item: item.said(40))),
        result=row.word("result", RESULTS, "done"),
        result_name=row.text("result_name", 20, "办结"),
        leaves=_leaves(row.row("leaves")) if "leaves" in given else None,
        fee=row.text("fee", 40, ""),
        ask=row.text("ask", 300, ""),
        short=row.text("short", 60, ""),
        position=row.number("position") or 0,
        source=row.text("source", 200, ""),
        promises=tuple(row.each("promises", lambda item: item.mapping())),
        messages=row.row("messages").texts() if "messages" in given else {},
    )
    for code in ALWAYS:
        if not service.asks(code):
            raise BadDefinition(f"every service asks for “{code}”", ("questions",))
    checks.check(service)
    return service


class _Row:
    """One object of the file, with where it stands."""

    def __init__(self, given: Any, path: Path) -> None:
        self.given, self.path = given, path

    def fail(self, message: str, *more: str | int) -> BadDefinition:
        return BadDefinition(message, (*self.path, *more))

    def mapping(self) -> Mapping[str, Any]:
        if not isinstance(self.given, dict):
            raise self.fail("this should be an object { … }")
        return self.given

    def known(self, names: set[str]) -> None:
        for name in self.mapping():
            if name not in names:
                raise self.fail(f"nobody knows “{name}”; known: {', '.join(sorted(names))}", name)

    def said(self, most: int) -> str:
        if not isinstance(self.given, str) or not self.given.strip():
            raise self.fail("this should be a text")
        if len(self.given) > most:
            raise self.fail(f"longer than {most} characters")
        return self.given

    def one(self, words: tuple[str, ...]) -> str:
        if self.given not in words:
            raise self.fail(f"“{self.given}” is none of {', '.join(words)}")
        return self.given

    def child(self, name: str) -> _Row:
        return _Row(self.mapping().get(name), (*self.path, name))

    def row(self, name: str) -> _Row:
        child = self.child(name)
        child.mapping()
        return child

    def text(self, name: str, most: int = 200, default: str | None = None) -> str:
        if name not in self.mapping():
            if default is None:
                raise self.fail(f"“{name}” is missing")
            return default
        return self.child(name).said(most)

    def word(self, name: str, words: tuple[str, ...], default: str) -> str:
        return self.child(name).one(words) if name in self.mapping() else default

    def code(self, name: str) -> str:
        code = self.text(name, 40)
        if not _CODE.fullmatch(code):
            raise self.fail(f"“{code}” is no code: small letters, digits, hyphens", name)
        return code

    def flag(self, name: str, default: bool) -> bool:
        value = self.mapping().get(name, default)
        if not isinstance(value, bool):
            raise self.fail("this should be true or false", name)
        return value

    def number(self, name: str) -> Any:
        value = self.mapping().get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.fail("this should be a number", name)
        return value

    def condition(self, name: str) -> Mapping[str, Any] | None:
        return self.row(name).given if name in self.mapping() else None

    def each(self, name: str, read_one: Callable[[_Row], Any]) -> list[Any]:
        rows = self.mapping().get(name, [])
        if not isinstance(rows, list):
            raise self.fail("this should be a list [ … ]", name)
        return [read_one(_Row(each, (*self.path, name, i))) for i, each in enumerate(rows)]

    def texts(self) -> dict[str, str]:
        return {name: self.child(name).said(500) for name in self.mapping()}


def _question(row: _Row) -> Question:
    """A common one by its name, or with what is said otherwise; else one of the service's own."""
    if isinstance(row.given, str):
        if row.given not in COMMON:
            raise row.fail(f"“{row.given}” is no common question: {', '.join(COMMON)}")
        return common(row.given)
    code = row.code("code")
    if code in COMMON:
        row.known({"code", "label", "help", "placeholder", "required", "shown", "initial"})
        names = ("label", "help", "placeholder", "initial")
        over: dict[str, Any] = {name: row.text(name) for name in names if name in row.given}
        if "required" in row.given:
            over["required"] = row.flag("required", True)
        if "shown" in row.given:
            over["shown"] = row.condition("shown")
        return common(code, **over)
    row.known(
        {"code", "label", "kind", "help", "placeholder", "required", "shown", "demanded",
         "choices", "initial", "least", "most", "staff"}
    )  # fmt: skip
    return Question(
        code=code,
        label=row.text("label", 60),
        kind=row.word("kind", KINDS, "text"),
        help=row.text("help", 200, ""),
        placeholder=row.text("placeholder", 60, ""),
        required=row.flag("required", True),
        shown=row.condition("shown"),
        demanded=row.condition("demanded"),
        choices=tuple(row.each("choices", _choice)),
        initial=row.text("initial", 60, ""),
        least=row.number("least"),
        most=row.number("most"),
        staff=row.flag("staff", False),
    )


def _choice(row: _Row) -> tuple[str, str, Mapping[str, Any] | None]:
    row.known({"code", "name", "when"})
    return row.code("code"), row.text("name", 60), row.condition("when")


def _step(row: _Row) -> Step:
    row.known({"code", "name"})
    return Step(row.code("code"), row.text("name", 20))


def _job(row: _Row) -> Job:
    row.known({each.name for each in fields(Job)})
    return Job(
        code=row.code("code"),
        name=row.text("name", 20),
        step=row.text("step", 40, ""),
        needs=tuple(row.each("needs", lambda item: item.said(40))),
        team=row.word("team", TEAMS, "field"),
        when=row.condition("when"),
        details=tuple(row.each("details", _detail)),
        move=row.word("move", MOVES, ""),
        visit=row.flag("visit", False),
        permits=row.flag("permits", False),
    )


def _detail(row: _Row) -> Detail:
    row.known({each.name for each in fields(Detail)})
    pairs = row.each("choices", _choice)
    kind = row.word("kind", FIELD_KINDS, "text")
    if (kind == "choice") != bool(pairs):
        raise row.fail("choices belong to a choice, and a choice has some", "choices")
    return Detail(
        code=row.code("code"),
        label=row.text("label", 60),
        kind=kind,
        required=row.flag("required", True),
        choices=tuple((code, words) for code, words, _ in pairs),
        suffix=row.text("suffix", 10, ""),
        least=row.number("least"),
        most=row.number("most"),
        long=row.flag("long", False),
    )


def _outside(row: _Row) -> Outside:
    row.known({"code", "source", "when"})
    source = row.word("source", SOURCES, "")
    if not source:
        raise row.fail(f"“source” is missing: one of {', '.join(SOURCES)}")
    return Outside(row.code("code"), source, row.condition("when"))


def _ruling(row: _Row) -> Ruling:
    row.known({"refuse", "review", "when"})
    decides = [name for name in ("refuse", "review") if name in row.given]
    if len(decides) != 1 or "when" not in row.given:
        raise row.fail("a ruling says “refuse” or “review”, and “when”")
    return Ruling(decides[0], row.text(decides[0], 40), row.row("when").given)


def _leaves(row: _Row) -> Leaves:
    row.known({each.name for each in fields(Leaves)})
    months, review = row.number("months"), row.number("review_months")
    for name, value in (("months", months), ("review_months", review)):
        if value is not None and not (isinstance(value, int) and 0 < value <= 240):
            raise row.fail("a whole number of months, 1 to 240", name)
    before = tuple(row.mapping().get("remind_days", (30, 7)))
    if not all(isinstance(day, int) and 0 < day <= 365 for day in before):
        raise row.fail("days before the end, 1 to 365", "remind_days")
    return Leaves(
        kind=row.code("kind"),
        name=row.text("name", 20),
        months=months,
        until=row.text("until", 40, ""),
        review_months=review,
        remind_days=before,
    )
