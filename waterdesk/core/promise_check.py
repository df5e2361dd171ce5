"""Promises that contradict each other, leave a case without one, or name what nobody knows.

Pure: rows and what is known go in, faults come out. Two rows of one kind and code tie when one
case could meet both at one time, both say equally much, and no row that says more settles it. A
promise has a gap when, for a subject it is made for (its words: service, category, area …), some
answer to a yes-or-no fact, some range of a number, or some time between its versions is left
without any row. Words are not counted out: a promise for one subtype alone is no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Message
from waterdesk.core.facts import Sort
from waterdesk.core.policy import holds, specificity
from waterdesk.sla.clock import Limit, Unit
from waterdesk.sla.errors import SlaError

# Stands for every word that no row of a group names.
OTHER = ""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One version of a promise; `where` is the file it stands in, "" for a row of the desk."""

    where: str
    kind: str
    code: str
    name: str
    conditions: Mapping[str, Any]
    amount: Decimal
    unit: str
    ladder: str
    pause_reasons: Sequence[str]
    effective_from: datetime
    effective_until: datetime | None = None

    def __str__(self) -> str:
        return f"{self.where} {self.name} ({self.code})".strip()

    def holds_at(self, at: datetime) -> bool:
        until = self.effective_until
        return self.effective_from <= at and (until is None or at < until)


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name. `areas` leads from a code to itself and the codes of all above it."""

    kinds: Mapping[str, Mapping[str, Sort]]
    reasons: frozenset[str]
    ladders: frozenset[str]
    areas: Mapping[str, tuple[str, ...]]

    def depth(self, area: str) -> int:
        return len(self.areas.get(area, ()))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with `row`, at the field of this name."""

    row: Row
    field: str
    message: Message

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"


def check(rows: Sequence[Row], known: Known) -> list[Fault]:
    """Every fault of these rows, which are all there are. Only sound ones are compared."""
    faults: list[Fault] = []
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if wrong := list(faults_of(row, known)):
            faults += wrong
        else:
            groups.setdefault((row.kind, row.code), []).append(row)
    for sound in groups.values():
        group = Group(sound, known)
        faults += [*group.ties(), *group.gaps()]
    return faults


# --- one row -------------------------------------------------------------------------------------
def faults_of(row: Row, known: Known) -> Iterator[Fault]:
    """What is wrong with one row, whatever stands beside it. Its times are not looked at."""
    if row.unit not in set(Unit):
        yield Fault(row, "unit", _("没有“%(what)s”这种单位。") % {"what": row.unit})
    else:
        try:
            Limit(row.amount, Unit(row.unit))
        except (SlaError, ArithmeticError, TypeError, ValueError):
            yield Fault(row, "amount", _("时限须大于零，整日计的工作日须为整数。"))
    if row.ladder not in known.ladders:
        yield Fault(row, "ladder", _("没有“%(what)s”这个催办阶梯。") % {"what": row.ladder})
    if unknown := _unknown_reasons(row.pause_reasons, known):
        message = _("没有这些停表原因：%(what)s。") % {"what": "、".join(unknown)}
        yield Fault(row, "pause_reasons", message)
    if row.kind not in known.kinds:
        yield Fault(row, "kind", _("没有“%(what)s”这种办件。") % {"what": row.kind})
        return
    if not isinstance(row.conditions, Mapping):
        message = _("条件“%(what)s”的取值不对。") % {"what": row.conditions}
        yield Fault(row, "conditions", message)
        return
    for key, wanted in row.conditions.items():
        if message := _of_condition(key, wanted, known.kinds[row.kind], known):
            yield Fault(row, "conditions", message)


def _unknown_reasons(given: Any, known: Known) -> list[str]:
    """What a form or a file gives may be anything JSON can be."""
    if not isinstance(given, list | tuple):
        return [str(given)]
    return [str(each) for each in given if each not in list(known.reasons)]


def _of_condition(key: str, wanted: Any, sorts: Mapping[str, Sort], known: Known) -> Message | None:
    name = fact_of(key)
    sort = sorts.get(name)
    if sort is None:
        return _("不能按“%(what)s”选择承诺。") % {"what": key}
    several = wanted if isinstance(wanted, list) else [wanted]
    kind = {Sort.FLAG: bool, Sort.CODE: str}.get(sort, int)
    right = [type(each) is kind for each in several]
    bounded = key != name and (isinstance(wanted, list) or kind is not int)
    if not right or not all(right) or bounded:
        return _("条件“%(what)s”的取值不对。") % {"what": key}
    if name == "area" and (strange := set(several) - set(known.areas)):
        return _("没有这个片区：%(what)s。") % {"what": "、".join(sorted(strange))}
    return None


def fact_of(key: str) -> str:
    """The fact a condition asks for: calibre of calibre_lt."""
    return key.removesuffix("_lt").removesuffix("_gte")


# --- rows beside each other ----------------------------------------------------------------------
class Group:
    """The rows of one kind and code, looked at case by case: one example of each sort of case."""

    def __init__(self, rows: Sequence[Row], known: Known) -> None:
        self.rows = rows
        self.known = known
        self.sorts = known.kinds[rows[0].kind]
        self.edges = sorted({at for row in rows for at in _edges(row)})
        # Each is asked of every pair of rows.
        self._says = {row: specificity(row.conditions, known.depth) for row in rows}
        self._names = {row: {fact_of(key) for key in row.conditions} for row in rows}
        self._examples: dict[str, list[Any]] = {}
        self._places: dict[tuple[Row, str], frozenset[int]] = {}

    def ties(self) -> Iterator[Fault]:
        """Pairs between which nothing decides, each named once."""
        for a, b in combinations(self.rows, 2):
            if self._beats(a, b) or self._beats(b, a):
                continue
            if a.conditions == b.conditions:
                # Versions of one row: the later one takes over, whatever the earlier one says.
                undecided = a.effective_from == b.effective_from
            else:
                undecided = self._undecided(a, b)
            if undecided:
                message = _("与“%(other)s”同样具体，会同时适用。") % {"other": str(a)}
                yield Fault(b, "conditions", message)

    def _undecided(self, a: Row, b: Row) -> bool:
        times = [at for at in self.edges if a.holds_at(at) and b.holds_at(at)]
        if not times or not self._meet(a, b):
            return False
        above = [
            row
            for row in self.rows
            if self._beats(row, a) and self._beats(row, b) and self._meet(row, a, b)
        ]
        return any(
            not any(row.holds_at(at) and holds(row.conditions, case) for row in above)
            for case in self.cases([a, b, *above], both=(a, b))
            for at in times
        )

    def gaps(self) -> Iterator[Fault]:
        """Each promise, all its versions taken together, that leaves some case without a row."""
        seen: list[Mapping[str, Any]] = []
        for row in self.rows:
            if row.conditions in seen:
                continue
            seen.append(row.conditions)
            versions = [each for each in self.rows if each.conditions == row.conditions]
            if (missing := self._missing(versions)) is not None:
                yield Fault(row, "conditions", missing)

    def _missing(self, versions: Sequence[Row]) -> Message | None:
        begins = min(row.effective_from for row in versions)
        ends = [row.effective_until for row in versions]
        until = None if None in ends else max(end for end in ends if end)
        times = [at for at in self.edges if begins <= at and (until is None or at < until)]
        near = [row for row in self.rows if self._meet(row, subject=versions[0])]
        for case in self.cases(self.rows, subject=versions[0]):
            fitting = [row for row in near if holds(row.conditions, case)]
            for at in times:
                if not any(row.holds_at(at) for row in fitting):
                    gap = _("有空缺：%(at)s 起 %(case)s 时没有任何承诺。")
                    return gap % self.words(case, at)
        return None

    def words(self, case: Mapping[str, Any], at: datetime) -> dict[str, str]:
        """An example and a time as messages name them."""
        words = "、".join(f"{name}={value}" for name, value in _told(case, self.sorts))
        return {"case": words or "—", "at": f"{at:%Y-%m-%d}"}

    def _beats(self, one: Row, other: Row) -> bool:
        """Whether `one` says more, or as much of an area that lies deeper."""
        (many, deep), (few, shallow) = self._says[one], self._says[other]
        return many > few or (many == few and deep > shallow > 0)

    def cases(
        self, rows: Iterable[Row], both: Sequence[Row] = (), subject: Row | None = None
    ) -> Iterator[dict[str, Any]]:
        """Examples that differ in what these rows ask for.

        Only those that meet every row of `both`; or only those with the words of `subject`.
        """
        names = dict.fromkeys(fact_of(key) for row in rows for key in row.conditions)
        choices = []
        for name in names:
            values, places = self._values(name), self._common(name, both, subject)
            choices.append([values[place] for place in sorted(places)])
        for picked in product(*choices):
            yield dict(zip(names, picked, strict=True))

    def _meet(self, *rows: Row, subject: Row | None = None) -> bool:
        """Whether some case meets all these rows, one with the words of `subject`."""
        named = set().union(*(self._names[row] for row in rows))
        return all(self._common(name, rows, subject) for name in named)

    def _common(self, name: str, rows: Sequence[Row], subject: Row | None) -> frozenset[int]:
        """The examples of this fact that meet all these rows, by their places in `_values`."""
        values = self._values(name)
        found = frozenset(range(len(values)))
        if subject is not None and self.sorts[name] is Sort.CODE:
            if name in subject.conditions:
                rows = [*rows, subject]
            else:
                found = frozenset({values.index(OTHER)})
        for row in rows:
            if name in self._names[row]:
                found &= self._meeting(row, name)
        return found

    def _meeting(self, row: Row, name: str) -> frozenset[int]:
        """The examples of one fact that are what the row wants."""
        if (row, name) not in self._places:
            values = enumerate(self._values(name))
            self._places[row, name] = frozenset(n for n, v in values if _meets(row, name, v))
        return self._places[row, name]

    def _values(self, name: str) -> list[Any]:
        """One example of everything that the rows tell apart in this fact."""
        if name not in self._examples:
            self._examples[name] = self._told_apart(name)
        return self._examples[name]

    def _told_apart(self, name: str) -> list[Any]:
        asked = [
            (key, each)
            for row in self.rows
            for key, wanted in row.conditions.items()
            if fact_of(key) == name
            for each in (wanted if isinstance(wanted, list) else [wanted])
        ]
        match self.sorts[name]:
            case Sort.FLAG:
                return [False, True]
            case Sort.CODE:
                words = dict.fromkeys([*(each for _key, each in asked), OTHER])
                return [self.known.areas.get(w, w) if name == "area" else w for w in words]
            case sort:
                marks = {each for _key, each in asked}
                marks |= {each + 1 for key, each in asked if key == name}
                marks.add(min(marks) - 1)
                return [*([None] if sort is Sort.MAYBE else []), *sorted(marks)]


def _edges(row: Row) -> Iterator[datetime]:
    yield row.effective_from
    if row.effective_until is not None:
        yield row.effective_until


def _meets(row: Row, name: str, value: Any) -> bool:
    """Whether a value of this one fact is what the row wants."""
    about = {key: wanted for key, wanted in row.conditions.items() if fact_of(key) == name}
    return holds(about, {name: value})


def _told(case: Mapping[str, Any], sorts: Mapping[str, Sort]) -> Iterator[tuple[str, Any]]:
    """The example in the words of the conditions; what stands for everything else is left out."""
    for name, value in case.items():
        if value == OTHER and sorts[name] is Sort.CODE:
            continue
        yield name, value[0] if isinstance(value, tuple) else value
